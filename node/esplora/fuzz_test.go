package esplora

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// seedTx is a transaction in the words of a server.
const seedTx = `{"txid":"","version":4294967295,"locktime":7,"vin":[{"txid":"` +
	`00000000000000000000000000000000000000000000000000000000000000aa","vout":1,"scriptsig":"51","sequence":4294967293,` +
	`"prevout":{"value":9,"scriptpubkey":"6a"}}],"vout":[{"value":8,"scriptpubkey":"0014"}],` +
	`"status":{"confirmed":true,"block_height":3,"block_hash":"00000000000000000000000000000000000000000000000000000000000000bb","block_time":5}}`

// FuzzTx: any bytes, read as the transaction that they would hash to. The law:
// it never panics, and what it accepts is the transaction of that hash, also
// after it was kept and read again.
func FuzzTx(f *testing.F) {
	f.Add([]byte(seedTx))
	f.Add([]byte(`{"vin":[{}],"vout":[{}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var w wireTx
		if json.Unmarshal(b, &w) != nil {
			return
		}
		var id ledger.TxID
		if raw, err := w.raw(); err == nil {
			id = raw.TxID()
		}
		tx, wire, err := decodeTx(id, b)
		if err != nil {
			return
		}
		again, _, err := decodeTx(id, wire.kept())
		if err != nil || again.id != tx.id || again.status != tx.status || len(again.ins) != len(tx.ins) {
			t.Fatalf("kept and read again: %v", err)
		}
		if have := rebuilt(t, b, tx); have != id {
			t.Fatalf("accepted as %s, is %s", id, have)
		}
		id[0] ^= 1
		if _, _, err := decodeTx(id, b); err == nil {
			t.Fatal("accepted as another")
		}
	})
}

// rebuilt hashes what was decoded, with what a body does not keep taken from
// the bytes in another way.
func rebuilt(t *testing.T, b []byte, tx *body) ledger.TxID {
	t.Helper()
	var rest struct {
		Version, LockTime int64
		Vin               []struct {
			ScriptSig string
			Sequence  uint32
		}
	}
	if err := json.Unmarshal(b, &rest); err != nil {
		t.Fatal(err)
	}
	raw := bitcoin.RawTx{Version: int32(rest.Version), LockTime: uint32(rest.LockTime)}
	for i, in := range tx.ins {
		script, err := hex.DecodeString(rest.Vin[i].ScriptSig)
		if err != nil {
			t.Fatal(err)
		}
		raw.Ins = append(raw.Ins, bitcoin.RawIn{Prev: in.prev, Script: script, Sequence: rest.Vin[i].Sequence})
	}
	for _, out := range tx.outs {
		raw.Outs = append(raw.Outs, bitcoin.RawOut{Value: out.value, Script: out.script})
	}
	return raw.TxID()
}

// FuzzAnswers: any bytes as any other answer. The law: nothing panics, and
// what is accepted is within its bounds, and the same when it was kept and
// read again.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"block_height":7,"merkle":["00000000000000000000000000000000000000000000000000000000000000aa"],"pos":1}`))
	f.Add([]byte(`[{"spent":true,"txid":"00000000000000000000000000000000000000000000000000000000000000aa","vin":1,"status":{"confirmed":true,"block_height":9}},{"spent":false}]`))
	f.Add([]byte(`[{"id":"","height":3,"version":1,"timestamp":2,"merkle_root":"00","nonce":1,"bits":545259519}]`))
	f.Add([]byte(`["00000000000000000000000000000000000000000000000000000000000000aa"]`))
	net, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := decodeBranch(b); err == nil {
			_, _ = p.root(ledger.Hash{1})
			again, err := decodeBranch(p.kept())
			if err != nil || again.pos != p.pos || len(again.siblings) != len(p.siblings) || len(p.siblings) > branchMax {
				t.Fatalf("branch: %+v, read again %+v %v", p, again, err)
			}
		}
		if s, err := decodeSpends(b); err == nil {
			again, err := decodeSpends(encodeSpends(s))
			if err != nil || len(again) != len(s) {
				t.Fatalf("spends: %+v, read again %+v %v", s, again, err)
			}
			for i := range s {
				if s[i] != again[i] {
					t.Fatalf("spends: %+v, read again %+v", s[i], again[i])
				}
			}
		}
		for _, bl := range decodeBlocks(b, 3, net) {
			if bl.hash != bitcoin.HashHeader(bl.header) {
				t.Fatalf("a block that does not hash to its id")
			}
		}
		_, _ = decodeHeader(b, net)
		_, _ = decodeTxids(b, ledger.TxID{0xaa}, 3)
	})
}

// TestBranches: the branch made from a list leads to the root, for every place
// in blocks of any size.
func TestBranches(t *testing.T) {
	for n := 1; n <= 70; n++ {
		var ids []ledger.TxID
		var texts []string
		for i := range n {
			ids = append(ids, ledger.TxID{byte(i), 1})
			texts = append(texts, ids[i].String())
		}
		want, _ := bitcoin.MerkleRoot(ids, nil)
		for i := range n {
			p, err := decodeTxids(encode(texts), ids[i], 9)
			if err != nil {
				t.Fatal(err)
			}
			if have, err := p.root(ids[i]); err != nil || have != want || p.pos != uint32(i) {
				t.Fatalf("place %d of %d: %s %v", i, n, have, err)
			}
		}
	}
}
