package flat

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"clew.example/clew/ledger"
)

// Errors of the store.
var (
	// ErrNoLedger: the folder holds no ledger.
	ErrNoLedger = errors.New("no ledger here")
	// ErrExists: Create met a ledger.
	ErrExists = errors.New("there is a ledger already")
	// ErrFormat: the ledger was written by another version of the layout.
	ErrFormat = errors.New("another format")
	// ErrMoved: rows that a pinned reader may have met were taken back by a
	// reorganisation. Pin again.
	ErrMoved = errors.New("the ledger was cut below or beside the pin")
	// ErrNotFound: the ledger does not hold what was asked for.
	ErrNotFound = errors.New("not in the ledger")
	// ErrBroken: an earlier error left the writer unusable; open it again.
	ErrBroken = errors.New("the writer met an error before: open the ledger again")
)

// Damage is a cell that can not be what the rest of the ledger says.
type Damage struct {
	File   string // the column or index
	Row    uint64
	Rows   uint64 // how many rows from Row on share the finding; 0 and 1 mean one
	Reason string
}

func (d *Damage) Error() string {
	if d.Rows > 1 {
		return fmt.Sprintf("%s rows %d to %d: %s", d.File, d.Row, d.Row+d.Rows-1, d.Reason)
	}
	return fmt.Sprintf("%s row %d: %s", d.File, d.Row, d.Reason)
}

// InvalidBlock is a block that can not follow the ledger's tip. Nothing of it
// was kept.
type InvalidBlock struct {
	Hash   ledger.Hash
	Height ledger.Height
	Reason string
}

func (e *InvalidBlock) Error() string {
	return fmt.Sprintf("block %d %s: %s", e.Height, e.Hash, e.Reason)
}

// guard turns a read outside the mapped files, which only damaged rows lead
// to, into an error, and so does it what is thrown by stray. It is written
// without a closure since look-ups meet it five million times a second. Use:
// defer guard(&err, faults()).
func guard(err *error, old bool) {
	debug.SetPanicOnFault(old)
	switch r := recover().(type) {
	case nil:
	case *Damage:
		*err = r
	case runtime.Error:
		*err = &Damage{File: "ledger", Reason: "a row leads outside its table (" + r.Error() + "): run clew ledger check"}
	default:
		panic(r)
	}
}

// faults lets a fault of this goroutine panic instead of ending the process,
// until guard.
func faults() bool { return debug.SetPanicOnFault(true) }

// stray ends a walk that a damaged row leads astray. Whoever walks rows is
// guarded, so it becomes an error.
func stray(id colID, row uint64, reason string) {
	panic(&Damage{File: specs[id].name, Row: row, Reason: reason + ": run clew ledger check"})
}
