package blkfile

import (
	"fmt"
	"slices"

	"clew.example/clew/ledger"
)

// ParseUndo reads the undo data of a decoded block, Core's CBlockUndo, and
// fills b.Spent: one entry per input, the coinbase's unknown. Scripts point
// into undo or into memory of their own. On an error b.Spent is empty.
//
//	compact size   transactions but the coinbase
//	of each:
//	  compact size   inputs
//	  of each:
//	    VARINT   height*2, plus 1 if a coinbase made the output
//	    VARINT   0, once the transaction's version; absent if the height is 0
//	    VARINT   value, compressed
//	    script   compressed
//
// The counts must be those of the block, and no byte may be left, so what is
// allocated is bounded by the block.
func ParseUndo(b *ledger.Block, undo []byte) error {
	// Most scripts grow by 4 bytes, from a kind and a hash of 20 to 25.
	r := undoReader{b: undo, scripts: make([]byte, 0, len(undo)+len(undo)/8)}
	b.Spent = slices.Grow(b.Spent[:0], len(b.Ins))
	err := r.block(b)
	if err == nil && r.left() != 0 {
		err = fmt.Errorf("%d bytes follow the last output", r.left())
	}
	if err != nil {
		b.Spent = b.Spent[:0]
		return fmt.Errorf("undo data: at byte %d: %w", r.off, err)
	}
	return nil
}

func (r *undoReader) block(b *ledger.Block) error {
	n, err := r.compactSize()
	if err != nil {
		return err
	}
	if n+1 != uint64(len(b.Txs)) {
		return fmt.Errorf("%d transactions besides the coinbase, the block has %d", n, len(b.Txs)-1)
	}
	from, to := b.InsOf(0)
	b.Spent = append(b.Spent, make([]ledger.SpentOut, to-from)...)
	for i := 1; i < len(b.Txs); i++ {
		if err := r.tx(b, i); err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	return nil
}

func (r *undoReader) tx(b *ledger.Block, i int) error {
	from, to := b.InsOf(i)
	n, err := r.compactSize()
	if err != nil {
		return err
	}
	if n != uint64(to-from) {
		return fmt.Errorf("%d spent outputs, the transaction has %d inputs", n, to-from)
	}
	for j := range n {
		out, err := r.output()
		if err != nil {
			return fmt.Errorf("input %d: %w", j, err)
		}
		b.Spent = append(b.Spent, out)
	}
	return nil
}

func (r *undoReader) output() (ledger.SpentOut, error) {
	out := ledger.SpentOut{Known: true}
	origin, err := r.varint()
	if err != nil {
		return out, err
	}
	if origin>>1 > 0 {
		if _, err := r.varint(); err != nil {
			return out, err
		}
	}
	if out.Value, err = r.amount(); err != nil {
		return out, err
	}
	out.Script, err = r.script()
	return out, err
}
