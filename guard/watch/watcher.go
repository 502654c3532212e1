package watch

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// Newest pins the newest block.
const Newest = ledger.Height(math.MaxUint32)

// ErrNoBlock is what Options.Pin returns where the source does not hold the
// block that was asked for.
var ErrNoBlock = errors.New("the source does not hold the block")

// ErrUndelivered says that changes did not arrive, and that they may later.
var ErrUndelivered = errors.New("not delivered")

// ErrNotReady says that a trace stands nowhere yet, or its block left the chain.
var ErrNotReady = errors.New("the watch has no trace as of a block of the chain")

// Options say what is watched, where, and who is told.
type Options struct {
	// Case names what is watched; it is part of every change.
	Case   string
	Params trace.Params
	// Starts finds where the trace begins as of the source's block, each with
	// its position. What is not mined yet is left out; none is no error.
	Starts func(ctx context.Context, src trace.Source) ([]trace.Start, error)
	// Pin answers a question as of a block, or of the Newest. It may ask again
	// where blocks were taken back meanwhile. ErrNoBlock: there is no such block.
	Pin func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error
	// Address writes an account as people do, "" for one that has no address.
	Address func(ledger.Account) string
	// Folder keeps the state of this watch and nothing else.
	Folder vfs.FS
	// Emit tells changes, in their order: those of one block or of what left the
	// chain, at most 1,024 at a time. While it fails nothing goes on, and it is
	// called again with the same changes.
	Emit func(ctx context.Context, changes []Change) error
	// Status, if set, is told how it goes on: after each block, change of branch,
	// delivery and failure.
	Status func(Status)
	// Retry says whether an error of Pin or Emit passes by itself; nil: none
	// does. ErrUndelivered always does. Others end Run.
	Retry func(error) bool
	// Poll is how long nothing is asked when there was nothing new; 0: 250 ms.
	Poll time.Duration
	// Replay tells every block from the first start on; else the first run goes
	// to the tip that is there, and tells from then on.
	Replay bool
	// Once ends Run where there is nothing more to do now.
	Once bool
	// BehindMax is how many polls a source may hold fewer blocks of the same
	// branch than it did, as a node that lags does, before the missing ones are
	// taken back; 0: 40, below 0: none.
	BehindMax int
}

// Status says where a watch stands.
type Status struct {
	Done    ledger.Height // of the block that the trace stands at
	Tip     ledger.Height // of the source when it was last asked
	Behind  bool          // the source holds fewer blocks than it did; they are not taken back yet
	Undone  int           // blocks that just left the chain
	Pending int           // changes that wait for delivery
	Err     error         // what failed and will be tried again
}

const (
	pollUsual    = 250 * time.Millisecond
	behindUsual  = 40
	backoffMax   = 30 * time.Second
	emitMax      = 1024
	idleSaveWait = 16 // blocks without changes that may be gone through again after a crash
	lastSaveWait = 10 * time.Second
)

// Watcher keeps one trace current. Run may be called once.
type Watcher struct {
	opt      Options
	question digest
	states   series
	traces   series
	history  int // blocks that are known by what they changed

	mu    sync.Mutex   // guards what follows
	trace *trace.Trace // nil: to be made
	dirty bool         // the trace is to be undone to the block where the state stands
	st    *state
	why   string // of the Watching that is to be told; empty: it was
	redo  bool   // changes were told of another question: they are compared with those of this one

	tip     ledger.Tip // of the source when it was last asked
	behind  int        // polls since the source was shorter
	delayed int        // blocks since the state was saved
	stale   int        // blocks that may pass before the trace is saved
	due     bool       // the trace is to be saved
}

// New makes a watcher; nothing is read or written before Run.
func New(opt Options) *Watcher {
	if opt.Poll == 0 {
		opt.Poll = pollUsual
	}
	if opt.BehindMax == 0 {
		opt.BehindMax = behindUsual
	}
	return &Watcher{opt: opt, question: opt.digest(), history: historyMax,
		states: series{fs: opt.Folder, name: "state"}, traces: series{fs: opt.Folder, name: "trace"}}
}

// digest covers what changes depend on besides the chain and the starts.
func (o *Options) digest() digest {
	h := sha256.New()
	word := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		io.WriteString(h, s)
	}
	number := func(n uint64) { h.Write(binary.AppendUvarint(nil, n)) }
	number(trace.Rules)
	word(o.Case)
	number(uint64(len(o.Params.Policies)))
	for _, p := range o.Params.Policies {
		word(p.String())
	}
	number(uint64(o.Params.MinValue))
	limit := func(n *uint32) {
		if n == nil {
			number(0)
			return
		}
		number(uint64(*n) + 1)
	}
	limit(o.Params.MaxHops)
	limit((*uint32)(o.Params.Until))
	for _, account := range slices.Sorted(maps.Keys(o.Params.Names)) {
		n := o.Params.Names[account]
		word(account)
		number(uint64(n.Stop))
		word(n.Entity)
		word(n.Category)
		word(n.Source)
	}
	return digest(h.Sum(nil))
}

// Run watches until ctx ends, which is no error, or Once is reached: then the last block is done
// whole, or not at all. Changes may be told twice after a crash, never lost.
func (w *Watcher) Run(ctx context.Context) (err error) {
	if err := w.opt.Folder.MkdirAll("."); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	lock, err := w.opt.Folder.Lock("lock")
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := w.resume(); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	if err := w.loop(ctx); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSaveWait)
	defer cancel()
	if err := w.finish(last); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	return nil
}

// resume reads what a run before left.
func (w *Watcher) resume() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.why = First
	if _, err := w.traces.numbers(); err != nil {
		return err
	}
	body, err := w.states.load()
	if errors.Is(err, errDamaged) {
		w.why = StateUnreadable
		return nil
	}
	if err != nil || body == nil {
		return err
	}
	st, err := parseState(body)
	if err != nil {
		w.why = StateUnreadable
		return nil
	}
	w.st, w.why = st, Resumed
	w.redo = st.question != w.question
	return nil
}

// loop takes turns until ctx ends.
func (w *Watcher) loop(ctx context.Context) error {
	wait := w.opt.Poll
	for ctx.Err() == nil {
		busy, err := w.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errAgain), errors.Is(err, ErrNoBlock):
			wait = w.opt.Poll // the chain moved meanwhile
		case err != nil && !w.passes(err):
			return err
		case err != nil:
			w.report(Status{Err: err})
			wait = min(2*wait, backoffMax)
		default:
			wait = w.opt.Poll
		}
		if busy && err == nil {
			continue
		}
		if err == nil && w.opt.Once {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

func (w *Watcher) passes(err error) bool {
	return errors.Is(err, ErrUndelivered) || w.opt.Retry != nil && w.opt.Retry(err)
}

// report fills in where the watch stands and tells.
func (w *Watcher) report(s Status) {
	if w.opt.Status == nil {
		return
	}
	w.mu.Lock()
	s.Tip, s.Behind = w.tip.Height, w.behind > 0
	if w.st != nil {
		s.Pending = len(w.st.pending)
		if n := w.st.next(); n > 0 {
			s.Done = n - 1
		}
	}
	w.mu.Unlock()
	w.opt.Status(s)
}

// turn does the next thing that there is to do, and reports whether there may
// be more.
func (w *Watcher) turn(ctx context.Context) (busy bool, err error) {
	if told, err := w.deliver(ctx); told || err != nil {
		if err == nil {
			w.report(Status{})
		}
		return true, err
	}
	was := w.height()
	undone, busy, err := w.move(ctx)
	if err == nil && (undone > 0 || w.height() != was) {
		w.report(Status{Undone: undone})
	}
	return busy, err
}

func (w *Watcher) height() ledger.Height {
	if w.st == nil {
		return 0
	}
	return w.st.next()
}

// move goes a block up, or back to the branch that the source has now.
func (w *Watcher) move(ctx context.Context) (undone int, busy bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.st == nil {
		return 0, true, w.begin(ctx)
	}
	shared, err := w.look(ctx)
	if err != nil {
		return 0, false, err
	}
	if shared < len(w.st.blocks) {
		return w.leave(shared)
	}
	if err := w.ready(ctx); err != nil {
		return 0, false, err
	}
	switch {
	case w.redo:
		return 0, true, w.compare(ctx)
	case w.why != "":
		return 0, true, w.say(ctx)
	case w.due:
		return 0, true, w.keep(ctx)
	case w.tip.Height < w.st.next():
		return 0, false, nil
	}
	return 0, true, w.step(ctx)
}

// deliver tells what is pending, and reports whether there was anything.
func (w *Watcher) deliver(ctx context.Context) (bool, error) {
	if w.st == nil || len(w.st.pending) == 0 {
		return false, nil
	}
	for part := range slices.Chunk(w.st.pending, emitMax) {
		if err := w.opt.Emit(ctx, part); err != nil {
			return true, fmt.Errorf("tell of %d changes: %w", len(w.st.pending), err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.st.pending = nil
	return true, nil
}

// Read answers a question about the trace as of the block where it stands:
// source and trace are good until it returns. ErrNotReady: it stands nowhere.
func (w *Watcher) Read(ctx context.Context, question func(*trace.Trace, trace.Source) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.st == nil || w.trace == nil || w.dirty || len(w.st.blocks) == 0 {
		return ErrNotReady
	}
	err := w.pinned(ctx, func(src trace.Source) error { return question(w.trace, src) })
	if errors.Is(err, errAgain) {
		return fmt.Errorf("%w: %w", ErrNotReady, err)
	}
	return err
}
