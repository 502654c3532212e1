package bitcoin_test

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// blockText builds a block from lines:
//
//	coinbase                  a coinbase of one output
//	tx version=2 lock=17      a transaction; what follows belongs to it
//	in aa:0 script=sig/key seq=fffffffd wit=sig/key
//	out 5000 script=51        values in satoshi, scripts in hex
//	commit                    adds the witness commitment
//	set 80 ff00               writes bytes over the finished block
//	cut 100                   keeps so many bytes
//	append 00                 adds bytes
//
// A txid is one byte that is repeated, or null. Scripts and witnesses are lists
// of the words of itemWords, of hex, and of raw:hex for bytes that are no push.
type blockText struct {
	txs  []bitcoin.RawTx
	raw  []byte // set by the first line that needs the finished block
	fail func(format string, args ...any)
}

// itemWords are pushes and witness items with the shapes that traits tell apart.
var itemWords = map[string][]byte{
	"sig":     derSignature(32, 32),
	"sighr":   derSignature(33, 32),
	"sighs":   derSignature(32, 33),
	"key":     append([]byte{2}, make([]byte, 32)...),
	"ukey":    append([]byte{4}, make([]byte, 64)...),
	"hkey":    append([]byte{6}, make([]byte, 64)...),
	"schnorr": make([]byte, 64),
	"s65":     make([]byte, 65),
	"annex":   {0x50, 1},
	"control": append([]byte{0xc1}, make([]byte, 64)...),
	"ms":      multisig(append([]byte{2}, make([]byte, 32)...), append([]byte{4}, make([]byte, 64)...)),
	"0":       {},
}

func derSignature(r, s int) []byte {
	integer := func(n int) []byte {
		b := bytes.Repeat([]byte{0x11}, n)
		if n == 33 {
			b[0], b[1] = 0, 0x80
		}
		return append([]byte{2, byte(n)}, b...)
	}
	body := append(integer(r), integer(s)...)
	return append(append([]byte{0x30, byte(len(body))}, body...), 1)
}

// multisig returns the script of 1 of 2.
func multisig(a, b []byte) []byte {
	script := appendPush([]byte{0x51}, a)
	return append(appendPush(script, b), 0x52, 0xae)
}

func appendPush(dst, data []byte) []byte {
	if len(data) > 75 {
		dst = append(dst, 0x4c)
	}
	return append(append(dst, byte(len(data))), data...)
}

// buildBlock reads the lines and returns the bytes.
func buildBlock(tb testing.TB, text string) []byte {
	b := blockText{fail: func(format string, args ...any) { tb.Helper(); tb.Fatalf(format, args...) }}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) > 0 {
			b.line(words[0], words[1:])
		}
	}
	return b.bytes()
}

func (b *blockText) line(verb string, args []string) {
	switch verb {
	case "coinbase":
		b.txs = append(b.txs, coinbase(1))
	case "tx":
		b.txs = append(b.txs, bitcoin.RawTx{Version: int32(b.option(args, "version", 1, 10)), LockTime: uint32(b.option(args, "lock", 0, 10))})
	case "in":
		tx := &b.txs[len(b.txs)-1]
		tx.Ins = append(tx.Ins, b.input(args))
	case "out":
		tx := &b.txs[len(b.txs)-1]
		script, _ := value(args, "script")
		tx.Outs = append(tx.Outs, bitcoin.RawOut{Value: ledger.Amount(b.number(args[0], 10)), Script: b.hex(script)})
	case "commit":
		bitcoin.CommitWitness(b.txs)
	case "set":
		copy(b.bytes()[b.number(args[0], 10):], b.hex(args[1]))
	case "cut":
		b.raw = b.bytes()[:b.number(args[0], 10)]
	case "append":
		b.raw = append(b.bytes(), b.hex(args[0])...)
	default:
		b.fail("unknown line %s", verb)
	}
}

func (b *blockText) bytes() []byte {
	if b.raw == nil {
		b.raw = bitcoin.AppendBlock(nil, bitcoin.Header{Version: 2}, b.txs)
	}
	return b.raw
}

func (b *blockText) input(args []string) bitcoin.RawIn {
	in := bitcoin.RawIn{Sequence: uint32(b.option(args, "seq", 0xffffffff, 16))}
	id, vout, _ := strings.Cut(args[0], ":")
	if id == "null" {
		in.Prev.Vout = ledger.CoinbaseVout
	} else {
		in.Prev = ledger.Outpoint{TxID: ledger.Hash(bytes.Repeat(b.hex(id), ledger.HashSize)), Vout: uint32(b.number(vout, 10))}
	}
	if words, ok := value(args, "script"); ok {
		for _, word := range strings.Split(words, "/") {
			in.Script = b.appendScript(in.Script, word)
		}
	}
	if words, ok := value(args, "wit"); ok {
		for _, word := range strings.Split(words, "/") {
			in.Witness = append(in.Witness, b.item(word))
		}
	}
	return in
}

func (b *blockText) appendScript(dst []byte, word string) []byte {
	if digits, ok := strings.CutPrefix(word, "raw:"); ok {
		return append(dst, b.hex(digits)...)
	}
	return appendPush(dst, b.item(word))
}

func (b *blockText) item(word string) []byte {
	if item, ok := itemWords[word]; ok {
		return item
	}
	return b.hex(word)
}

// value returns what follows name= among args.
func value(args []string, name string) (string, bool) {
	for _, arg := range args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

func (b *blockText) option(args []string, name string, otherwise int64, base int) int64 {
	if v, ok := value(args, name); ok {
		return b.number(v, base)
	}
	return otherwise
}

func (b *blockText) number(s string, base int) int64 {
	n, err := strconv.ParseInt(s, base, 64)
	if err != nil {
		b.fail("%v", err)
	}
	return n
}

func (b *blockText) hex(digits string) []byte {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		b.fail("%v", err)
	}
	return raw
}
