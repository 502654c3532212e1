package mock

import (
	"encoding/binary"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// reader takes a block apart. It shares no code with what it is a test for.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	head := r.b[:n:n]
	r.b = r.b[n:]
	return head
}

func (r *reader) number(width uint64) uint64 {
	var b [8]byte
	copy(b[:], r.take(width))
	return binary.LittleEndian.Uint64(b[:])
}

func (r *reader) size() uint64 {
	switch n := r.number(1); n {
	case 0xfd:
		return r.number(2)
	case 0xfe:
		return r.number(4)
	case 0xff:
		return r.number(8)
	default:
		return n
	}
}

func (r *reader) bytes() []byte { return r.take(r.size()) }

func (r *reader) hash() (h ledger.Hash) {
	copy(h[:], r.take(ledger.HashSize))
	return h
}

func (r *reader) tx() (t bitcoin.RawTx) {
	t.Version = int32(r.number(4))
	witness := len(r.b) > 1 && r.b[0] == 0
	if witness {
		r.take(2)
	}
	for n := r.size(); n > 0 && !r.bad; n-- {
		in := bitcoin.RawIn{Prev: ledger.Outpoint{TxID: r.hash(), Vout: uint32(r.number(4))}, Script: r.bytes()}
		in.Sequence = uint32(r.number(4))
		t.Ins = append(t.Ins, in)
	}
	for n := r.size(); n > 0 && !r.bad; n-- {
		t.Outs = append(t.Outs, bitcoin.RawOut{Value: ledger.Amount(r.number(8)), Script: r.bytes()})
	}
	for i := 0; witness && i < len(t.Ins); i++ {
		for n := r.size(); n > 0 && !r.bad; n-- {
			t.Ins[i].Witness = append(t.Ins[i].Witness, r.bytes())
		}
	}
	t.LockTime = uint32(r.number(4))
	return t
}

func parseBlock(raw []byte) (h bitcoin.Header, txs []bitcoin.RawTx, err error) {
	if h, err = bitcoin.ParseHeader(raw); err != nil {
		return h, nil, err
	}
	r := &reader{b: raw[ledger.HeaderSize:]}
	for n := r.size(); n > 0 && !r.bad; n-- {
		t := r.tx()
		if len(t.Ins) == 0 {
			return h, nil, errors.New("a transaction without inputs")
		}
		txs = append(txs, t)
	}
	if r.bad || len(r.b) > 0 {
		return h, nil, fmt.Errorf("block %s: bytes end, or follow", bitcoin.HashHeader(raw))
	}
	return h, txs, nil
}
