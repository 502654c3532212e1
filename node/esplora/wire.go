package esplora

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// wireTx is what is read of a transaction. The same is kept in the cache, less
// the outputs spent: those are asked for and checked by themselves.
type wireTx struct {
	TxID     string        `json:"txid"`
	Version  int64         `json:"version"` // signed or not, as servers have it
	LockTime uint32        `json:"locktime"`
	Vin      list[wireIn]  `json:"vin"`
	Vout     list[wireOut] `json:"vout"`
	Status   wireStatus    `json:"status"`
}

type wireIn struct {
	TxID      string   `json:"txid"`
	Vout      uint32   `json:"vout"`
	ScriptSig string   `json:"scriptsig"`
	Sequence  uint32   `json:"sequence"`
	Prevout   *wireOut `json:"prevout,omitempty"`
}

type wireOut struct {
	Value  uint64 `json:"value"`
	Script string `json:"scriptpubkey"`
}

type wireStatus struct {
	Confirmed bool   `json:"confirmed"`
	Height    uint32 `json:"block_height,omitempty"`
	Hash      string `json:"block_hash,omitempty"`
	Time      uint32 `json:"block_time,omitempty"`
}

type wireSpend struct {
	Spent  bool       `json:"spent"`
	TxID   string     `json:"txid,omitempty"`
	Vin    uint32     `json:"vin"`
	Status wireStatus `json:"status"`
}

// wireProof is a merkle branch in the form of Electrum's get_merkle.
type wireProof struct {
	Height uint32       `json:"block_height"`
	Merkle list[string] `json:"merkle"`
	Pos    uint32       `json:"pos"`
}

// wireBlock is a header in the words of a list of blocks.
type wireBlock struct {
	ID      string `json:"id"`
	Height  uint32 `json:"height"`
	Version int64  `json:"version"`
	Time    uint32 `json:"timestamp"`
	Merkle  string `json:"merkle_root"`
	Prev    string `json:"previousblockhash"` // absent or null at the genesis block
	Nonce   uint32 `json:"nonce"`
	Bits    uint32 `json:"bits"`
}

// body is a transaction whose hash was checked.
type body struct {
	id       ledger.TxID
	coinbase bool
	ins      []bodyIn
	outs     []bodyOut
	status   status
}

type bodyIn struct {
	prev   ledger.Outpoint
	stated *bodyOut // what the server says it spends; nil: it does not say
}

type bodyOut struct {
	value  ledger.Amount
	script []byte
}

// status is where a server says that a transaction stands.
type status struct {
	confirmed bool
	height    ledger.Height
	hash      ledger.Hash
	time      uint32 // 0: not stated
}

// decodeTx reads a transaction and checks that it hashes to id. The bytes of
// an answer bound all counts.
func decodeTx(id ledger.TxID, b []byte) (*body, *wireTx, error) {
	w := &wireTx{}
	if err := json.Unmarshal(b, w); err != nil {
		return nil, nil, fmt.Errorf("no transaction: %w", err)
	}
	tx, err := w.raw()
	if err != nil {
		return nil, nil, err
	}
	if have := tx.TxID(); have != id {
		return nil, nil, fmt.Errorf("hashes to %s", have)
	}
	t := &body{id: id, ins: make([]bodyIn, len(tx.Ins)), outs: make([]bodyOut, len(tx.Outs))}
	t.coinbase = tx.Ins[0].Prev.IsNull()
	if err := t.fill(w, tx); err != nil {
		return nil, nil, err
	}
	t.status, err = w.Status.parse()
	return t, w, err
}

// raw rebuilds the transaction without witness.
func (w *wireTx) raw() (*bitcoin.RawTx, error) {
	if len(w.Vin) == 0 || len(w.Vout) == 0 {
		return nil, fmt.Errorf("%d inputs and %d outputs", len(w.Vin), len(w.Vout))
	}
	version, ok := signed(w.Version)
	if !ok {
		return nil, fmt.Errorf("version %d", w.Version)
	}
	tx := &bitcoin.RawTx{Version: version, LockTime: w.LockTime}
	for i := range w.Vin {
		in := &w.Vin[i]
		id, err := ledger.ParseHash(in.TxID)
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		script, err := hex.DecodeString(in.ScriptSig)
		if err != nil {
			return nil, fmt.Errorf("input %d: script: %w", i, err)
		}
		tx.Ins = append(tx.Ins, bitcoin.RawIn{Prev: ledger.Outpoint{TxID: id, Vout: in.Vout}, Script: script, Sequence: in.Sequence})
	}
	for i := range w.Vout {
		out, err := w.Vout[i].parse()
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
		tx.Outs = append(tx.Outs, bitcoin.RawOut{Value: out.value, Script: out.script})
	}
	return tx, nil
}

// signed reads a version, which some write as a signed number and some not.
func signed(n int64) (int32, bool) {
	return int32(uint32(n)), n >= math.MinInt32 && n <= math.MaxUint32
}

func (t *body) fill(w *wireTx, tx *bitcoin.RawTx) error {
	var sum ledger.Amount
	for i := range tx.Outs {
		t.outs[i] = bodyOut{tx.Outs[i].Value, tx.Outs[i].Script}
		if sum += tx.Outs[i].Value; sum > bitcoin.MaxMoney {
			return fmt.Errorf("outputs above %v", bitcoin.MaxMoney)
		}
	}
	for i := range tx.Ins {
		t.ins[i].prev = tx.Ins[i].Prev
		if t.ins[i].prev.IsNull() {
			if len(tx.Ins) > 1 {
				return errors.New("an input of many spends nothing")
			}
			continue
		}
		if w.Vin[i].Prevout == nil {
			continue
		}
		stated, err := w.Vin[i].Prevout.parse()
		if err != nil {
			return fmt.Errorf("input %d: output spent: %w", i, err)
		}
		t.ins[i].stated = &stated
	}
	return nil
}

func (w *wireOut) parse() (bodyOut, error) {
	if ledger.Amount(w.Value) > bitcoin.MaxMoney {
		return bodyOut{}, fmt.Errorf("value %d above %v", w.Value, bitcoin.MaxMoney)
	}
	script, err := hex.DecodeString(w.Script)
	if err != nil {
		return bodyOut{}, fmt.Errorf("script: %w", err)
	}
	return bodyOut{ledger.Amount(w.Value), script}, nil
}

// heightMax bounds heights: 40 bits of a position hold them.
const heightMax = math.MaxInt32

func (w *wireStatus) parse() (s status, err error) {
	if !w.Confirmed {
		return s, nil
	}
	if w.Height > heightMax {
		return s, fmt.Errorf("height %d", w.Height)
	}
	s = status{confirmed: true, height: ledger.Height(w.Height), time: w.Time}
	if s.hash, err = ledger.ParseHash(w.Hash); err != nil {
		return s, fmt.Errorf("block: %w", err)
	}
	return s, nil
}

// kept is the form in the cache.
func (w *wireTx) kept() []byte {
	c := *w
	c.Vin = append(list[wireIn](nil), w.Vin...)
	for i := range c.Vin {
		c.Vin[i].Prevout = nil
	}
	return encode(&c)
}

// encode never fails on what was decoded.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer that was read can not be written: " + err.Error())
	}
	return b
}

// spend is who spends an output, as a server says.
type spend struct {
	spent  bool // in a block
	tx     ledger.TxID
	vin    uint32
	height ledger.Height
}

// decodeSpends reads who spends each output of a transaction.
func decodeSpends(b []byte) ([]spend, error) {
	var told list[wireSpend]
	if err := json.Unmarshal(b, &told); err != nil {
		return nil, fmt.Errorf("no list of spends: %w", err)
	}
	spends := make([]spend, len(told))
	for i := range told {
		w := &told[i]
		if !w.Spent || !w.Status.Confirmed {
			continue
		}
		id, err := ledger.ParseHash(w.TxID)
		if err != nil {
			return nil, fmt.Errorf("output %d: spender: %w", i, err)
		}
		if w.Status.Height > heightMax {
			return nil, fmt.Errorf("output %d: spender: height %d", i, w.Status.Height)
		}
		spends[i] = spend{true, id, w.Vin, ledger.Height(w.Status.Height)}
	}
	return spends, nil
}

// encodeSpends writes what decodeSpends reads.
func encodeSpends(said []spend) []byte {
	out := make([]wireSpend, len(said))
	for i, s := range said {
		if s.spent {
			out[i] = wireSpend{true, s.tx.String(), s.vin, wireStatus{Confirmed: true, Height: uint32(s.height)}}
		}
	}
	return encode(out)
}
