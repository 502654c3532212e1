package flat

import (
	"fmt"
	"strings"

	"clew.example/clew/internal/vfs"
)

// recover opens the ledger for the holder of the lock: the newest valid record
// says what is committed; a cut in progress is finished, and rows that were
// committed after the last checkpoint are applied again.
func (w *Writer) recover() (err error) {
	defer guard(&err, faults())
	if err = w.openRecord(vfs.ReadWrite); err != nil {
		return err
	}
	if w.rec, err = w.records.read(); err != nil {
		return err
	}
	w.setKey(w.rec.Key)
	if err := w.rec.check(); err != nil {
		return err
	}
	if err := w.open(vfs.ReadWrite); err != nil {
		return err
	}
	// Until start, nobody can pin: applying again walks cells through old values.
	w.rec.Generation = max(w.rec.Generation, w.live.generation()) | 1
	w.live.setGeneration(w.rec.Generation)
	if err := w.redo(); err != nil {
		return err
	}
	w.rec.Generation++
	if err := w.removeIndexes(&w.rec); err != nil {
		return err
	}
	w.loadFiles()
	w.start()
	return nil
}

// redo finishes a cut or applies [H, C). The undone or applied cells are on
// disk before a row is appended: a second crash then meets no half-overwritten
// rows.
func (w *Writer) redo() (err error) {
	defer guard(&err, faults())
	rec := &w.rec
	if rec.U != (Counts{}) {
		for i := range specs {
			// The rows that are being cut were committed, so they are there.
			n := specs[i].entries(&rec.U)
			if c := w.cols[i]; c.spec.kind != cell && int64(n)*c.spec.width > c.size {
				return &Damage{File: c.spec.name, Row: n, Reason: fmt.Sprintf("file has %d bytes, %d entries take %d", c.size, n, int64(n)*c.spec.width)}
			}
			if err := w.cols[i].grow(n); err != nil {
				return err
			}
		}
		return w.finishCut()
	}
	if rec.H == rec.C {
		return nil
	}
	w.apply(&rec.H, &rec.C)
	if err := w.checkpoint(); err != nil {
		return err
	}
	return w.writeRecord()
}

// check refuses counts that no writer can have recorded.
func (r *record) check() error {
	cut := r.U != Counts{}
	if !r.H.within(&r.C) || cut && !r.C.within(&r.U) || !r.H.possible() || !r.C.possible() || !r.U.possible() {
		return &Damage{File: recordName, Reason: fmt.Sprintf("counts %v on disk, %v committed, %v cut", r.H.words(), r.C.words(), r.U.words())}
	}
	rows := [numIndexes]uint64{max(r.C.Txs, r.U.Txs), max(r.C.Accounts, r.U.Accounts)}
	for which, n := range rows {
		if logFor(n) > r.Indexes[which].Log {
			return &Damage{File: recordName, Reason: fmt.Sprintf("index %s has 2^%d slots for %d rows", indexNames[which], r.Indexes[which].Log, n)}
		}
	}
	return nil
}

// newIndex makes an empty index file; one of that name is what a crash left of
// an earlier attempt.
func (w *Writer) newIndex(which int, at indexFile) (*index, error) {
	name := indexName(which, at.Number)
	if err := w.fs.Remove(name); err != nil && !vfs.NotExist(err) {
		return nil, fmt.Errorf("remove index %s: %w", name, err)
	}
	return openIndex(w.fs, which, at, vfs.Create)
}

// removeIndexes removes index files that the record does not name.
func (w *Writer) removeIndexes(rec *record) error {
	names, err := w.fs.List(".")
	if err != nil {
		return fmt.Errorf("list the ledger's folder: %w", err)
	}
	for _, name := range names {
		for which, prefix := range indexNames {
			if !strings.HasPrefix(name, prefix+".") || rec != nil && name == indexName(which, rec.Indexes[which].Number) {
				continue
			}
			if err := w.fs.Remove(name); err != nil {
				return fmt.Errorf("remove index %s: %w", name, err)
			}
		}
	}
	return nil
}

// loadFiles reads the names of the files that blocks came from.
func (w *Writer) loadFiles() {
	for i := range w.rec.C.Files {
		w.files[w.fileName(i)] = uint32(i)
	}
}
