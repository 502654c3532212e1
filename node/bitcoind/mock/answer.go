package mock

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Answer is what the node is about to say to one call. The fields after Message
// are about the whole HTTP answer.
type Answer struct {
	Result  any
	Code    int // not 0: an error
	Message string

	Status  int           // not 0: that of HTTP, and no body
	Body    string        // not empty: instead of JSON
	Cut     bool          // the connection ends in the middle
	Endless bool          // the body does not end
	Stall   time.Duration // before anything is sent
}

// reply is one answer as it is sent.
func (a *Answer) reply(id json.RawMessage) map[string]any {
	if a.Code != 0 {
		return map[string]any{"result": nil, "error": map[string]any{"code": a.Code, "message": a.Message}, "id": id}
	}
	return map[string]any{"result": a.Result, "error": nil, "id": id}
}

// answer answers a call from the node's blocks.
func (n *Node) answer(method string, params []any) Answer {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests[method]++
	if n.warm {
		return Answer{Code: -28, Message: "Loading block index..."}
	}
	switch method {
	case "getblockcount":
		return Answer{Result: int(n.first) + len(n.chain) - 1}
	case "getbestblockhash":
		return Answer{Result: n.tip().String()}
	case "getblockhash":
		return n.hashAt(params)
	case "getblockheader", "getblock":
		return n.byHash(method, params)
	case "waitfornewblock":
		if !n.btcd {
			return Answer{Result: map[string]any{"hash": n.tip().String(), "height": int(n.first) + len(n.chain) - 1}}
		}
	}
	return Answer{Code: -32601, Message: "Method not found"}
}

func (n *Node) tip() ledger.Hash { return n.chain[len(n.chain)-1] }

func (n *Node) hashAt(params []any) Answer {
	h := int(number(params, 0))
	switch at := h - int(n.first); {
	case h == 0 && n.first > 0:
		return Answer{Result: n.genesis.String()}
	case at >= 0 && at < len(n.chain):
		return Answer{Result: n.chain[at].String()}
	}
	return Answer{Code: -8, Message: "Block height out of range"}
}

func (n *Node) byHash(method string, params []any) Answer {
	text, _ := params[0].(string)
	id, _ := ledger.ParseHash(text)
	b := n.blocks[id]
	switch {
	case b == nil:
		return Answer{Code: -5, Message: "Block not found"}
	case method == "getblockheader":
		return Answer{Result: header(b.raw)}
	case number(params, 1) == 0:
		return Answer{Result: hex.EncodeToString(b.raw)}
	}
	return Answer{Result: n.verbose(id, b.raw)}
}

func number(params []any, i int) float64 {
	if i >= len(params) {
		return -1
	}
	f, _ := params[i].(float64)
	return f
}

// verbose returns what verbosity 3 adds: what the inputs spend. Inputs of which
// nothing is known come without, as with btcd.
func (n *Node) verbose(id ledger.Hash, raw []byte) any {
	var b ledger.Block
	var d bitcoin.Decoder
	if err := d.Decode(&b, raw); err != nil {
		return nil
	}
	txs := make([]any, len(b.Txs))
	for i := range b.Txs {
		var vin []any
		from, to := b.InsOf(i)
		for j := from; j < to; j++ {
			vin = append(vin, n.vin(id, int(j), b.Ins[j].Prev))
		}
		txs[i] = map[string]any{"txid": b.Txs[i].ID.String(), "vin": vin, "hex": "00"}
	}
	return map[string]any{"hash": id.String(), "tx": txs}
}

func (n *Node) vin(id ledger.Hash, i int, prev ledger.Outpoint) any {
	if prev.IsNull() {
		return map[string]any{"coinbase": "00"}
	}
	in := map[string]any{"txid": prev.TxID.String(), "vout": prev.Vout}
	if spent := n.spent[id]; spent != nil && spent[i].Known {
		in["prevout"] = map[string]any{
			"value":        json.Number(fmt.Sprintf("%d.%08d", spent[i].Value/1e8, spent[i].Value%1e8)),
			"scriptPubKey": map[string]any{"hex": hex.EncodeToString([]byte(spent[i].Script))},
		}
	}
	return in
}
