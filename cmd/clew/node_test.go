package main

import (
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/node/bitcoind/mock"
	"clew.example/clew/sim/launder"
)

// scriptNode is a node of a script, and the branches that it holds by the name
// of their file.
type scriptNode struct {
	*mock.Node
	branches map[string]*launder.World
}

// scriptNodes are the nodes that run, by URL.
var scriptNodes sync.Map

// cmdNode is "node CASE...", "node tip CASE N" or "node down|up": it serves the
// blocks of one or several cases of package launder as a node of regtest does,
// sets $node to its URL, and changes it. Cases that begin alike share their
// first blocks.
func cmdNode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: node CASE... | node tip CASE N | node down|up")
	}
	switch args[0] {
	case "tip":
		n := nodeOfScript(ts)
		at, err := strconv.Atoi(args[2])
		ts.Check(err)
		n.SetTip(n.branches[args[1]].Chain()[at].Hash)
	case "down", "up":
		nodeOfScript(ts).SetDown(args[0] == "down")
	default:
		startNode(ts, args)
	}
}

func nodeOfScript(ts *testscript.TestScript) *scriptNode {
	n, ok := scriptNodes.Load(ts.Getenv("node"))
	if !ok {
		ts.Fatalf("no node runs")
	}
	return n.(*scriptNode)
}

func startNode(ts *testscript.TestScript, cases []string) {
	n := &scriptNode{branches: map[string]*launder.World{}}
	var raws [][]byte
	for i := len(cases) - 1; i >= 0; i-- { // the first case's chain is the node's
		w, err := launder.Parse(ts.ReadFile(cases[i]))
		ts.Check(err)
		n.branches[cases[i]] = w
		raws = append(raws, w.Raws(w.Chain())...)
	}
	first := n.branches[cases[0]]
	n.Node = mock.New(first.Config().First, raws)
	ts.Defer(n.Stop)
	regtest, err := bitcoin.NetworkByName("regtest")
	ts.Check(err)
	n.SetGenesis(regtest.Genesis)
	ts.Setenv("node", n.URL)
	ts.Setenv("bare", strings.Replace(n.URL, "user:password@", "", 1))
	scriptNodes.Store(n.URL, n)
}
