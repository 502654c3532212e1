package trace

import (
	"sort"

	"clew.example/clew/ledger"
)

// makers finds the transaction of a graph that made an output. Where handles of
// outputs follow each other in the order of the graph, as rows of a ledger do,
// the first of each transaction is enough; else it keeps all of them. A map of
// all was a third of the time that a graph of 3 million transactions took.
type makers struct {
	g     *Graph
	first []ledger.OutRef
	refs  [][]ledger.OutRef
	at    map[ledger.OutRef]made // nil: first is enough
}

// made is an output of a graph.
type made struct{ tx, vout int }

// add notes the outputs of the newest transaction of the graph.
func (m *makers) add(outs []ledger.OutView) {
	if m.at == nil && !m.follows(outs) {
		m.spread()
	}
	if m.at == nil {
		m.first = append(m.first, outs[0].Ref)
		return
	}
	refs := make([]ledger.OutRef, len(outs))
	for k := range outs {
		refs[k] = outs[k].Ref
		m.at[refs[k]] = made{len(m.refs), k}
	}
	m.refs = append(m.refs, refs)
}

// follows reports whether outputs come one behind the other, and behind those
// of the transaction before.
func (m *makers) follows(outs []ledger.OutView) bool {
	if len(outs) == 0 {
		return false
	}
	for k := range outs {
		if outs[k].Ref != outs[0].Ref+ledger.OutRef(k) {
			return false
		}
	}
	last := len(m.first) - 1
	return last < 0 || outs[0].Ref >= m.first[last]+ledger.OutRef(len(m.g.Txs[last].Outs))
}

// spread goes over to keeping every handle.
func (m *makers) spread() {
	m.at = map[ledger.OutRef]made{}
	for tx, first := range m.first {
		refs := make([]ledger.OutRef, len(m.g.Txs[tx].Outs))
		for k := range refs {
			refs[k] = first + ledger.OutRef(k)
			m.at[refs[k]] = made{tx, k}
		}
		m.refs = append(m.refs, refs)
	}
	m.first = nil
}

// find returns where an output stands, false if no transaction of the graph
// made it.
func (m *makers) find(ref ledger.OutRef) (made, bool) {
	if m.at != nil {
		at, ok := m.at[ref]
		return at, ok
	}
	tx := sort.Search(len(m.first), func(i int) bool { return m.first[i] > ref }) - 1
	if tx < 0 || ref-m.first[tx] >= ledger.OutRef(len(m.g.Txs[tx].Outs)) {
		return made{}, false
	}
	return made{tx, int(ref - m.first[tx])}, true
}

// vout returns the number of an output that a transaction made.
func (m *makers) vout(tx int, ref ledger.OutRef) int {
	if m.at != nil {
		return m.at[ref].vout
	}
	return int(ref - m.first[tx])
}

// ref returns the handle of an output.
func (m *makers) ref(tx, vout int) ledger.OutRef {
	if m.at != nil {
		return m.refs[tx][vout]
	}
	return m.first[tx] + ledger.OutRef(vout)
}
