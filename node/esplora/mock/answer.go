package mock

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clew.example/clew/ledger"
)

// object is a JSON object.
type object = map[string]any

// Answer is what a server says; Tamper may change it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cut    bool // the connection ends halfway through the body
	// Endless has the body repeated until the client goes away.
	Endless bool
}

func text(s string) Answer { return Answer{Status: 200, Body: []byte(s)} }

func answerJSON(v any) Answer {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return Answer{Status: 200, Body: b}
}

var absent = Answer{Status: 404, Body: []byte("not found")}

// answer finds what a path asks for. Kind names the endpoint in Stats.
func (c *chain) answer(path string, pageSize int) (kind string, a Answer) {
	words := strings.Split(strings.Trim(path, "/"), "/")
	for len(words) < 5 {
		words = append(words, "")
	}
	switch words[0] {
	case "blocks":
		return c.blocksAnswer(words)
	case "block-height":
		h, err := strconv.ParseUint(words[1], 10, 32)
		if b := c.at(h); err == nil && b != nil {
			return "block-height", text(b.hash.String())
		}
		return "block-height", absent
	case "block":
		return c.blockAnswer(words)
	case "tx":
		return c.txAnswer(words)
	case "scripthash":
		return "history", c.page(words[1], words[4], pageSize)
	}
	return "unknown", absent
}

func (c *chain) blocksAnswer(words []string) (string, Answer) {
	if words[1] == "tip" && words[2] == "height" {
		return "tip", text(strconv.Itoa(int(c.tip().height)))
	}
	h, err := strconv.ParseUint(words[1], 10, 32)
	b := c.at(h)
	if err != nil || b == nil {
		return "blocks", absent
	}
	list := []object{}
	for i := 0; i < 10 && b != nil; i++ {
		o := object{
			"id": b.hash.String(), "height": b.height, "version": uint32(b.header.Version), "timestamp": b.header.Time,
			"tx_count": len(b.txs), "merkle_root": b.header.Merkle.String(), "nonce": b.header.Nonce, "bits": b.header.Bits,
		}
		if !b.header.Prev.IsZero() {
			o["previousblockhash"] = b.header.Prev.String()
		}
		list = append(list, o)
		if b.height == 0 {
			break
		}
		b = c.at(uint64(b.height) - 1)
	}
	return "blocks", answerJSON(list)
}

func (c *chain) blockAnswer(words []string) (string, Answer) {
	hash, err := ledger.ParseHash(words[1])
	b := c.byHash[hash]
	kind := "block-" + words[2]
	switch {
	case err != nil || b == nil:
		return kind, absent
	case words[2] == "header":
		return kind, text(hex.EncodeToString(b.raw[:ledger.HeaderSize]))
	case words[2] == "txids":
		ids := []string{}
		for _, t := range b.txs {
			ids = append(ids, t.id.String())
		}
		return kind, answerJSON(ids)
	}
	return kind, absent
}

func (c *chain) txAnswer(words []string) (string, Answer) {
	kind := "tx"
	if words[2] != "" {
		kind = words[2]
	}
	id, err := ledger.ParseHash(words[1])
	t := c.txs[id]
	switch {
	case err != nil || t == nil:
		return kind, absent
	case kind == "tx":
		return kind, answerJSON(c.txObject(t))
	case kind == "merkle-proof":
		return kind, answerJSON(object{"block_height": t.block.height, "merkle": t.block.branch(t.pos), "pos": t.pos})
	case kind == "outspends":
		list := []object{}
		for i := range t.Outs {
			o := object{"spent": false}
			if in, ok := c.spends[ledger.Outpoint{TxID: id, Vout: uint32(i)}]; ok {
				o = object{"spent": true, "txid": in.by.id.String(), "vin": in.vin, "status": in.by.status()}
			}
			list = append(list, o)
		}
		return kind, answerJSON(list)
	}
	return kind, absent
}

func (t *tx) status() object {
	return object{"confirmed": true, "block_height": t.block.height, "block_hash": t.block.hash.String(), "block_time": t.block.header.Time}
}

func outObject(value ledger.Amount, script []byte) object {
	return object{"value": uint64(value), "scriptpubkey": hex.EncodeToString(script), "scriptpubkey_type": "unknown"}
}

func (c *chain) txObject(t *tx) object {
	ins, outs := []object{}, []object{}
	for _, in := range t.Ins {
		o := object{
			"txid": in.Prev.TxID.String(), "vout": in.Prev.Vout, "scriptsig": hex.EncodeToString(in.Script),
			"sequence": in.Sequence, "is_coinbase": in.Prev.IsNull(), "prevout": nil,
		}
		if made := c.txs[in.Prev.TxID]; made != nil && int(in.Prev.Vout) < len(made.Outs) {
			o["prevout"] = outObject(made.Outs[in.Prev.Vout].Value, made.Outs[in.Prev.Vout].Script)
		}
		var witness []string
		for _, w := range in.Witness {
			witness = append(witness, hex.EncodeToString(w))
		}
		if witness != nil {
			o["witness"] = witness
		}
		ins = append(ins, o)
	}
	for _, out := range t.Outs {
		outs = append(outs, outObject(out.Value, out.Script))
	}
	return object{
		"txid": t.id.String(), "version": uint32(t.Version), "locktime": t.LockTime,
		"vin": ins, "vout": outs, "status": t.status(),
	}
}

// page lists an account's transactions, the newest first, behind a txid.
func (c *chain) page(scripthash, after string, size int) Answer {
	b, err := hex.DecodeString(scripthash)
	if err != nil || len(b) != 32 {
		return Answer{Status: 400, Body: []byte("invalid scripthash")}
	}
	list := slices.Clone(c.history[[32]byte(b)])
	slices.Reverse(list)
	if after != "" {
		at := slices.IndexFunc(list, func(t *tx) bool { return t.id.String() == after })
		list = list[at+1:]
	}
	page := []object{}
	for _, t := range list[:min(size, len(list))] {
		page = append(page, c.txObject(t))
	}
	return answerJSON(page)
}
