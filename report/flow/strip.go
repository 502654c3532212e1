package flow

import (
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// stepsMax bounds the steps of a strip: more than there are pixels are not seen.
const stepsMax = 240

// strip sums where the theft was from time to time, in ledger order.
func (v *View) strip(total *sums) *Strip {
	k := &stripping{b: v.base, sums: total, place: map[trace.Kind]int{}, s: &Strip{Policies: []lot.Policy{}, Kinds: []trace.Kind{}, Steps: []Step{}}}
	for p, policy := range v.base.g.Policies {
		if policy != lot.Poison {
			k.policies = append(k.policies, p)
			k.s.Policies = append(k.s.Policies, policy)
		}
	}
	k.kinds()
	k.walk()
	return k.s
}

type stripping struct {
	b        *base
	s        *Strip
	policies []int              // places of the strip's policies
	place    map[trace.Kind]int // in Kinds
	stolen   []ledger.Amount
	ended    [][]ledger.Amount
	*sums
}

func (k *stripping) kinds() {
	for i := range k.b.endings {
		kind := k.b.endings[i].kind
		if _, known := k.place[kind]; !known && k.counts(k.b.endings[i].amounts) {
			k.place[kind] = 0
			k.s.Kinds = append(k.s.Kinds, kind)
		}
	}
	slices.Sort(k.s.Kinds)
	for i, kind := range k.s.Kinds {
		k.place[kind] = i
		k.ended = append(k.ended, make([]ledger.Amount, len(k.policies)))
	}
	k.stolen = make([]ledger.Amount, len(k.policies))
}

func (k *stripping) counts(amounts []ledger.Amount) bool {
	return slices.ContainsFunc(k.policies, func(p int) bool { return amounts[p] > 0 })
}

// walk goes through all that started and ended, a transaction at a time.
func (k *stripping) walk() {
	ends := slices.Clone(k.b.endings)
	slices.SortStableFunc(ends, func(a, b ending) int { return int(a.tx - b.tx) })
	starts := k.b.starts // in ledger order
	clocks := k.clocks()
	for i, e := 0, 0; i < len(starts) || e < len(ends); {
		tx := int32(len(k.b.g.Txs))
		if i < len(starts) {
			tx = starts[i].tx
		}
		if e < len(ends) {
			tx = min(tx, ends[e].tx)
		}
		for ; i < len(starts) && starts[i].tx == tx; i++ {
			k.sum(k.stolen, starts[i].amounts)
		}
		for ; e < len(ends) && ends[e].tx == tx; e++ {
			if at, counts := k.place[ends[e].kind]; counts {
				k.sum(k.ended[at], ends[e].amounts)
			}
		}
		k.step(clocks[tx], clocks[0], clocks[len(clocks)-1])
	}
}

// clocks are the times of transactions, none before one that went before.
func (k *stripping) clocks() []uint32 {
	clocks := make([]uint32, len(k.b.g.Txs))
	var now uint32
	for i := range clocks {
		now = max(now, k.b.g.Txs[i].Time)
		clocks[i] = now
	}
	return clocks
}

func (k *stripping) sum(to, amounts []ledger.Amount) {
	for i, p := range k.policies {
		k.add(&to[i], amounts[p])
	}
}

// step notes how it stands. Of what falls into one part of the time the last
// is kept.
func (k *stripping) step(now, first, last uint32) {
	part := func(t uint32) uint64 {
		return uint64(t-first) * (stepsMax - 1) / max(uint64(last-first), 1)
	}
	s := Step{Time: now, Moving: slices.Clone(k.stolen), Ended: [][]ledger.Amount{}}
	for _, ended := range k.ended {
		s.Ended = append(s.Ended, slices.Clone(ended))
		for p, a := range ended {
			s.Moving[p] -= min(a, s.Moving[p])
		}
	}
	if n := len(k.s.Steps); n > 0 && (k.s.Steps[n-1].Time == now || last-first >= stepsMax && part(k.s.Steps[n-1].Time) == part(now)) {
		k.s.Steps[n-1] = s
		return
	}
	k.s.Steps = append(k.s.Steps, s)
}
