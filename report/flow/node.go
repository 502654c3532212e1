package flow

import (
	"encoding/hex"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
)

// accountMax is how many bytes of a script an answer holds.
const accountMax = 80

// node writes what stands at a place.
func (p *page) node(i int, opens map[int32]int) Node {
	s, unit, b := &p.nodes[i], p.units[i], p.v.base
	n := Node{
		ID: p.unitID(unit), Kind: s.kind.String(),
		FirstTime: s.from, LastTime: s.to, FirstHeight: b.g.Txs[s.first].Pos.Height(), LastHeight: b.g.Txs[s.last].Pos.Height(), Hops: s.hops,
		Amounts: s.amounts, Started: s.started, Ended: []Ended{}, Value: s.value,
	}
	for _, e := range s.ended {
		n.Ended = append(n.Ended, *e)
	}
	slices.SortFunc(n.Ended, func(x, y Ended) int { return int(x.Kind) - int(y.Kind) })
	if unit < p.v.leafCount() {
		p.describe(&n, unit)
		if f := p.v.fans[unit]; f != nil && b.leaves[unit].own {
			fan := *f
			fan.OpensTo = opens[unit]
			n.Fan = &fan
		}
		return n
	}
	n.Fold = p.fold(s, unit)
	if f := p.v.fold(unit); f != nil && f.kind == FoldService {
		n.Claim = p.claim(&b.leaves[s.one])
	}
	return n
}

// describe says what a leaf is on the chain, and what is said of it.
func (p *page) describe(n *Node, unit int32) {
	l := &p.v.base.leaves[unit]
	t := &p.v.base.g.Txs[l.tx]
	if l.account {
		n.Claim = p.claim(l)
		p.account(n, &t.Outs[l.vout])
		return
	}
	id := t.ID
	switch {
	case l.vout <= lackVout(0): // all that is known of it is its name
		prev := t.Ins[-2-l.vout].Prev
		id, n.Vout = prev.TxID, &prev.Vout
	case l.vout >= 0:
		vout := uint32(l.vout)
		n.Vout = &vout
		n.Claim = p.claim(l)
		p.account(n, &t.Outs[l.vout])
	}
	text := id.String()
	n.TxID = &text
}

func (p *page) account(n *Node, o *trace.OutNode) {
	if len(o.Account) <= accountMax {
		text := hex.EncodeToString(o.Account)
		n.Account = &text
	}
	if o.Address != "" {
		text := plain.Text(o.Address)
		n.Address = &text
	}
}

// claim is what is said of the account of a leaf; nil: nothing.
func (p *page) claim(l *leaf) *Claim {
	name := &p.v.base.g.Txs[l.tx].Outs[l.vout].Name
	if name.Entity == "" && name.Category == "" && name.Source == "" {
		return nil
	}
	return &Claim{Name: plain.Text(name.Entity), Category: plain.Text(name.Category), Source: plain.Text(name.Source), Class: "stated"}
}

// fold says what a fold stands for.
func (p *page) fold(s *sum, unit int32) *Fold {
	chain, after := p.v.pieceOf(unit)
	if chain >= 0 {
		return p.piece(chain, after)
	}
	f := p.v.fold(unit)
	n := &Fold{Kind: f.kind, Count: s.leaves, Txs: s.txs, OpensTo: s.leaves, Open: f.id}
	switch f.kind {
	case FoldSmall:
		n.Count, n.OpensTo = len(f.members), len(f.members)
	case FoldPeel:
		hops := len(p.v.base.chains[f.chain])
		n.Peels = p.v.peels(&p.sums, f, 0, hops)
		n.OpensTo = min(hops, windowHops)
		if hops > windowHops {
			n.OpensTo++
		}
	}
	return n
}

// piece says what stands beside the window of a peel chain.
func (p *page) piece(chain int32, after bool) *Fold {
	f, at := p.v.fold(chain), p.o.folds[chain]
	hops := len(p.v.base.chains[f.chain])
	from, to, next := 0, at, max(at-windowHops, 0)
	if after {
		from, to, next = at+windowHops, hops, at+windowHops
	}
	return &Fold{Kind: FoldPeel, Count: to - from, Txs: to - from, OpensTo: min(to-from, windowHops), Open: window(f.id, next), Peels: p.v.peels(&p.sums, f, from, to)}
}

// opensTo counts, for each fan that is shown, what opening it would show.
func (p *page) opensTo() map[int32]int {
	opens := map[int32]int{}
	for _, unit := range p.units {
		f := p.v.fold(unit)
		if f == nil || f.kind == FoldSmall {
			continue
		}
		if f.under >= 0 && p.v.base.spreads(p.v.fans[f.under]) {
			opens[f.under] += len(f.members)
		}
		if f.onto >= 0 {
			opens[f.onto] += len(f.members)
		}
	}
	return opens
}
