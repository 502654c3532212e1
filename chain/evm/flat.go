package evm

import (
	"fmt"
	"slices"
)

// flatFrame is an element of trace_block's answer. Which fields its action has
// depends on its type.
type flatFrame struct {
	block *Block

	kind      string
	callType  string
	frame     frame
	address   Address // of a contract that destroys itself
	refund    Address
	created   Address
	hash      Hash
	blockHash Hash
	position  uint32
	subtraces uint32
	path      []uint32
}

var actionFields = makeFields(
	field[flatFrame]{"callType", false, func(c *cursor, f *flatFrame) { f.callType = string(c.text()) }},
	field[flatFrame]{"from", false, func(c *cursor, f *flatFrame) { c.fixed(f.frame.from[:]) }},
	field[flatFrame]{"to", false, func(c *cursor, f *flatFrame) { c.fixed(f.frame.to[:]) }},
	field[flatFrame]{"value", false, func(c *cursor, f *flatFrame) { c.quantity(&f.frame.value) }},
	field[flatFrame]{"address", false, func(c *cursor, f *flatFrame) { c.fixed(f.address[:]) }},
	field[flatFrame]{"refundAddress", false, func(c *cursor, f *flatFrame) { c.fixed(f.refund[:]) }},
	field[flatFrame]{"balance", false, func(c *cursor, f *flatFrame) { c.quantity(&f.frame.value) }},
)

var resultFields = makeFields(
	field[flatFrame]{"address", false, func(c *cursor, f *flatFrame) { c.fixed(f.created[:]) }},
)

var flatFields = makeFields(
	field[flatFrame]{"type", true, func(c *cursor, f *flatFrame) { f.kind = string(c.text()) }},
	field[flatFrame]{"action", true, readAction},
	field[flatFrame]{"result", false, func(c *cursor, f *flatFrame) { object(c, resultFields, f) }},
	field[flatFrame]{"error", false, func(c *cursor, f *flatFrame) { f.frame.failed = len(c.text()) > 0 }},
	field[flatFrame]{"subtraces", true, func(c *cursor, f *flatFrame) { f.subtraces = c.uint32() }},
	field[flatFrame]{"traceAddress", true, readPath},
	field[flatFrame]{"transactionHash", false, func(c *cursor, f *flatFrame) { c.fixed(f.hash[:]) }},
	field[flatFrame]{"transactionPosition", false, func(c *cursor, f *flatFrame) { f.position = c.uint32() }},
	field[flatFrame]{"blockHash", false, func(c *cursor, f *flatFrame) { c.fixed(f.blockHash[:]) }},
)

func readAction(c *cursor, f *flatFrame) {
	seen := object(c, actionFields, f)
	f.frame.vague = !actionFields.has(seen, "refundAddress") || !actionFields.has(seen, "balance")
}

func readPath(c *cursor, f *flatFrame) {
	c.each("step", func(i int) {
		if i >= callDepthMax {
			c.fail("calls nest deeper than %d", callDepthMax)
			return
		}
		f.path = append(f.path, c.uint32())
	})
}

// readFlat reads the answer of trace_block. Some nodes list frames out of
// order, so their addresses are what counts.
func (b *Block) readFlat(c *cursor) error {
	var list []flatFrame
	c.each("trace", func(int) {
		f := flatFrame{block: b}
		seen := object(c, flatFields, &f)
		if c.err != nil || f.kind == "reward" {
			return
		}
		if !flatFields.has(seen, "transactionPosition") {
			c.fail("lacks %q", "transactionPosition")
			return
		}
		if err := f.settle(b, flatFields.has(seen, "blockHash"), flatFields.has(seen, "transactionHash")); err != nil {
			c.fail("%v", err)
			return
		}
		list = append(list, f)
	})
	if c.end(); c.err != nil {
		return c.err
	}
	slices.SortStableFunc(list, func(x, y flatFrame) int {
		if x.position != y.position {
			return int(x.position) - int(y.position)
		}
		return slices.Compare(x.path, y.path)
	})
	return b.addFlat(list)
}

// settle turns what the fields say into the frame that callTracer would give.
func (f *flatFrame) settle(b *Block, hasBlock, hasTx bool) error {
	switch {
	case int64(f.position) >= int64(len(b.Txs)):
		return fmt.Errorf("is of transaction %d of %d", f.position, len(b.Txs))
	case hasTx && f.hash != b.Txs[f.position].Hash:
		return fmt.Errorf("is of transaction %s, number %d is %s", f.hash, f.position, b.Txs[f.position].Hash)
	case hasBlock && f.blockHash != b.Hash:
		return fmt.Errorf("is of block %s", f.blockHash)
	}
	f.frame.tx, f.frame.depth = f.position, uint16(len(f.path))
	switch f.kind {
	case "call":
		f.frame.vague = false
		kind, known := nestedKinds[upper(f.callType)]
		if !known || kind == frameCreate || kind == frameDestroy {
			return fmt.Errorf("%.20q is not a kind of call", f.callType)
		}
		f.frame.kind = kind
	case "create":
		f.frame.vague = false
		f.frame.kind, f.frame.to = frameCreate, f.created
	case "suicide", "selfdestruct":
		f.frame.kind, f.frame.from, f.frame.to = frameDestroy, f.address, f.refund
	default:
		return fmt.Errorf("%.20q is not a kind of trace", f.kind)
	}
	return nil
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// addFlat appends sorted frames, and holds each to the tree that the addresses
// make: after a frame comes its first call, or the next call of one above it,
// of which there are as many as were announced.
func (b *Block) addFlat(list []flatFrame) error {
	var open []flatOpen
	for i := range list {
		f := &list[i]
		if i > 0 && list[i-1].position != f.position {
			if err := closeFlat(open, 0); err != nil {
				return fmt.Errorf("transaction %d: %w", list[i-1].position, err)
			}
			open = open[:0]
		}
		if err := closeFlat(open, len(f.path)); err != nil {
			return fmt.Errorf("transaction %d: %w", f.position, err)
		}
		if len(open) < len(f.path) || len(f.path) > 1 && !slices.Equal(f.path[:len(f.path)-1], list[i-1].path[:len(f.path)-1]) {
			return fmt.Errorf("transaction %d: trace %v: what called it is missing", f.position, f.path)
		}
		open = open[:len(f.path)]
		if n := len(f.path); n > 0 {
			if f.path[n-1] != open[n-1].seen {
				return fmt.Errorf("transaction %d: trace %v: want number %d there", f.position, f.path, open[n-1].seen)
			}
			open[n-1].seen++
		} else if i > 0 && list[i-1].position == f.position {
			return fmt.Errorf("transaction %d: has two beginnings", f.position)
		}
		open = append(open, flatOpen{f.subtraces, 0})
		b.frames = append(b.frames, f.frame)
	}
	if err := closeFlat(open, 0); err != nil {
		return fmt.Errorf("transaction %d: %w", list[len(list)-1].position, err)
	}
	return nil
}

// flatOpen counts the calls of a frame.
type flatOpen struct{ want, seen uint32 }

// closeFlat ends the frames of a depth and deeper.
func closeFlat(open []flatOpen, depth int) error {
	for i := depth; i < len(open); i++ {
		if open[i].seen != open[i].want {
			return fmt.Errorf("a trace announces %d calls, %d are there", open[i].want, open[i].seen)
		}
	}
	return nil
}
