package evm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// TestDecodeText runs the cases of testdata/moves and testdata/lies: each is a
// block, written as builder says, and what Decode makes of it. Traces are given
// in both forms, which must give the same.
func TestDecodeText(t *testing.T) {
	for _, file := range []string{"testdata/moves", "testdata/lies"} {
		datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
			answers, chain := build(t, lines(d))
			var b evm.Block
			err := evm.NewDecoder(chain).Decode(&b, answers)
			if err != nil {
				return err.Error() + "\n"
			}
			if answers.Traces = flatten(t, answers.Traces); len(answers.Traces) > len("[]") {
				var flat evm.Block
				if err := evm.NewDecoder(chain).Decode(&flat, answers); err != nil || !slices.Equal(flat.Moves, b.Moves) {
					d.Fatalf(t, "as trace_block gives it: %v, %d moves", err, len(flat.Moves))
				}
			}
			return describe(&b)
		})
	}
}

// TestLegsText runs the cases of testdata/legs: the legs of a block's
// transactions.
func TestLegsText(t *testing.T) {
	datadriven.RunTest(t, "testdata/legs", func(t *testing.T, d *datadriven.TestData) string {
		answers, chain := build(t, lines(d))
		var b evm.Block
		decoder := evm.NewDecoder(chain)
		if err := decoder.Decode(&b, answers); err != nil {
			return err.Error() + "\n"
		}
		var out strings.Builder
		for i := range b.Txs {
			for _, leg := range decoder.AppendLegs(nil, &b, i) {
				out.WriteString(describeLeg(&leg, &b))
			}
		}
		return out.String()
	})
}

// lines returns the whole text of a case.
func lines(d *datadriven.TestData) string {
	first := []string{d.Cmd}
	for _, arg := range d.CmdArgs {
		first = append(first, arg.String())
	}
	return strings.Join(first, " ") + "\n" + d.Input
}

func party(a ledger.Address) string {
	if a.IsZero() {
		return "-"
	}
	return nameOf(a.Bytes())
}

func assetName(a ledger.Asset) string {
	switch a.Kind {
	case ledger.AssetNative:
		return "native"
	case ledger.AssetToken:
		return party(a.Contract)
	}
	return party(a.Contract) + "/" + a.ID.Dec()
}

var unknowns = []string{"internal", "status", "fee", "type"}

func describe(b *evm.Block) string {
	var out strings.Builder
	for i, m := range b.Moves {
		tx := fmt.Sprint(m.Tx)
		if m.Tx == ledger.NoTx {
			tx = "-"
		}
		if m.Pos != b.Pos(i) {
			fmt.Fprintf(&out, "at %d, not %d: ", m.Pos, b.Pos(i))
		}
		fmt.Fprintf(&out, "%s %s %s -> %s %s %s\n", tx, m.Kind, party(m.From), party(m.To), m.Amount.Dec(), assetName(m.Asset))
	}
	for _, e := range b.Events {
		fmt.Fprintf(&out, "%d event %s %s", e.Tx, e.Kind, nameOf(e.Account[:]))
		if !e.Contract.IsZero() {
			fmt.Fprintf(&out, " by %s", nameOf(e.Contract[:]))
		}
		out.WriteString("\n")
	}
	for i := range b.Txs {
		for bit, name := range unknowns {
			if b.Txs[i].Unknown>>bit&1 == 1 {
				fmt.Fprintf(&out, "%d unknown: %s\n", i, name)
			}
		}
	}
	return out.String()
}

func describeLeg(l *evm.Leg, b *evm.Block) string {
	key := l.Key
	if h := b.Txs[l.Tx].Hash.String()[2:]; strings.EqualFold(key, "thorchain:"+h) {
		key = "thorchain:(this transaction)"
	}
	return fmt.Sprintf("%d/%d %s %s %s -> %s: %s %s for %s %s; %s -> %s (%d) key %s memo %q\n", l.Tx, l.Log, l.Protocol, l.Kind, party(l.Sender), party(l.Recipient),
		l.Amount.Dec(), assetName(l.Asset), l.GivenAmount.Dec(), assetName(l.Given), l.Source, l.Destination, l.Remote, key, l.Memo)
}
