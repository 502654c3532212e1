package main

import (
	"context"
	"net/http"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
	"clew.example/clew/question"
	"clew.example/clew/sim/launder"
)

// cmdExplorer is "explorer CASE [amount TX VOUT | half TX | busy | refuse]":
// it serves a case of package launder as an Esplora server does, on a port of
// this machine, sets $explorer to its URL, and has it lie or fail.
func cmdExplorer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: explorer CASE [amount TX VOUT | half TX | busy | refuse]")
	}
	w, err := launder.Parse(ts.ReadFile(args[0]))
	ts.Check(err)
	s, err := mock.Serve(servedBlocks(w))
	ts.Check(err)
	ts.Defer(s.Close)
	ts.Setenv("explorer", s.URL)
	switch args = args[1:]; {
	case len(args) == 0:
	case args[0] == "amount":
		vout, err := strconv.Atoi(args[2])
		ts.Check(err)
		id, _ := w.TxID(args[1])
		s.Tamper(mock.ChangeAmount(id, vout))
	case args[0] == "half":
		id, _ := w.TxID(args[1])
		s.Tamper(mock.On("/tx/"+id.String(), mock.Half))
	case args[0] == "busy":
		s.Tamper(mock.First(1, http.StatusTooManyRequests, "1"))
	case args[0] == "refuse":
		s.Tamper(mock.First(1_000_000, http.StatusForbidden, ""))
	default:
		ts.Fatalf("explorer: %q is not known", args[0])
	}
}

func servedBlocks(w *launder.World) (blocks []mock.Block) {
	for _, ref := range w.Chain() {
		blocks = append(blocks, mock.Block{Height: ref.Height, Raw: w.Raw(ref.Hash)})
	}
	return blocks
}

// TestExplorerMoved takes the pinned block back while a question is answered:
// it is asked again on the new branch, and given up where that goes on.
func TestExplorerMoved(t *testing.T) {
	var branches [2][]mock.Block
	for i, text := range []string{"c1 coinbase -> a:50\nblock\nt1 a:50 -> b:50", "c1 coinbase -> a:50\nblock\nt2 a:50 -> c:50"} {
		w, err := launder.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		branches[i] = servedBlocks(w)
	}
	regtest, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ moves, asked, code int }{{0, 1, exitOK}, {1, 2, exitOK}, {2, 3, exitOK}, {9, 3, exitIncomplete}} {
		s, err := mock.Serve(branches[0])
		if err != nil {
			t.Fatal(err)
		}
		x, err := esplora.Open(context.Background(), esplora.Options{URL: s.URL, Network: regtest})
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		err = explorerFailure(question.Explorer(x, regtest).Pin(context.Background(), question.Newest, func(trace.Source) error {
			if asked++; asked <= c.moves {
				return s.Replace(branches[asked%2])
			}
			return nil
		}))
		if asked != c.asked || exitCode(err) != c.code {
			t.Errorf("%d moves: asked %d times, want %d; exits %d: %v", c.moves, asked, c.asked, exitCode(err), err)
		}
		x.Close()
		s.Close()
	}
}

func TestWithoutUser(t *testing.T) {
	for in, want := range map[string]string{
		"https://host/api": "https://host/api", "https://me:secret@host/api": "https://host/api", "": "", "::": "::",
	} {
		if got := withoutUser(in); got != want {
			t.Errorf("withoutUser(%q) = %q, want %q", in, got, want)
		}
	}
}
