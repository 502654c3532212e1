//go:build integration

package integration_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/bench/simnet"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestServeFollows asks a server while another process follows a real btcd
// through blocks and reorganisations. Each answer is of the branch that it
// names, whole; what is refused can be asked again. In the end the server says
// what the command line says.
func TestServeFollows(t *testing.T) {
	w := newLive(t)
	w.mine(t, 510)
	w.question = w.story.write(t)
	w.startIngest()
	w.reach(t)
	b := &book{blocks: map[string]*page{}}
	b.write(t, w.story)
	s := serve(t, w.ledger, filepath.Join(t.TempDir(), "ops.db"))
	stop := make(chan struct{})
	var done sync.WaitGroup
	var readers []*reader
	for i := range 6 {
		r := &reader{s: s.as(s.makeKey(fmt.Sprint("reader ", i))), dice: rand.New(rand.NewPCG(w.dice.Uint64(), 0)),
			theft: w.story.theft.String(), services: servicesOf(), stop: stop}
		readers = append(readers, r)
		done.Go(r.run)
	}
	for _, depth := range []int{0, 1, 5, 0, 50, 3} {
		w.shake(t, depth)
		b.write(t, w.story)
	}
	close(stop)
	done.Wait()
	b.judge(t, readers)
	w.ingest.term(t)
	sameAtTheEnd(t, w, s)
	s.term(t)
}

// shake has the node take ten blocks, and before them give up some for others.
func (w *live) shake(t *testing.T, depth int) {
	t.Helper()
	if depth > 0 {
		w.reorg(t, depth)
		w.reach(t)
	}
	for range 10 {
		w.mine(t, 1)
		time.Sleep(time.Duration(w.dice.IntN(100)) * time.Millisecond) // as blocks come, not all at once
	}
	w.reach(t)
}

// servicesOf are the addresses of the services of the story.
func servicesOf() (addresses []string) {
	for i := range services {
		addresses = append(addresses, simnet.Address(service(i)))
	}
	return addresses
}

// book holds every block there ever was, by hash.
type book struct{ blocks map[string]*page }

// page is a block: where it stands and what is in it.
type page struct {
	height int
	prev   string
	txids  []string
}

// write takes the blocks of a story that are not known yet.
func (b *book) write(t *testing.T, s *story) {
	t.Helper()
	var d bitcoin.Decoder
	for height, of := range s.blocks {
		if b.blocks[of.Hash.String()] != nil {
			continue
		}
		p := &page{height: height, prev: of.Prev.String()}
		var block ledger.Block
		if err := d.Decode(&block, of.Raw); err != nil {
			t.Fatal(err)
		}
		for i := range block.Txs {
			p.txids = append(p.txids, block.Txs[i].ID.String())
		}
		b.blocks[of.Hash.String()] = p
	}
}

// heights returns where each transaction stands on the branch of a block.
func (b *book) heights(tip string) map[string]int {
	at := map[string]int{}
	for p := b.blocks[tip]; p != nil; p = b.blocks[p.prev] {
		for _, id := range p.txids {
			at[id] = p.height
		}
	}
	return at
}

// claim is a transaction that an answer says is on its branch, and where; a
// negative height is not said.
type claim struct {
	txid   string
	height int
}

// seen is an answer: the block as of which it is, and what it says.
type seen struct {
	what, tip string
	height    int
	claims    []claim
}

// judge holds what was answered against the branches that there were.
func (b *book) judge(t *testing.T, readers []*reader) {
	t.Helper()
	branches := map[string]map[string]int{}
	answers, refused, tips := 0, 0, map[string]bool{}
	for _, r := range readers {
		refused += r.refused
		for _, a := range r.answers {
			answers++
			tips[a.tip] = true
			if branches[a.tip] == nil {
				branches[a.tip] = b.heights(a.tip)
			}
			if p := b.blocks[a.tip]; p == nil || p.height != a.height {
				t.Fatalf("%s is as of %d %s, which is no block", a.what, a.height, a.tip)
			}
			for _, c := range a.claims {
				if at, ok := branches[a.tip][c.txid]; !ok || c.height >= 0 && c.height != at {
					t.Errorf("%s as of %d %s names %s at %d, which stands at %d (%v)", a.what, a.height, a.tip, c.txid, c.height, at, ok)
				}
			}
		}
	}
	t.Logf("%d answers as of %d blocks, all of one branch; %d to be asked again", answers, len(tips), refused)
	if len(tips) < 20 {
		t.Errorf("the answers are as of %d blocks only", len(tips))
	}
}

// reader asks at random and keeps what it is answered.
type reader struct {
	s        *server
	dice     *rand.Rand
	theft    string
	services []string
	stop     <-chan struct{}
	answers  []seen
	refused  int
}

func (r *reader) run() {
	for i := 0; ; i++ {
		select {
		case <-r.stop:
			return
		case <-time.After(30 * time.Millisecond): // a key may ask 20 times a second
		}
		switch {
		case i%20 == 0:
			r.trace()
		case r.dice.IntN(2) == 0:
			r.tx()
		default:
			r.address(r.services[r.dice.IntN(len(r.services))])
		}
	}
}

// spot is a block in an answer.
type spot struct {
	Height int
	Hash   string
}

// spender is who spends an output in an answer.
type spender *struct {
	TxID   string
	Height int
}

func (r *reader) tx() {
	var a struct {
		TxID          string
		Block, Tip    spot
		Confirmations int
		Outputs       []struct {
			SpentBy spender `json:"spent_by"`
		}
	}
	if !r.ask("/v1/txs/bitcoin-simnet/"+r.theft, &a) {
		return
	}
	if a.Confirmations != a.Tip.Height-a.Block.Height+1 {
		r.s.t.Errorf("transaction with %d confirmations: %+v", a.Confirmations, a)
	}
	s := seen{"transaction", a.Tip.Hash, a.Tip.Height, []claim{{a.TxID, a.Block.Height}}}
	for _, out := range a.Outputs {
		s.spent(out.SpentBy)
	}
	r.answers = append(r.answers, s)
}

func (s *seen) spent(by spender) {
	if by != nil {
		s.claims = append(s.claims, claim{by.TxID, by.Height})
	}
}

func (r *reader) address(text string) {
	var a struct {
		AsOf    spot `json:"as_of"`
		Outputs []struct {
			Outpoint string
			Height   int
			SpentBy  spender `json:"spent_by"`
		}
	}
	if !r.ask("/v1/addresses/bitcoin-simnet/"+text, &a) {
		return
	}
	s := seen{"address", a.AsOf.Hash, a.AsOf.Height, nil}
	for _, out := range a.Outputs {
		id, _, _ := strings.Cut(out.Outpoint, ":")
		s.claims = append(s.claims, claim{id, out.Height})
		s.spent(out.SpentBy)
	}
	r.answers = append(r.answers, s)
	var moves struct{ Items []struct{ TxID string } }
	r.ask("/v1/addresses/bitcoin-simnet/"+text+"/txs?limit=5", &moves)
}

// theftAt is the question of a trace from the theft of the story.
func theftAt(id string) map[string]any {
	return map[string]any{"chain": "bitcoin-simnet", "starts": []string{id + ":0"}}
}

// trace asks for one and takes it at its word.
func (r *reader) trace() {
	run := r.s.finish(r.s.ask(theftAt(r.theft)).ID)
	if run.Status != "done" {
		if run.Error == nil || !strings.Contains(run.Error.Detail, r.theft) {
			r.s.t.Errorf("trace: %+v", run)
		}
		return // the theft itself was taken back: there is nothing to trace
	}
	var a struct {
		Input struct{ Tip spot }
		Exits []struct{ Path []string }
	}
	if !r.ask("/v1/traces/"+run.ID+"/result", &a) {
		return
	}
	s := seen{"trace", a.Input.Tip.Hash, a.Input.Tip.Height, nil}
	for _, exit := range a.Exits {
		for _, id := range exit.Path {
			s.claims = append(s.claims, claim{id, -1})
		}
	}
	r.answers = append(r.answers, s)
	r.ask("/v1/traces/"+run.ID+"/graph", nil)
}

// refusals are what an answer may be other than 200, by code: the theft is not
// there, or the chain below a trace is another. Whatever else is refused says
// when to ask again.
var refusals = []string{"not_found", "chain_moved"}

// ask reads an answer; false if it was refused as it may be.
func (r *reader) ask(path string, into any) bool {
	a := r.s.do(r.s.request(http.MethodGet, path, ""))
	switch {
	case a.StatusCode == http.StatusOK && into != nil:
		a.read(r.s.t, into)
	case a.StatusCode == http.StatusOK:
	case slices.Contains(refusals, a.code()) || a.Header.Get("Retry-After") != "":
		r.refused++
		return false
	default:
		r.s.t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		return false
	}
	return true
}

// sameAtTheEnd compares the server with the command line, when nothing moves.
func sameAtTheEnd(t *testing.T, w *live, s *server) {
	t.Helper()
	id := w.story.theft.String()
	if a := s.do(s.request(http.MethodGet, "/v1/txs/bitcoin-simnet/"+id, "")); string(a.body) != must(t, "tx", "bitcoin-simnet:"+id, "--json", "--ledger", w.ledger) {
		t.Errorf("the theft is %s", a.body)
	}
	run := s.finish(s.ask(theftAt(id)).ID)
	var want struct {
		Digest string `json:"result_digest"`
	}
	out := must(t, "trace", "bitcoin-simnet:"+id+":0", "--ledger", w.ledger, "--format", "json")
	if err := json.Unmarshal([]byte(out), &want); err != nil || run.ResultDigest != want.Digest {
		t.Errorf("the trace is %+v, want %s; %v", run, want.Digest, err)
	}
}
