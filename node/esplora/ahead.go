package esplora

import "clew.example/clew/ledger"

// hintsMax bounds the hints that wait. One that finds no room is dropped: it
// is asked for in its time all the same.
const hintsMax = 4096

// hints are transactions that will be asked for.
type hints struct {
	waiting []ledger.TxRef
	running int // goroutines that work them off
}

// Ahead has transactions fetched that will be asked for, beside the caller.
// Hints are worked off by so few goroutines that what is asked for meanwhile
// waits for a few round trips at most.
func (v *View) Ahead(txs []ledger.TxRef) {
	if v.e.client == nil {
		return // reading files ahead gains nothing
	}
	workers := (cap(v.e.client.gate) + 1) / 2
	v.mu.Lock()
	room := min(hintsMax-len(v.hints.waiting), len(txs))
	v.hints.waiting = append(v.hints.waiting, txs[:room]...)
	more := min(workers-v.hints.running, len(v.hints.waiting))
	v.hints.running += max(more, 0)
	v.mu.Unlock()
	for range more {
		if !v.spawn(v.workOff) {
			return // closed: nobody counts any more
		}
	}
}

func (v *View) workOff() {
	for {
		ref, ok := v.nextHint()
		if !ok {
			return
		}
		if _, ok := v.idOf(ref); !ok {
			continue
		}
		v.want(ref)
		// What fails is told to who asks for it.
		_, _ = v.standing(ref).wait(v.ctx)
		_, _ = v.spendsOf(ref).wait(v.ctx)
		_, _ = v.inputs(ref).wait(v.ctx)
	}
}

func (v *View) nextHint() (ledger.TxRef, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.hints.waiting) == 0 || v.ctx.Err() != nil {
		v.hints.running--
		return 0, false
	}
	ref := v.hints.waiting[0]
	v.hints.waiting = v.hints.waiting[1:]
	return ref, true
}
