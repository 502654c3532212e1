package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// form is how a model is shown to the engine: swept as a ledger at hand is, or
// walked as one far away.
type form struct {
	name string
	at   func(m *launder.Model, h ledger.Height) trace.Source
	ref  func(row int) ledger.TxRef
}

func forms(seed uint64) []form {
	// Handles of a sparse source depend on rows and seed only.
	ref := launder.NewModel().Source(0).Sparse(seed).TxRef
	return []form{
		{"swept", func(m *launder.Model, h ledger.Height) trace.Source { return m.Source(h) }, denseRef},
		{"walked", func(m *launder.Model, h ledger.Height) trace.Source { return m.Source(h).Sparse(seed) }, ref},
	}
}

// traveller takes a trace of one scenario to and fro.
type traveller struct {
	form
	ctx context.Context
	s   scenario
}

// fresh returns a trace that went straight to a height.
func (v traveller) fresh(m *launder.Model, h ledger.Height) (*trace.Trace, error) {
	t := trace.New(v.s.params, v.s.refs(v.ref))
	return t, t.Advance(v.ctx, v.at(m, h))
}

// waits reports whether a trace as of h waits for a start. Then it cannot be
// saved, since no block up to h knows the start's id.
func (v traveller) waits(m *launder.Model, h ledger.Height) bool {
	return v.s.starts[len(v.s.starts)-1] >= m.Counts(h).Outputs
}

// saved returns all that a trace knows: its file, or its graph while it waits.
func (v traveller) saved(t *trace.Trace, m *launder.Model, h ledger.Height) ([]byte, error) {
	var b bytes.Buffer
	err := t.Save(v.ctx, v.at(m, h), &b)
	if !v.waits(m, h) {
		return b.Bytes(), err
	}
	if err == nil {
		return nil, fmt.Errorf("saved as of %d, where a start is not known yet", h)
	}
	g, err := t.Graph(v.ctx, v.at(m, h), addressOf)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%+v %+v", g.Txs, g.Assumed), nil
}

// same compares a trace with one that went straight to its height.
func (v traveller) same(t *trace.Trace, m *launder.Model, h ledger.Height) error {
	straight, err := v.fresh(m, h)
	if err != nil {
		return err
	}
	want, err := v.saved(straight, m, h)
	if err != nil {
		return err
	}
	have, err := v.saved(t, m, h)
	if err == nil && !bytes.Equal(have, want) {
		err = fmt.Errorf("%d bytes differ from the %d of a trace that went straight there", len(have), len(want))
	}
	return err
}

// TestAdvanceAndUndo checks that a trace is a function of the chain up to its
// block, by whichever way it came there: all at once, in two steps, block by
// block, back again, or by way of a file.
func TestAdvanceAndUndo(t *testing.T) {
	eachWorld(t, 200, func(r *rand.Rand, m *launder.Model, s scenario) error {
		tip, _ := m.Tip()
		h := m.First() + ledger.Height(r.IntN(int(tip-m.First())+1))
		for _, f := range forms(r.Uint64()) {
			v := traveller{f, t.Context(), s}
			for name, law := range map[string]func(*launder.Model, ledger.Height, ledger.Height) error{
				"to and fro": v.toAndFro, "block by block": v.blockByBlock, "by a file": v.byFile,
			} {
				if err := law(m, h, tip); err != nil {
					return fmt.Errorf("%s, %s, blocks %d and %d: %w", f.name, name, h, tip, err)
				}
			}
		}
		return nil
	})
}

// toAndFro goes to h, on to the tip and back to h.
func (v traveller) toAndFro(m *launder.Model, h, tip ledger.Height) error {
	t, err := v.fresh(m, h)
	if err != nil {
		return err
	}
	if err := t.Advance(v.ctx, v.at(m, tip)); err != nil {
		return err
	}
	if err := v.same(t, m, tip); err != nil {
		return fmt.Errorf("advanced: %w", err)
	}
	v.s.asOf = tip
	g, err := t.Graph(v.ctx, v.at(m, tip), addressOf)
	if err == nil {
		err = compareGraph(v.s, g)
	}
	if err != nil {
		return fmt.Errorf("advanced: %w", err)
	}
	if err := t.Undo(v.ctx, v.at(m, h)); err != nil {
		return err
	}
	if err := v.same(t, m, h); err != nil {
		return fmt.Errorf("undone: %w", err)
	}
	return nil
}

// blockByBlock goes up and down one block at a time.
func (v traveller) blockByBlock(m *launder.Model, h, tip ledger.Height) error {
	t, err := v.fresh(m, h)
	if err != nil {
		return err
	}
	for at := h; at <= tip; at++ {
		if err := t.Advance(v.ctx, v.at(m, at)); err != nil {
			return err
		}
		if err := v.same(t, m, at); err != nil {
			return fmt.Errorf("up to %d: %w", at, err)
		}
	}
	for at := tip; at > m.First(); at-- {
		if err := t.Undo(v.ctx, v.at(m, at-1)); err != nil {
			return err
		}
		if err := v.same(t, m, at-1); err != nil {
			return fmt.Errorf("down to %d: %w", at-1, err)
		}
	}
	return nil
}

// byFile saves at h, loads through either form and goes on.
func (v traveller) byFile(m *launder.Model, h, tip ledger.Height) error {
	if v.waits(m, h) {
		h = tip
	}
	t, err := v.fresh(m, h)
	if err != nil {
		return err
	}
	file, err := v.saved(t, m, h)
	if err != nil {
		return err
	}
	for _, f := range forms(uint64(h)) {
		other := traveller{f, v.ctx, v.s}
		loaded, err := trace.Load(v.ctx, bytes.NewReader(file), f.at(m, h), v.s.params.Names)
		if err != nil {
			return fmt.Errorf("load %s: %w", f.name, err)
		}
		if err := other.same(loaded, m, h); err != nil {
			return fmt.Errorf("loaded %s: %w", f.name, err)
		}
		if err := loaded.Advance(v.ctx, f.at(m, tip)); err != nil {
			return err
		}
		if err := other.same(loaded, m, tip); err != nil {
			return fmt.Errorf("loaded %s and advanced: %w", f.name, err)
		}
	}
	return nil
}

// TestReorganised goes to the tip of one branch, back to where another leaves
// it, and up that one.
func TestReorganised(t *testing.T) {
	branches := 0
	for seed := range uint64(worldsWanted(t, 200)) / 4 {
		r := rand.New(rand.NewPCG(seed, 1))
		c := launder.Small(seed)
		c.Blocks, c.TxPerBlock, c.Prior = 10+r.IntN(20), 1+r.IntN(5), r.IntN(40)
		w, err := launder.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, fork := range w.Forks {
			if err := reorganise(t.Context(), r, w, w.Tip(), fork.Tip()); err != nil {
				t.Errorf("seed %d, fork to %d: %v", seed, fork.Tip().Height, err)
			}
			if err := reorganise(t.Context(), r, w, fork.Tip(), w.Tip()); err != nil {
				t.Errorf("seed %d, fork from %d: %v", seed, fork.Tip().Height, err)
			}
			branches += 2
		}
	}
	t.Logf("%d changes of branch", branches)
}

func reorganise(ctx context.Context, r *rand.Rand, w *launder.World, from, to launder.BlockRef) error {
	old, err := w.Truth(from.Hash)
	if err != nil {
		return err
	}
	now, err := w.Truth(to.Hash)
	if err != nil {
		return err
	}
	shared := old.First()
	for shared < min(from.Height, to.Height) {
		a, _ := old.Hash(shared + 1)
		if b, _ := now.Hash(shared + 1); a != b {
			break
		}
		shared++
	}
	s := randomScenario(r, old)
	for len(s.starts) > 0 && s.starts[len(s.starts)-1] >= old.Counts(shared).Outputs {
		s.starts = s.starts[:len(s.starts)-1] // a start that is taken back is no start
	}
	if len(s.starts) == 0 {
		return nil
	}
	for _, f := range forms(r.Uint64()) {
		if err := (traveller{f, ctx, s}).change(old, now, from.Height, shared, to.Height); err != nil {
			return fmt.Errorf("%s, from %d by %d: %w", f.name, from.Height, shared, err)
		}
	}
	return nil
}

// change undoes a trace on the branch that holds now, since the old one's
// blocks are gone by then.
func (v traveller) change(old, now *launder.Model, from, shared, to ledger.Height) error {
	t, err := v.fresh(old, from)
	if err != nil {
		return err
	}
	if err := t.Undo(v.ctx, v.at(now, shared)); err != nil {
		return fmt.Errorf("undo: %w", err)
	}
	if err := t.Advance(v.ctx, v.at(now, to)); err != nil {
		return fmt.Errorf("advance: %w", err)
	}
	if err := v.same(t, now, to); err != nil {
		return err
	}
	v.s.model, v.s.asOf = now, to
	g, err := t.Graph(v.ctx, v.at(now, to), addressOf)
	if err != nil {
		return err
	}
	return compareGraph(v.s, g)
}
