package main

import (
	"net/http"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"clew.example/clew/node/esplora/mock"
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
	var blocks []mock.Block
	for _, ref := range w.Chain() {
		blocks = append(blocks, mock.Block{Height: ref.Height, Raw: w.Raw(ref.Hash)})
	}
	s, err := mock.Serve(blocks)
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
