//go:build integration

package integration_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"clew.example/clew/bench/chain"
	"clew.example/clew/ledger"
)

// TestBeside asks a ledger while another process fills it. What was answered
// as of a block is answered again, byte by byte, when the ledger is whole; a
// copy taken meanwhile is sound.
func TestBeside(t *testing.T) {
	blocks, meta := madeChain(t)
	l := filepath.Join(t.TempDir(), "L")
	writer := exec.Command(binary, ingestArgs(blocks, l)...)
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- writer.Wait() }()

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &witness{t: t, ledger: l, dice: rand.New(rand.NewPCG(seed, 0)), txids: txids(t)}
	running := true
	for running {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
			w.look()
		}
	}
	if len(w.answers) == 0 || w.copies == 0 {
		t.Skip("the ingest was over before anything could be asked")
	}
	for _, a := range w.answers {
		if again := must(t, a.args...); again != a.out {
			t.Errorf("clew %v while it grew:\n%safterwards:\n%s", a.args, a.out, again)
		}
	}
	truth(t, show(t, l), meta)
	must(t, "ledger", "check", "--ledger", l)
	t.Logf("%d answers while it grew, %d copies", len(w.answers), w.copies)
}

// answer is a question with the answer that was given while the ledger grew.
type answer struct {
	args []string
	out  string
}

type witness struct {
	t       *testing.T
	ledger  string
	dice    *rand.Rand
	txids   []ledger.TxID
	seen    contents
	answers []answer
	copies  int
}

// look asks once: what there is, a transaction, and an address as of a block.
func (w *witness) look() {
	if code, _, _ := clew("ledger", "show", "--ledger", w.ledger); code == 3 {
		time.Sleep(time.Millisecond) // there is none yet
		return
	}
	c := show(w.t, w.ledger)
	if c.Blocks < w.seen.Blocks || c.Txs < w.seen.Txs {
		w.t.Errorf("the ledger shrank from %v to %v", w.seen, c)
	}
	w.seen = c
	if c.Blocks == 0 {
		return
	}
	address, height := w.payee(w.txids[w.dice.Uint64N(c.Txs)])
	if address == "" {
		return
	}
	asOf := height + w.dice.Uint32N(c.Tip.Height-height+1)
	args := []string{"address", "bitcoin:" + address, "--as-of", fmt.Sprint(asOf), "--json", "--ledger", w.ledger}
	w.answers = append(w.answers, answer{args, must(w.t, args...)})
	if w.copies < 2 {
		w.copies++
		to := filepath.Join(w.t.TempDir(), "copy")
		must(w.t, "ledger", "copy", to, "--ledger", w.ledger)
		must(w.t, "ledger", "check", "--ledger", to)
	}
}

// payee returns who a transaction of the ledger pays first, and its height.
func (w *witness) payee(id ledger.TxID) (address string, height uint32) {
	var tx struct {
		Block   struct{ Height uint32 }
		Outputs []struct{ Account struct{ Address string } }
	}
	out := must(w.t, "tx", "bitcoin:"+id.String(), "--json", "--ledger", w.ledger)
	if err := json.Unmarshal([]byte(out), &tx); err != nil {
		w.t.Fatal(err)
	}
	return tx.Outputs[0].Account.Address, tx.Block.Height
}

// txids reads the ids of the made chain, in its order.
func txids(t *testing.T) (ids []ledger.TxID) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(made.dir, chain.TxIDsFile))
	if err != nil {
		t.Fatal(err)
	}
	for ; len(b) >= ledger.HashSize; b = b[ledger.HashSize:] {
		ids = append(ids, ledger.TxID(b[:ledger.HashSize]))
	}
	return ids
}
