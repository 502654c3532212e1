package watch

import (
	"cmp"
	"slices"
	"sort"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

const (
	// historyMax is how many blocks are known by hash and by what they changed:
	// a reorganisation up to that depth is taken back change by change. Four
	// weeks of bitcoin, 150 kB.
	historyMax = 4096
	// beforeMax is how many blocks before the watch began are known by hash, so
	// that a fork among them is found.
	beforeMax = 100
	// undoneMax is how many ids that were taken back are remembered. One that is
	// forgotten and comes again has the same id as before.
	undoneMax = 1 << 14
)

// state is what a watch must not forget: which blocks it has been through, what
// it told of each, and what it is about to tell.
type state struct {
	question digest        // of all that changes depend on besides the chain and the starts
	base     ledger.Height // changes are told from this block on
	first    ledger.Height // of blocks[0], or the first to come
	blocks   []block       // lowest first; the trace stands at the last
	starts   []start       // as of the last block, in ledger order
	undone   []undone      // oldest first
	// pending was about to be told when the state was saved. It is told again
	// after a crash, so that what a receiver has seen is always a change that
	// the state knows.
	pending []Change
}

// block is one that the watch has been through.
type block struct {
	hash ledger.Hash
	told []told // in the order in which it was told
}

// told is a change that a receiver has, or will have.
type told struct {
	id    digest
	base  digest // the id that it has in round 0
	round uint32
}

// start is where a trace begins, named as every pin of the chain does.
type start struct {
	pos  ledger.Pos
	vout uint32
}

// undone is how often a change was taken back.
type undone struct {
	base  digest
	times uint32
}

// next is the first block that the watch has not been through.
func (s *state) next() ledger.Height { return s.first + ledger.Height(len(s.blocks)) }

// height is that of blocks[i].
func (s *state) height(i int) ledger.Height { return s.first + ledger.Height(i) }

// startsOf names starts up to a height, in ledger order.
func startsOf(list []trace.Start, upTo ledger.Height) (starts []start) {
	for _, s := range until(list, upTo) {
		starts = append(starts, start{s.Pos, s.Vout})
	}
	return starts
}

// until returns the starts up to a height, each once, in ledger order.
func until(list []trace.Start, h ledger.Height) (starts []trace.Start) {
	for _, s := range list {
		if s.Pos.Height() <= h {
			starts = append(starts, s)
		}
	}
	slices.SortFunc(starts, compareStarts)
	return slices.CompactFunc(starts, func(a, b trace.Start) bool { return compareStarts(a, b) == 0 })
}

func compareStarts(a, b trace.Start) int {
	return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Vout, b.Vout))
}

// same reports whether two lists of starts are one up to a height, by handle
// too: after a change of branch another transaction may stand in a place.
func same(a, b []trace.Start, h ledger.Height) bool {
	return slices.EqualFunc(until(a, h), until(b, h), equal)
}

func equal(a, b trace.Start) bool { return a.Tx == b.Tx && compareStarts(a, b) == 0 }

// kept reports whether all starts of a up to a height are in b.
func kept(a, b []trace.Start, h ledger.Height) bool {
	b = until(b, h)
	for _, s := range until(a, h) {
		i, ok := slices.BinarySearchFunc(b, s, compareStarts)
		if !ok || !equal(s, b[i]) {
			return false
		}
	}
	return true
}

// push notes that the watch has been through the next block.
func (s *state) push(hash ledger.Hash, changes []Change, starts []start, keep int) {
	b := block{hash: hash}
	for i := range changes {
		b.told = append(b.told, s.number(&changes[i]))
	}
	s.blocks, s.starts = append(s.blocks, b), starts
	if over := len(s.blocks) - keep; over > 0 {
		s.blocks = slices.Delete(s.blocks, 0, over)
		s.first += ledger.Height(over)
	}
}

// number gives a change its round and id: one that was taken back and comes
// again is another one, or receivers that drop repeats would drop it.
func (s *state) number(c *Change) told {
	c.Round = 0
	base := c.seal()
	t := told{id: base, base: base, round: s.times(base)}
	if t.round > 0 {
		c.Round = t.round
		t.id = c.seal()
	}
	return t
}

func (s *state) times(base digest) uint32 {
	for i := len(s.undone) - 1; i >= 0; i-- {
		if s.undone[i].base == base {
			return s.undone[i].times
		}
	}
	return 0
}

// takeBack makes the change that takes back another one.
func (s *state) takeBack(t told, b *Block, name string) Change {
	times := t.round + 1
	s.undone = slices.DeleteFunc(s.undone, func(u undone) bool { return u.base == t.base })
	s.undone = append(s.undone, undone{t.base, times})
	if over := len(s.undone) - undoneMax; over > 0 {
		s.undone = slices.Delete(s.undone, 0, over)
	}
	c := Change{Schema: Schema, Kind: Undone, Class: classChain, Case: name, Block: b, Undoes: t.id.String()}
	c.seal()
	return c
}

// cut forgets the blocks from the n-th on and returns what takes back the
// changes that they made, newest first.
func (s *state) cut(n int, name string) (changes []Change) {
	for i := len(s.blocks) - 1; i >= n; i-- {
		at := blockOf(s.height(i), s.blocks[i].hash)
		for k := len(s.blocks[i].told) - 1; k >= 0; k-- {
			changes = append(changes, s.takeBack(s.blocks[i].told[k], at, name))
		}
	}
	s.blocks = s.blocks[:n]
	s.starts = slices.DeleteFunc(s.starts, func(p start) bool { return p.pos.Height() >= s.next() })
	return changes
}

// shared returns how many blocks the chain still has, given what tells whether
// it has the i-th: two chains share a beginning.
func (s *state) shared(has func(i int) (bool, error)) (n int, err error) {
	last := len(s.blocks) - 1
	if last < 0 {
		return 0, nil
	}
	if ok, err := has(last); ok || err != nil {
		return len(s.blocks), err
	}
	n = sort.Search(last, func(i int) bool {
		ok, e := has(i)
		if err == nil {
			err = e
		}
		return !ok
	})
	return n, err
}

// replace puts what blocks changed by other rules in the place of what was told
// of them, and returns the difference: what is no more so, newest first, then
// what is new. Found are the blocks from the skip-th on.
func (s *state) replace(skip int, found []stepped, name string) (changes []Change) {
	now := make([]map[digest]bool, len(found))
	for i := range found {
		now[i] = map[digest]bool{}
		for k := range found[i].changes {
			now[i][found[i].changes[k].seal()] = true
		}
	}
	had := map[digest]told{}
	for i := len(found) - 1; i >= 0; i-- {
		at, list := blockOf(s.height(skip+i), found[i].hash), s.blocks[skip+i].told
		for k := len(list) - 1; k >= 0; k-- {
			if t := list[k]; now[i][t.base] {
				had[t.base] = t
			} else {
				changes = append(changes, s.takeBack(t, at, name))
			}
		}
	}
	for i := range found {
		list := []told(nil)
		for k := range found[i].changes {
			c := &found[i].changes[k]
			t, ok := had[c.seal()]
			if !ok {
				t = s.number(c)
				changes = append(changes, *c)
			}
			list = append(list, t)
		}
		s.blocks[skip+i].told = list
	}
	return changes
}
