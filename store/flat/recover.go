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
	defer guard(&err)()
	if err = w.openRecord(vfs.ReadWrite); err != nil {
		return err
	}
	if w.rec, err = w.records.read(); err != nil {
		return err
	}
	w.setKey(w.rec.Key)
	if err := w.checkRecord(); err != nil {
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
	defer guard(&err)()
	rec := &w.rec
	if rec.U != (Counts{}) {
		for i := range specs {
			if err := w.cols[i].grow(specs[i].entries(&rec.U)); err != nil {
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

// checkRecord refuses counts that no writer can have recorded.
func (w *Writer) checkRecord() error {
	r := &w.rec
	for i := range specs {
		if t := specs[i].table; r.H.of(t) > r.C.of(t) || r.C.of(t) > rowLimit || r.U.of(t) > rowLimit {
			return &Damage{File: recordName, Reason: fmt.Sprintf("counts of %s: %d on disk, %d committed, %d cut", specs[i].name, r.H.of(t), r.C.of(t), r.U.of(t))}
		}
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
