package flow_test

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
	"clew.example/clew/report/flow"
)

// scene is a trace and its view.
type scene struct {
	graph  *trace.Graph
	result *trace.Result
	view   *flow.View
}

// ask says what is followed.
type ask struct {
	params   trace.Params
	starts   []trace.Start
	backward bool
}

func address(a ledger.Account) string {
	if len(a) < 6 || a[0] == 0x6a { // OP_RETURN
		return ""
	}
	return "addr-" + hex.EncodeToString(a[2:6])
}

// follow traces and makes the view of it.
func follow(t testing.TB, src trace.Source, q ask) *scene {
	t.Helper()
	g, err := graphOf(src, q)
	if err != nil {
		t.Fatal(err)
	}
	return sceneOf(t, g, src.Tip())
}

func graphOf(src trace.Source, q ask) (*trace.Graph, error) {
	ctx := context.Background()
	if q.backward {
		return trace.Backward(ctx, src, q.params, q.starts, address)
	}
	tr := trace.New(q.params, q.starts)
	if err := tr.Advance(ctx, src); err != nil {
		return nil, err
	}
	return tr.Graph(ctx, src, address)
}

func sceneOf(t testing.TB, g *trace.Graph, tip ledger.Tip) *scene {
	t.Helper()
	in := trace.Input{Digest: "sha256:" + strings.Repeat("5e", 32), Chain: "bip122:000000000019d6689c085ae165831e93", Source: "ledger", Rules: trace.Rules,
		Tip: trace.InputTip{Height: tip.Height, Hash: tip.Hash.String()}, Params: trace.InputParams{Policies: g.Policies, Backward: g.Backward}}
	for i := range g.Txs {
		for v, o := range g.Txs[i].Outs {
			if o.Started {
				at := ledger.Outpoint{TxID: g.Txs[i].ID, Vout: uint32(v)}
				in.Starts = append(in.Starts, trace.InputStart{Outpoint: at.String(), Amount: o.Value})
			}
		}
	}
	r, err := g.Result(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	view, err := flow.New(g, r)
	if err != nil {
		t.Fatal(err)
	}
	return &scene{g, r, view}
}

// flow asks for a flow that must be there.
func (s *scene) flow(t testing.TB, q flow.Query) *flow.Flow {
	t.Helper()
	f, err := s.view.Flow(q)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const peelStart = "0f8c45e0cb1203bf7b6f2e484b3cc6f0d2887bfcdcc8acf42f4505934c9dbd34"

// peelCase traces the case that ships.
func peelCase(t testing.TB) *scene {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "cases", "peel-2019", "peel.facts"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := facts.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	src, err := f.Pin(560086)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := ledger.ParseHash(peelStart)
	refs, err := src.AppendTxRefs(context.Background(), nil, []ledger.TxID{id})
	if err != nil {
		t.Fatal(err)
	}
	starts := []trace.Start{{Tx: refs[0]}, {Tx: refs[0], Vout: 1}}
	return follow(t, src, ask{params: trace.Params{Policies: lot.Policies()}, starts: starts})
}

// seedOf is CLEW_SEED, or 1; it is printed, so that a failure can be had again.
func seedOf(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(1)
	if given := os.Getenv("CLEW_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("CLEW_SEED: %v", err)
		}
	}
	t.Logf("CLEW_SEED=%d", seed)
	return seed
}
