package facts

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"clew.example/clew/chain/bitcoin"
)

// Write writes blocks as a file that Read reads, after the same checks. Blocks
// ascend; the first and the last bound the stretch, and those between may be
// left out where they hold no facts. Source says where the facts come from:
// one line of at most 256 bytes.
//
// The file says that it is complete: whoever calls this vouches that blocks
// hold every spend, up to the last block, of every output in them. A part of
// what a trace visited is complete only if it was left to run unlimited under
// poison; what is beyond a stop or a limit would else be called unspent.
func Write(w io.Writer, n *bitcoin.Network, source string, blocks []Block) error {
	if err := checkSource(source); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	b := newBuilder(n, source)
	for i := range blocks {
		if err := b.add(&blocks[i]); err != nil {
			return fmt.Errorf("write facts: block %d: %w", blocks[i].Height, err)
		}
	}
	f, err := b.finish()
	if err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	out := &writer{w: bufio.NewWriter(w), n: n}
	out.print("clew-facts ", strconv.Itoa(Format))
	out.print("chain bitcoin ", n.Name)
	out.print("source ", f.source)
	out.print("complete")
	for i := range blocks {
		out.block(&blocks[i])
	}
	if out.err == nil {
		out.err = out.w.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("write facts: %w", out.err)
	}
	return nil
}

// add checks a block as Read checks its lines.
func (b *builder) add(block *Block) error {
	if block.Height == MaxHeight {
		return errors.New("no such height")
	}
	if err := b.block(block.Height, block.Hash, block.Prev, block.Time); err != nil {
		return err
	}
	for i := range block.Txs {
		if err := b.addTx(&block.Txs[i]); err != nil {
			return fmt.Errorf("transaction %d: %w", block.Txs[i].Index, err)
		}
	}
	return nil
}

func (b *builder) addTx(tx *Tx) error {
	if err := b.tx(tx.Index, tx.ID); err != nil {
		return err
	}
	b.minted = tx.Index == 0
	for _, in := range tx.Ins {
		if err := b.in(in.Prev, in.Known, in.Value); err != nil {
			return err
		}
	}
	for _, out := range tx.Outs {
		if err := b.out(out.Value, slices.Clone(out.Account)); err != nil {
			return err
		}
	}
	return b.endTx()
}

// writer writes lines and keeps the first error. It refuses what would be
// beyond the bounds of Read.
type writer struct {
	w     *bufio.Writer
	n     *bitcoin.Network
	err   error
	bytes int64
	lines int
}

func (w *writer) print(words ...string) {
	for _, word := range append(words, "\n") {
		if w.err == nil {
			_, w.err = w.w.WriteString(word)
		}
		w.bytes += int64(len(word))
	}
	if w.lines++; w.err == nil && (w.lines > limits.Lines || w.bytes > limits.Bytes) {
		w.err = fmt.Errorf("more than %d lines or %d bytes", limits.Lines, limits.Bytes)
	}
}

func (w *writer) block(b *Block) {
	w.print("block ", strconv.FormatUint(uint64(b.Height), 10), " ", b.Hash.String(), " ", b.Prev.String(), " ", strconv.FormatUint(uint64(b.Time), 10))
	for _, tx := range b.Txs {
		w.print("tx ", strconv.FormatUint(uint64(tx.Index), 10), " ", tx.ID.String())
		if tx.Index == 0 {
			w.print("in coinbase")
		}
		for _, in := range tx.Ins {
			value := "?"
			if in.Known {
				value = in.Value.String()
			}
			w.print("in ", in.Prev.String(), " ", value)
		}
		for _, out := range tx.Outs {
			w.print("out ", out.Value.String(), " ", string(bitcoin.AppendAccount(nil, out.Account, w.n)))
		}
	}
}
