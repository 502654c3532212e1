package bitcoind_test

import (
	"encoding/json"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
)

// FuzzAnswers reads any bytes as every kind of answer. The law: a batch that is
// taken has an answer to each request and no more, and values that are taken
// are one to each input, within what there can be of money, and none for the
// coinbase.
func FuzzAnswers(f *testing.F) {
	block := fuzzBlock(f)
	f.Add([]byte(`{"result":null,"error":{"code":-28,"message":"Loading"},"id":0}`), 1)
	f.Add([]byte(`[{"result":1,"id":1},{"error":{"code":1},"id":0}]`), 2)
	f.Add([]byte(`[{"result":1,"id":1},{"result":"00","id":1}]`), 2)
	stated, _ := json.Marshal(map[string]any{"tx": []any{
		map[string]any{"txid": block.Txs[0].ID.String()},
		map[string]any{"txid": block.Txs[1].ID.String(), "vin": []any{map[string]any{
			"txid": block.Ins[1].Prev.TxID.String(), "vout": block.Ins[1].Prev.Vout,
			"prevout": map[string]any{"value": 0.5, "scriptPubKey": map[string]any{"hex": "51"}},
		}}},
	}})
	f.Add(stated, 1)
	f.Fuzz(func(t *testing.T, body []byte, n int) {
		n = n & 0xff
		if answers, err := bitcoind.ParseBatch(body, n); err == nil && len(answers) != n {
			t.Fatalf("%d answers to %d requests", len(answers), n)
		}
		_, _ = bitcoind.ParseOne(body)
		spent, err := bitcoind.ParseSpent(body, block)
		if err != nil || spent == nil {
			return
		}
		if len(spent) != len(block.Ins) || spent[0].Known {
			t.Fatalf("%d values for %d inputs", len(spent), len(block.Ins))
		}
		for _, s := range spent[1:] {
			if !s.Known || s.Value > bitcoin.MaxMoney {
				t.Fatalf("value %v", s)
			}
		}
	})
}

// fuzzBlock returns a block of a coinbase and a payment.
func fuzzBlock(f *testing.F) *ledger.Block {
	f.Helper()
	out := []bitcoin.RawOut{{Value: 1, Script: []byte{0x51}}}
	txs := []bitcoin.RawTx{
		{Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(5, nil))}, Outs: out},
		{Version: 1, Ins: []bitcoin.RawIn{{Prev: ledger.Outpoint{TxID: ledger.TxID{7}, Vout: 3}}}, Outs: out},
	}
	var b ledger.Block
	var d bitcoin.Decoder
	if err := d.Decode(&b, bitcoin.AppendBlock(nil, bitcoin.Header{Version: 4}, txs)); err != nil {
		f.Fatal(err)
	}
	return &b
}
