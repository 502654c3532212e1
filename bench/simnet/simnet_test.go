package simnet_test

import (
	"encoding/hex"
	"testing"

	"clew.example/clew/bench/simnet"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestMine makes blocks that our own decoder takes, proof of work and
// witnesses included, and the same ones each time.
func TestMine(t *testing.T) {
	b := simnet.Genesis()
	var first *simnet.Block
	for b.Height < simnet.SegwitHeight {
		b = simnet.Mine(b, "main")
		if first == nil {
			first = b
		}
	}
	spend := bitcoin.RawTx{
		Version: 2,
		Ins:     []bitcoin.RawIn{simnet.CoinbaseLock(1).Spend(ledger.Outpoint{TxID: first.Coinbase})},
		Outs:    []bitcoin.RawOut{{Value: simnet.Subsidy, Script: simnet.Payee(1)}},
	}
	main, other := simnet.Mine(b, "main", spend), simnet.Mine(b, "other", spend)
	if main.Hash == other.Hash || main.Prev != b.Hash {
		t.Errorf("blocks %v and %v on %v", main, other, b)
	}
	if again := simnet.Mine(b, "main", spend); again.Hash != main.Hash {
		t.Errorf("made twice: %v and %v", main, again)
	}
	var got ledger.Block
	var d bitcoin.Decoder
	if err := d.Decode(&got, main.Raw); err != nil {
		t.Fatalf("%v\n%s", err, hex.EncodeToString(main.Raw))
	}
	if err := bitcoin.CheckPow(got.Hash, 0x207fffff, simnet.Network()); err != nil {
		t.Error(err)
	}
	if len(got.Txs) != 2 || got.Txs[0].ID != main.Coinbase {
		t.Errorf("decoded as %d transactions", len(got.Txs))
	}
}

func TestAddresses(t *testing.T) {
	for script, want := range map[string]string{
		string(simnet.Lock(1).Script()): "sb1q", string(simnet.Payee(1)): "S",
	} {
		if got := simnet.Address([]byte(script)); got == "" || got[:len(want)] != want {
			t.Errorf("address %q, want one that begins with %q", got, want)
		}
	}
}
