package esplora

import (
	"fmt"

	"clew.example/clew/ledger"
)

// bonds hold together what different answers say of the same thing: who
// spends what, and what stands where. An answer that does not fit to those
// before it is a Lie, whichever of the two is wrong.
type bonds struct {
	pos     map[ledger.TxRef]ledger.Pos    // where transactions were found to stand
	spender map[ledger.OutRef]ledger.TxRef // of the inputs of those
	said    map[ledger.TxRef][]spend       // by the transaction whose outputs were asked for; spends above the pin are none
	claimed map[ledger.TxRef][]claim       // by spender
}

// claim says that a transaction spends an output.
type claim struct {
	out    ledger.OutRef
	vin    uint32
	height ledger.Height
	path   string // of the answer that says so
}

func newBonds() bonds {
	return bonds{
		pos: map[ledger.TxRef]ledger.Pos{}, spender: map[ledger.OutRef]ledger.TxRef{},
		said: map[ledger.TxRef][]spend{}, claimed: map[ledger.TxRef][]claim{},
	}
}

// claimedHeight is the block that a transaction is said to stand in.
func (v *View) claimedHeight(ref ledger.TxRef) (ledger.Height, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if c := v.bonds.claimed[ref]; len(c) > 0 {
		return c[0].height, true
	}
	return 0, false
}

// unclaimed checks that a transaction which is not there is not said to spend.
func (v *View) unclaimed(ref ledger.TxRef) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if c := v.bonds.claimed[ref]; len(c) > 0 {
		return lie(c[0].path, "spent by %s in block %d, where the server has no such transaction", v.ids[ref], c[0].height)
	}
	return nil
}

// bind records where a transaction stands and what it spends.
func (v *View) bind(ref ledger.TxRef, t *body, pos ledger.Pos) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	b, path := &v.bonds, txPath(t.id)
	ins := t.ins
	if t.coinbase {
		ins = nil
	}
	for i := range ins {
		if err := v.checkInput(ref, ins[i].prev, pos); err != nil {
			return lie(path, "input %d: %v", i, err)
		}
	}
	for i := range t.outs {
		if by, ok := b.spender[outRef(ref, uint32(i))]; ok && b.pos[by] <= pos {
			return lie(path, "stands behind %s, which spends it", v.ids[by])
		}
	}
	for i := range ins {
		b.spender[outRef(v.internLocked(ins[i].prev.TxID), ins[i].prev.Vout)] = ref
	}
	b.pos[ref] = pos
	for _, c := range b.claimed[ref] {
		if err := v.checkClaim(ref, c, t); err != nil {
			return err
		}
	}
	return nil
}

// checkInput checks that nothing else is said of what an input spends.
func (v *View) checkInput(ref ledger.TxRef, prev ledger.Outpoint, pos ledger.Pos) error {
	b, made := &v.bonds, v.internLocked(prev.TxID)
	if by, ok := b.spender[outRef(made, prev.Vout)]; ok && by != ref {
		return fmt.Errorf("%s is spent by %s, too", prev, v.ids[by])
	}
	if at, ok := b.pos[made]; ok && at >= pos {
		return fmt.Errorf("%s stands behind what spends it", prev)
	}
	said := b.said[made]
	if uint64(prev.Vout) >= uint64(len(said)) {
		return nil
	}
	if s := said[prev.Vout]; !s.spent || s.tx != v.ids[ref] {
		return fmt.Errorf("%s is said to be spent by another, or by none", prev)
	}
	return nil
}

// checkClaim holds what was said of a spender against the transaction itself;
// t is nil where its inputs were bound before.
func (v *View) checkClaim(ref ledger.TxRef, c claim, t *body) error {
	made, vout := splitOut(c.out)
	switch {
	case v.bonds.spender[c.out] != ref:
		return lie(c.path, "output %d is spent by %s, which does not spend it", vout, v.ids[ref])
	case v.bonds.pos[ref].Height() != c.height:
		return lie(c.path, "output %d is spent in block %d, where the spender stands in %d", vout, c.height, v.bonds.pos[ref].Height())
	case t != nil && (uint64(c.vin) >= uint64(len(t.ins)) || t.ins[c.vin].prev != ledger.Outpoint{TxID: v.ids[made], Vout: vout}):
		return lie(c.path, "output %d is not spent by input %d of %s", vout, c.vin, v.ids[ref])
	}
	return nil
}

// learn records who is said to spend the outputs of a transaction.
func (v *View) learn(ref ledger.TxRef, path string, said []spend) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	b := &v.bonds
	for i, s := range said {
		out := outRef(ref, uint32(i))
		by, known := b.spender[out]
		if known && (!s.spent || s.tx != v.ids[by]) {
			return lie(path, "output %d is spent by %s", i, v.ids[by])
		}
		if !s.spent {
			continue
		}
		c, spender := claim{out, s.vin, s.height, path}, v.internLocked(s.tx)
		if pos, ok := b.pos[ref]; ok && pos.Height() > s.height {
			return lie(path, "output %d is spent in block %d, before it was made", i, s.height)
		}
		if _, stands := b.pos[spender]; stands {
			if err := v.checkClaim(spender, c, nil); err != nil {
				return err
			}
		}
		b.claimed[spender] = append(b.claimed[spender], c)
	}
	b.said[ref] = said
	return nil
}
