package flat

import (
	"fmt"

	"clew.example/clew/ledger"
)

// Cut takes back every block above height to, as a reorganisation does. A
// height below the first block empties the ledger. Readers that pinned are
// told by the generation.
func (w *Writer) Cut(to ledger.Height) error {
	keep := uint64(0)
	if to >= w.rec.FirstHeight {
		keep = uint64(to-w.rec.FirstHeight) + 1
	}
	return w.CutTo(keep)
}

// CutTo keeps the first n blocks.
func (w *Writer) CutTo(n uint64) error {
	if n >= w.next.Blocks {
		return nil
	}
	if err := w.Checkpoint(); err != nil {
		return fmt.Errorf("cut to %d blocks: %w", n, err)
	}
	if err := w.failed(w.cut(n)); err != nil {
		return fmt.Errorf("cut to %d blocks: %w", n, err)
	}
	return nil
}

// cut: from the checkpoint that precedes it everything is on disk. A record
// announces what will be undone, and nobody can pin until a second one says
// that it is.
func (w *Writer) cut(n uint64) (err error) {
	defer guard(&err, faults())
	fork, old := w.end(n), w.rec.C
	fork.Files, fork.FileBytes = old.Files, old.FileBytes
	if !fork.possible() || !fork.within(&old) {
		return &Damage{File: specs[blocksEnd].name, Row: n, Reason: "counts above those of the newest block"}
	}
	w.rec.Generation++ // odd
	w.live.setGeneration(w.rec.Generation)
	w.rec.C, w.rec.H, w.rec.U = fork, fork, old
	w.rec.Tip = ledger.Hash{}
	if n > 0 {
		w.rec.Tip = ledger.Hash(w.cols[blocksHash].at(n - 1))
	}
	if err := w.writeRecord(); err != nil {
		return err
	}
	if err := w.finishCut(); err != nil {
		return err
	}
	w.rec.Generation++ // even
	w.start()
	return nil
}

// finishCut undoes the rows [C, U) and records that it is done.
func (w *Writer) finishCut() error {
	w.undo(&w.rec.C, &w.rec.U)
	if err := w.syncCells(); err != nil {
		return err
	}
	w.rec.U = Counts{}
	return w.writeRecord()
}
