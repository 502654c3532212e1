package evm

import (
	"github.com/holiman/uint256"
)

// frameKind says how a frame came to run.
type frameKind uint8

const (
	frameCall frameKind = iota
	frameCallCode
	frameDelegate
	frameStatic
	frameCreate
	frameDestroy // not a call: a contract destroys itself
)

// frame is a call of a transaction. Frames stand in the order in which they
// began, so those that a frame called follow it with a greater depth.
type frame struct {
	tx     uint32
	depth  uint16
	kind   frameKind
	failed bool // what it did, and what it called did, is undone
	vague  bool // the node did not say what it moved
	from   Address
	to     Address
	value  uint256.Int
}

// callDepthMax is the deepest that calls nest (Yellow Paper, 9.4).
const callDepthMax = 1024

// readTraces reads the answer of trace_block or of debug_traceBlockByNumber
// with callTracer, whichever it is: only the first has actions.
func (b *Block) readTraces(raw []byte) error {
	c := cursor{raw: raw}
	if isFlat(raw) {
		return b.readFlat(&c)
	}
	return b.readNested(&c)
}

// isFlat looks at the first element of a list for a field that only
// trace_block has.
func isFlat(raw []byte) (flat bool) {
	c := cursor{raw: raw}
	if !c.enter('[', "a list") || !c.more(true, ']') || !c.enter('{', "an object") {
		return false
	}
	for first := true; c.more(first, '}'); first = false {
		flat = flat || string(c.text()) == "action"
		c.next(':')
		c.skip()
	}
	return flat
}

var nestedKinds = map[string]frameKind{
	"CALL": frameCall, "CALLCODE": frameCallCode, "DELEGATECALL": frameDelegate, "STATICCALL": frameStatic,
	"CREATE": frameCreate, "CREATE2": frameCreate, "SELFDESTRUCT": frameDestroy,
}

// nested reads one frame of callTracer into its place in the block.
type nested struct {
	block *Block
	at    int
	tx    uint32
	depth int
}

func (n *nested) frame() *frame { return &n.block.frames[n.at] }

var nestedFields *fields[nested]

// The table holds itself, by way of calls.
func init() {
	nestedFields = makeFields(
		field[nested]{"type", true, func(c *cursor, n *nested) {
			kind, known := nestedKinds[string(c.text())]
			if !known {
				c.fail("not a kind of call")
			}
			n.frame().kind = kind
		}},
		field[nested]{"from", false, func(c *cursor, n *nested) { c.fixed(n.frame().from[:]) }},
		field[nested]{"to", false, func(c *cursor, n *nested) { c.fixed(n.frame().to[:]) }},
		field[nested]{"value", false, func(c *cursor, n *nested) { c.quantity(&n.frame().value) }},
		field[nested]{"error", false, func(c *cursor, n *nested) { n.frame().failed = len(c.text()) > 0 }},
		field[nested]{"calls", false, func(c *cursor, n *nested) {
			c.each("call", func(int) { readNestedFrame(c, n.block, n.tx, n.depth+1) })
		}},
	)
}

func readNestedFrame(c *cursor, b *Block, tx uint32, depth int) {
	if depth > callDepthMax {
		c.fail("calls nest deeper than %d", callDepthMax)
		return
	}
	n := nested{block: b, at: len(b.frames), tx: tx, depth: depth}
	b.frames = append(b.frames, frame{tx: tx, depth: uint16(depth)})
	seen := object(c, nestedFields, &n)
	f := n.frame()
	switch has := func(name string) bool { return nestedFields.has(seen, name) }; {
	case c.err != nil:
	case f.kind == frameDestroy:
		// geth before 1.11 did not say whose ether went where.
		f.vague = !has("from") || !has("to") || !has("value")
	case !has("from"):
		c.fail("a call from nobody")
	case !has("to") && !(f.kind == frameCreate && f.failed):
		c.fail("a call to nobody")
	}
}

// tracedTx is an element of debug_traceBlockByNumber's answer.
type tracedTx struct {
	block  *Block
	tx     uint32
	hash   Hash
	failed bool
}

var tracedFields = makeFields(
	field[tracedTx]{"txHash", false, func(c *cursor, t *tracedTx) { c.fixed(t.hash[:]) }},
	field[tracedTx]{"result", false, func(c *cursor, t *tracedTx) { readNestedFrame(c, t.block, t.tx, 0) }},
	field[tracedTx]{"error", false, func(c *cursor, t *tracedTx) { t.failed = true; c.text() }},
)

// readNested reads one element for each transaction. A node may give an error
// for one that it could not trace: then its frames are missing.
func (b *Block) readNested(c *cursor) error {
	n := 0
	c.each("trace", func(i int) {
		if n++; n > len(b.Txs) {
			c.fail("the block has only %d transactions", len(b.Txs))
			return
		}
		t := tracedTx{block: b, tx: uint32(i)}
		seen := object(c, tracedFields, &t)
		switch {
		case c.err != nil:
		case tracedFields.has(seen, "txHash") && t.hash != b.Txs[i].Hash:
			c.fail("is of transaction %s, not %s", t.hash, b.Txs[i].Hash)
		case !tracedFields.has(seen, "result") && !t.failed:
			c.fail("neither a result nor an error")
		}
	})
	c.end()
	if missing := len(b.Txs) - n; c.err == nil && missing > 0 && !(missing == 1 && b.Txs[n].StateSync) {
		c.fail("%d traces of %d transactions", n, len(b.Txs))
	}
	return c.err
}
