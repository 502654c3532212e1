package blkfile

import (
	"fmt"

	"clew.example/clew/ledger"
)

// Ref is a block of the folder: what it is and where it lies.
type Ref struct {
	Hash, Prev ledger.Hash
	ledger.RawRef
}

// Branch is what of a folder is to be added to a ledger. Each block of the
// folder is counted once: Counts.Blocks = len(Refs) + Known + Stale +
// len(Skipped).
type Branch struct {
	// Refs are the blocks to add, each building on the one before.
	Refs []Ref
	// Genesis says that Refs starts with the genesis block of the network.
	Genesis bool
	// OnLedger says that Refs builds on a block that the ledger holds: Fork, at
	// ForkHeight. What the ledger holds above it is to be undone.
	OnLedger   bool
	Fork       ledger.Hash
	ForkHeight ledger.Height

	Known   int // blocks that the ledger holds and keeps
	Stale   int // blocks that are connected, on branches with less work
	Skipped []Skipped
}

// Best chooses the chain with the most work, going on from what a ledger holds
// already (nil: nothing). See Graph.Best. Without a ledger it fails if the
// folder has no block that may be used.
func (d *Dir) Best(held *Held) (Branch, error) {
	c := d.graph.Best(held)
	b := Branch{Genesis: c.Genesis, OnLedger: c.OnLedger, Fork: c.Fork, ForkHeight: c.ForkHeight}
	b.Refs = make([]Ref, len(c.Branch))
	for i, n := range c.Branch {
		b.Refs[i] = d.Ref(n)
	}
	for n, fate := range c.Fates {
		switch fate {
		case Known:
			b.Known++
		case Stale:
			b.Stale++
		case OnBranch:
		default:
			b.Skipped = append(b.Skipped, d.complaint(n, fate))
		}
	}
	sortSkipped(b.Skipped)
	if held == nil && len(b.Refs) == 0 {
		return b, fmt.Errorf("blocks in %s: no block of %s", d.pool.dir, d.Network.Name)
	}
	return b, nil
}

// Forbid says that a block turned out bad, and why. If the folder has another
// copy of it, that one is read from now on: the header is good, and it was
// this copy that was damaged. Else Best leaves the block out, with all that
// builds on it. A copy that is not the one read now is not looked at again.
func (d *Dir) Forbid(ref Ref, reason string) {
	n, ok := d.graph.Number(ref.Hash)
	if !ok || d.Ref(n) != ref {
		return
	}
	bad := Skipped{File: ref.File, Offset: ref.Offset, Reason: reason}
	if more := d.copies[int32(n)]; len(more) > 0 {
		d.skip(bad)
		d.at[n], d.copies[int32(n)] = more[0], more[1:]
		return
	}
	d.faults[int32(n)] = bad
	d.graph.Forbid(ref.Hash)
}

// Ref returns where a block of Graph lies, by its number there.
func (d *Dir) Ref(n int) Ref {
	at := d.at[n]
	return Ref{
		Hash:   d.graph.Hash(n),
		Prev:   d.graph.Prev(n),
		RawRef: ledger.RawRef{File: d.files[at.file].name, Offset: at.offset, Size: at.size},
	}
}

// complaint says why a block of the folder is not used.
func (d *Dir) complaint(n int, fate Fate) Skipped {
	if s, ok := d.faults[int32(n)]; ok && fate == Forbidden {
		return s
	}
	at := d.at[n]
	s := Skipped{File: d.files[at.file].name, Offset: at.offset}
	hash := d.graph.Hash(n)
	switch fate {
	case Below:
		s.Reason = fmt.Sprintf("block %v lies below the first block of the ledger", hash)
	case OnForbidden:
		s.Reason = fmt.Sprintf("block %v builds on a block that can not be used", hash)
	case Forbidden:
		s.Reason = fmt.Sprintf("block %v can not be used", hash)
	default:
		s.Reason = fmt.Sprintf("block %v does not connect to the chain", hash)
	}
	return s
}
