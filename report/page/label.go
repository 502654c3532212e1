package page

import "clew.example/clew/follow/trace"

// words are text and the room it takes, by guess: the reader's fonts are not
// known, so the guess is wide.
type words struct {
	text  string
	width float64
}

// label names a node: what to read first, and what stands behind it.
type label struct{ name, value words }

func (l label) width() float64 { return l.name.width + 8 + l.value.width }

func measure(s string, bold bool) words {
	narrow, wide := 7.2, 13.0
	if bold {
		narrow = 8.2
	}
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x1100:
			w += wide
		case r == ' ' || r == '.' || r == ',' || r == 'i' || r == 'l' || r == ':':
			w += narrow * 0.6
		default:
			w += narrow
		}
	}
	return words{s, w}
}

// label says what a node is. On its own it must be clear what the amount is of.
func (v *viewer) label(f *flow, i int) label {
	n := &f.nodes[i]
	amount := v.coin.with(n.said(), drawn)
	name, value := "", amount
	switch n.shape {
	case shapeTheft:
		if name = "Theft"; f.backward {
			name = "Traced"
		}
		if n.txs > 1 {
			name = many(n.txs, "theft", "thefts")
		}
	case shapeChain:
		name, value = "Peel chain", many(len(n.chain.peels), "hop", "hops")
	case shapeFan:
		name, value = many(n.fan.outputs, "equal output", "equal outputs"), amount
	case shapeStep:
		if name = shorten(n.id); n.txs > 1 {
			name = many(n.txs, "hop", "hops")
		}
	case shapeAlike:
		name = many(n.branches, "branch", "branches")
	case shapeSmall:
		name = count(n.branches) + " small"
	case shapeEnd:
		return v.endLabel(n, amount)
	}
	return label{measure(name, true), measure(value, false)}
}

func (v *viewer) endLabel(n *node, amount string) label {
	places := ""
	if n.outs > 1 {
		places = many(n.outs, "output", "outputs")
	}
	switch {
	case n.kind == trace.KindUnspent: // the amount is what to read first
		if places == "" && n.id != "" {
			places = shorten(n.id)
		}
		return label{measure(amount, true), measure(places, false)}
	case n.name != "":
		return label{measure(clip(n.name, 26), true), measure(joinNote(amount, places), false)}
	case n.id != "" && (n.kind == trace.KindService || n.kind == trace.KindMixer || n.kind == trace.KindListed):
		return label{measure(shorten(n.id), true), measure(joinNote(amount, places), false)}
	}
	return label{measure(lookOf(n.kind).name, true), measure(joinNote(amount, places), false)}
}

// role names what a node is, for who cannot see its shape.
func (v *viewer) role(n *node) string {
	switch n.shape {
	case shapeTheft:
		return "Theft"
	case shapeChain:
		return "Peel chain"
	case shapeFan:
		return "Fan-out"
	case shapeEnd:
		return lookOf(n.kind).name
	case shapeSmall:
		return "Small values together"
	case shapeAlike:
		return "Branches that go the same way"
	}
	if n.txs > 1 {
		return "Transactions one after the other"
	}
	return "Transaction"
}

// glyphOf is the symbol of a node.
func glyphOf(n *node) string {
	switch n.shape {
	case shapeTheft:
		return "theft"
	case shapeEnd:
		return lookOf(n.kind).glyph
	case shapeStep:
		if n.txs > 1 {
			return "fold"
		}
		return "addr"
	}
	return "fold"
}
