//go:build integration

package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/simnet"
)

// TestLive follows a real btcd while stolen coins are spent on it, through
// reorganisations, deaths of the node and of our own processes. In the end the
// ledger, every trace and every change that stands are those of somebody who
// comes only then.
func TestLive(t *testing.T) {
	w := newLive(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"catch-up", w.catchUp}, {"peel chain", w.peelChain}, {"reorganisations", w.reorganise},
		{"node killed", w.killNode}, {"node restarted", w.restartNode}, {"clew killed", w.killClew}, {"afresh", w.afresh},
	} {
		if !t.Run(part.name, part.run) {
			return
		}
	}
}

// live is a node, what is mined on it, and the clews that follow.
type live struct {
	whole           *testing.T // the processes are of no single part
	story           *story
	node            *simnet.Node
	dice            *rand.Rand
	ledger, state   string
	question        string
	ingest, watcher *process
	told            []string // by watchers that ended
	submitted       time.Time
}

// seedOf returns the seed of this run, or the one of CLEW_SEED, and prints it.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("CLEW_SEED"); given != "" {
		n, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatalf("CLEW_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("CLEW_SEED=%d", seed)
	return seed
}

// btcd starts a node without blocks.
func btcd(t *testing.T, opt simnet.Options) *simnet.Node {
	t.Helper()
	bin, err := simnet.Find(filepath.Join("..", "bin", "btcd"))
	if err != nil {
		t.Skip("btcd is missing: run scripts/btcd.sh, or name one in CLEW_BTCD")
	}
	opt.Bin, opt.Dir = bin, t.TempDir()
	n, err := simnet.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	return n
}

func newLive(t *testing.T) *live {
	dir := t.TempDir()
	w := &live{
		whole: t, story: newStory(), node: btcd(t, simnet.Options{}), dice: rand.New(rand.NewPCG(seedOf(t), 0)),
		ledger: filepath.Join(dir, "L"), state: filepath.Join(dir, "state"),
	}
	return w
}

// rpc are the arguments that ingest the chain of some nodes into a ledger.
func rpc(t *testing.T, l string, nodes ...*simnet.Node) []string {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	put(t, password, []byte(simnet.Password+"\n"))
	args := []string{"ingest", "bitcoin", "--network", "simnet", "--ledger", l, "--json", "--rpc-user", simnet.User, "--rpc-password-file", password}
	for _, n := range nodes {
		args = append(args, "--rpc", n.Address())
		if n.CertFile() != "" {
			args = append(args, "--rpc-cert", n.CertFile())
		}
	}
	return args
}

func (w *live) startIngest() {
	w.ingest = launch(w.whole, append(rpc(w.whole, w.ledger, w.node), "--follow", "--poll", "100ms")...)
}

// watch are the arguments of a watch from the theft on.
func (w *live) watch(state string) []string {
	return []string{"watch", w.question, "--ledger", w.ledger, "--state", state, "--replay", "--json"}
}

func (w *live) startWatch() {
	w.watcher = launch(w.whole, w.watch(w.state)...)
}

// endWatch keeps what a watcher told.
func (w *live) endWatch() {
	w.told = append(w.told, texts(w.watcher)...)
}

func texts(p *process) (all []string) {
	for _, l := range p.lines() {
		all = append(all, l.text)
	}
	return all
}

// mine has the node take some blocks.
func (w *live) mine(t *testing.T, count int) {
	t.Helper()
	for range count {
		b := w.story.next()
		w.submitted = time.Now()
		if err := w.node.Submit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// reach waits until the ledger ends with the newest block.
func (w *live) reach(t *testing.T) {
	t.Helper()
	reach(t, w.ingest, w.ledger, w.story.tip())
}

// reach waits until a process has a ledger end with a block.
func reach(t *testing.T, p *process, l string, b *simnet.Block) {
	t.Helper()
	until(t, func() string { return "block " + b.String() + " in the ledger; clew said " + p.complaints() }, func() bool {
		code, out, _ := clew("ledger", "show", "--json", "--ledger", l)
		return code == 0 && strings.Contains(out, b.Hash.String())
	})
}

// hear waits until the watch tells a change of the newest block, and returns
// how long after the block that was.
func (w *live) hear(t *testing.T) (took time.Duration) {
	t.Helper()
	want := `"hash":"` + w.story.tip().Hash.String() + `"`
	seen := 0
	until(t, func() string {
		return "a change of block " + w.story.tip().String() + "; clew said " + w.watcher.complaints() + w.ingest.complaints()
	}, func() bool {
		for _, l := range w.watcher.lines()[seen:] {
			if seen++; strings.Contains(l.text, want) && !strings.Contains(l.text, `"kind":"undone"`) {
				took = l.at.Sub(w.submitted)
				return true
			}
		}
		return false
	})
	return took
}

// catchUp follows from nothing to block 500.
func (w *live) catchUp(t *testing.T) {
	w.mine(t, 500)
	w.question = w.story.write(w.whole)
	began := time.Now()
	w.startIngest()
	w.reach(t)
	t.Logf("501 blocks in %v", time.Since(began))
	w.startWatch()
}

// peelChain spends the coins, one hop a block, each when the one before was
// told and some time has passed: whoever waits looks at intervals.
func (w *live) peelChain(t *testing.T) {
	w.times(t, "from the block to its line", 20, func() time.Duration {
		time.Sleep(time.Duration(w.dice.IntN(300)) * time.Millisecond)
		w.mine(t, 1)
		return w.hear(t)
	})
	w.checkReached(t)
}

func (w *live) times(t *testing.T, what string, n int, one func() time.Duration) {
	t.Helper()
	var all meter.Timings
	for range n {
		all = append(all, one())
	}
	t.Logf("%s: best %v, median %v, worst %v of %d", what, all.Best(), all.Median(), slowest(all), n)
}

func slowest(all meter.Timings) (d time.Duration) {
	for _, one := range all {
		d = max(d, one)
	}
	return d
}

// checkReached wants a line for each service that coins have come to.
func (w *live) checkReached(t *testing.T) {
	t.Helper()
	all := strings.Join(texts(w.watcher), "\n")
	for _, of := range services {
		if !strings.Contains(all, `"entity":"`+of.name+`"`) {
			t.Errorf("no line says that coins reached %s", of.name)
		}
	}
}

// reorganise has the node give up 1, 5 and 50 blocks for others that spend the
// coins in another way. The last branch begins before the theft.
func (w *live) reorganise(t *testing.T) {
	for _, depth := range []int{1, 5, 50} {
		w.reorg(t, depth)
		t.Logf("%d blocks for %d others: %v from the last of them to its line", depth, depth+1, w.hear(t))
	}
	if n := countKind(texts(w.watcher), "undone"); n == 0 {
		t.Error("nothing was undone")
	}
}

func (w *live) reorg(t *testing.T, depth int) {
	t.Helper()
	gone := w.story.fork(depth, simnet.Tag(fmt.Sprintf("branch %d at %d", depth, len(w.story.blocks))))
	if err := w.node.Invalidate(t.Context(), gone.Hash); err != nil {
		t.Fatal(err)
	}
	w.mine(t, depth+1)
}

func (w *live) restartNode(t *testing.T) {
	if err := w.node.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := w.node.Start(); err != nil {
		t.Fatal(err)
	}
	w.mine(t, 1)
	t.Logf("a block after a restart of the node: %v", w.hear(t))
}

// killNode kills the node, which then knows less than the ledger and gets the
// blocks again. Nobody may take that for a reorganisation.
func (w *live) killNode(t *testing.T) {
	before := countKind(texts(w.watcher), "undone")
	w.node.Kill()
	if err := w.node.Start(); err != nil {
		t.Fatal(err)
	}
	height := w.nodeHeight(t)
	for _, b := range w.story.blocks[1:] {
		if err := w.node.Submit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	w.mine(t, 1)
	t.Logf("killed, the node goes on at block %d; a block after that: %v", height, w.hear(t))
	if after := countKind(texts(w.watcher), "undone"); after != before {
		t.Errorf("%d changes were undone because the node had lost its blocks", after-before)
	}
}

func (w *live) nodeHeight(t *testing.T) int {
	t.Helper()
	tip, err := w.node.Tip(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range w.story.blocks {
		if b.Hash == tip {
			return i
		}
	}
	t.Fatalf("the node's block %s is none of ours", tip)
	return 0
}

// killClew kills the ingest and the watch at random moments while blocks pour
// in, of which some are taken back.
func (w *live) killClew(t *testing.T) {
	const blocks, often = 110, 3
	ingests, watches := 0, 0
	for i := range blocks {
		w.mine(t, 1)
		if i == blocks/2 {
			w.reorg(t, 3)
		}
		time.Sleep(time.Duration(w.dice.IntN(60)) * time.Millisecond)
		if w.dice.IntN(often) == 0 {
			w.ingest.kill()
			w.startIngest()
			ingests++
		}
		if w.dice.IntN(2*often) == 0 {
			w.watcher.kill()
			w.endWatch()
			w.startWatch()
			watches++
		}
	}
	w.mine(t, 1)
	w.reach(t)
	w.hear(t)
	t.Logf("%d blocks; ingest was killed %d times, watch %d times", blocks, ingests, watches)
}

// afresh compares with those who come only now.
func (w *live) afresh(t *testing.T) {
	w.watcher.term(t)
	w.endWatch()
	w.ingest.term(t)
	must(t, "ledger", "check", "--ledger", w.ledger)
	w.sameLedgers(t)
	w.watcher = launch(t, w.watch(filepath.Join(t.TempDir(), "state"))...)
	w.hear(t)
	w.watcher.term(t)
	have, fresh := standing(t, w.told), standing(t, texts(w.watcher))
	sameChanges(t, have, fresh)
	if len(have) == 0 {
		t.Error("no change stands")
	}
	t.Logf("%d changes stand of %d lines", len(have), len(w.told))
}

// sameLedgers ingests the chain from the node at once, from the node with
// deaths on the way, and from block files: the rows and the traces are ours.
func (w *live) sameLedgers(t *testing.T) {
	t.Helper()
	tip := int(w.story.tip().Height)
	heights := []int{theftHeight, 520, tip - 6, tip}
	want := digests(t, w.question, w.ledger, heights...)
	dir := t.TempDir()
	began := time.Now()
	must(t, rpc(t, filepath.Join(dir, "node"), w.node)...)
	w.killedOften(t, filepath.Join(dir, "killed"), time.Since(began))
	must(t, "ingest", "bitcoin", "--network", "simnet", "--blocks", w.story.files(t), "--ledger", filepath.Join(dir, "files"))
	for _, from := range []string{"node", "killed", "files"} {
		l := filepath.Join(dir, from)
		sameRows(t, w.ledger, l)
		if got := digests(t, w.question, l, heights...); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: traces are %v, want %v", from, got, want)
		}
	}
}

// killedOften ingests from the node in runs that are killed at random moments
// of the time that a whole one takes, and a last one that is not.
func (w *live) killedOften(t *testing.T, l string, whole time.Duration) {
	t.Helper()
	args := rpc(t, l, w.node)
	for range 12 {
		p := launch(t, args...)
		time.Sleep(time.Duration(w.dice.Int64N(int64(whole))))
		p.kill()
	}
	must(t, args...)
	must(t, "ledger", "check", "--ledger", l)
}
