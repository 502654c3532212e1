//go:build integration

package integration_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/bench/simnet"
)

// TestMajority follows two nodes that do not know each other. The branch with
// more work is taken, whichever node has it and however often; the other one is
// complained of; a node that died and begins anew leads nobody back.
func TestMajority(t *testing.T) {
	p := newParted(t)
	oneShot(t, p.strong, p.first, p.second)
	oneShot(t, p.strong, p.second, p.first)

	l := filepath.Join(t.TempDir(), "L")
	ingest := launch(t, append(rpc(t, l, p.first, p.second), "--follow", "--poll", "100ms")...)
	says := func(what ...string) { t.Helper(); complains(t, ingest, what...) }
	reach(t, ingest, l, p.strong.tip())
	says("node "+host(p.second)+": other:", "no more work")

	p.grow(t, p.second, p.weak, 10)
	reach(t, ingest, l, p.weak.tip())
	says("reorganisation: 10 blocks taken back")
	says("node "+host(p.first)+": other:", "no more work")

	p.second.Kill()
	says("node " + host(p.second) + ": down:")
	p.give(t, p.first, p.weak)
	says("node "+host(p.first)+":", ", at block 31") // ok, or behind if it was seen on its way
	p.grow(t, p.first, p.weak, 1)
	reach(t, ingest, l, p.weak.tip())

	if err := p.second.Start(); err != nil {
		t.Fatal(err)
	}
	says("node " + host(p.second) + ": behind")
	p.grow(t, p.first, p.weak, 1)
	reach(t, ingest, l, p.weak.tip())
	ingest.term(t)
	if n := strings.Count(ingest.complaints(), "reorganisation:"); n != 1 {
		t.Errorf("%d reorganisations, want 1:\n%s", n, ingest.complaints())
	}
	truthOf(t, ingest, p)
	must(t, "ledger", "check", "--ledger", l)
}

// parted are two nodes on branches of their own since block 300.
type parted struct {
	first, second *simnet.Node // the first speaks TLS
	strong, weak  *story       // 10 and 6 blocks longer
}

func newParted(t *testing.T) *parted {
	t.Helper()
	p := &parted{first: btcd(t, simnet.Options{TLS: true}), second: btcd(t, simnet.Options{}), strong: newStory()}
	for len(p.strong.blocks) <= 300 {
		p.strong.next()
	}
	p.weak = p.strong.clone()
	p.weak.tag = "weak"
	p.give(t, p.first, p.strong)
	p.give(t, p.second, p.weak)
	p.grow(t, p.first, p.strong, 10)
	p.grow(t, p.second, p.weak, 6)
	return p
}

// give has a node take all blocks of a branch.
func (p *parted) give(t *testing.T, n *simnet.Node, s *story) {
	t.Helper()
	for _, b := range s.blocks[1:] {
		if err := n.Submit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *parted) grow(t *testing.T, n *simnet.Node, s *story, count int) {
	t.Helper()
	for range count {
		if err := n.Submit(t.Context(), s.next()); err != nil {
			t.Fatal(err)
		}
	}
}

// oneShot ingests from nodes without following.
func oneShot(t *testing.T, want *story, nodes ...*simnet.Node) {
	t.Helper()
	l := filepath.Join(t.TempDir(), "L")
	must(t, rpc(t, l, nodes...)...)
	if c := show(t, l); c.Tip == nil || c.Tip.Hash != want.tip().Hash.String() {
		t.Errorf("from nodes in this order the ledger holds %v, want %v", c, want.tip())
	}
}

// complains waits for a line on standard error that has all these words.
func complains(t *testing.T, p *process, words ...string) {
	t.Helper()
	until(t, func() string { return strings.Join(words, " ... ") + " in\n" + p.complaints() }, func() bool {
		for text := range strings.Lines(p.complaints()) {
			all := true
			for _, w := range words {
				all = all && strings.Contains(text, w)
			}
			if all {
				return true
			}
		}
		return false
	})
}

// truthOf reads what the process says of the nodes at its end.
func truthOf(t *testing.T, p *process, nodes *parted) {
	t.Helper()
	var answer struct {
		Reorgs  int
		Deepest int `json:"deepest_reorg"`
		Nodes   []struct{ Node, State string }
	}
	if err := json.Unmarshal([]byte(strings.Join(texts(p), "\n")), &answer); err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, n := range answer.Nodes {
		states[n.Node] = n.State
	}
	if answer.Reorgs != 1 || answer.Deepest != 10 || states[host(nodes.first)] != "ok" || states[host(nodes.second)] != "behind" {
		t.Errorf("at the end: %+v", answer)
	}
}

// host is how clew names a node.
func host(n *simnet.Node) string {
	_, host, _ := strings.Cut(n.Address(), "://")
	return host
}
