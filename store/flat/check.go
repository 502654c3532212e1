package flat

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// CheckOptions tune Check.
type CheckOptions struct {
	Options
	// ReadBlock returns the bytes of a block from where it was ingested, so
	// that a damaged value, script or trait is named by its row. Where it is
	// nil or fails, the checksums name the rows of the block.
	ReadBlock func(ref ledger.RawRef) ([]byte, error)
	// DamageMax ends the check after so many findings; 0 means 100.
	DamageMax int
	// Progress is told the share of the work that is done, 0 to 1 in thousandths.
	Progress func(thousandths int)
	// window is how many rows are held in memory at a time; 0 means checkWindow.
	window uint64
}

// CheckReport is what Check found.
type CheckReport struct {
	Tip     ledger.Tip
	Counts  Counts
	Strict  bool // no writer was at work: cells and slots beyond the tip are damage too
	Damages []Damage
	Cut     bool // DamageMax ended it, or damage to the counts that everything is read by
}

// checkWindow: 32 M expected cells are 256 MB; a larger ledger is walked once
// for each window.
const checkWindow = 32 << 20

// errEnough ends a check at DamageMax.
var errEnough = errors.New("enough damage")

// Check computes everything in the ledger that follows from something else,
// and compares: headers, links, proof of work, merkle roots, checksums of all
// rows, spenders, lists, heads, skips and both indexes. It reads a pinned
// view, so a writer may go on; what it finds beyond the pin is only damage if
// there is no writer.
func Check(ctx context.Context, fs vfs.FS, opt CheckOptions) (*CheckReport, error) {
	if opt.window == 0 {
		opt.window = checkWindow
	}
	if opt.DamageMax == 0 {
		opt.DamageMax = 100
	}
	l, err := Open(fs, opt.Options)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	v, err := l.Pin(ctx, MaxHeight)
	if err != nil {
		return nil, err
	}
	lock, err := fs.Lock(lockName)
	if err == nil {
		defer lock.Close()
	}
	c := &checker{tables: &l.tables, View: v, ctx: ctx, opt: opt}
	c.report = &CheckReport{Tip: v.Tip(), Counts: v.C, Strict: err == nil}
	if err := c.run(); err != nil && !errors.Is(err, errEnough) {
		return c.report, err
	}
	return c.report, v.moved()
}

type checker struct {
	*View
	tables *tables
	ctx    context.Context
	opt    CheckOptions
	report *CheckReport
	net    *bitcoin.Network
	ids    []ledger.TxID
	hashes []ledger.Hash
	dec    bitcoin.Decoder
	raw    ledger.Block
}

func (c *checker) run() error {
	c.net, _ = bitcoin.NetworkByChain(c.l.meta.Chain)
	if c.C.Blocks == 0 {
		return nil
	}
	steps := []func() error{c.ends, c.blocks, c.origins, c.txEnds, c.spends, c.scripts, c.lists, c.txIndexed, c.accountsIndexed}
	for i, step := range steps {
		if c.opt.Progress != nil {
			c.opt.Progress(1000 * i / len(steps))
		}
		if err := c.step(step); err != nil {
			return err
		}
		if i == 0 && len(c.report.Damages) > 0 {
			c.report.Cut = true // everything else is read by these counts
			return nil
		}
	}
	return nil
}

// step runs one part; a read outside the files ends that part with a finding.
func (c *checker) step(f func() error) error {
	err := func() (err error) {
		defer guard(&err, faults())
		return f()
	}()
	var d *Damage
	if errors.As(err, &d) {
		return c.found(d.File, d.Row, "%s", d.Reason)
	}
	return err
}

// found notes damage of one row.
func (c *checker) found(file string, row uint64, format string, args ...any) error {
	return c.foundRows(file, row, 1, format, args...)
}

func (c *checker) foundRows(file string, row, rows uint64, format string, args ...any) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if err := c.moved(); err != nil {
		return err // what was read may have been rows taken back
	}
	c.report.Damages = append(c.report.Damages, Damage{File: file, Row: row, Rows: rows, Reason: fmt.Sprintf(format, args...)})
	if len(c.report.Damages) >= c.opt.DamageMax {
		c.report.Cut = true
		return errEnough
	}
	return nil
}

// stop looks at the context now and then.
func (c *checker) stop(i uint64) error {
	if i&0xfffff == 0 {
		return c.ctx.Err()
	}
	return nil
}

// ends: the counts after each block never fall and end at the committed ones.
// Everything else is read by them, so damage here ends the check.
func (c *checker) ends() error {
	last := Counts{Blocks: 0}
	for n := range c.C.Blocks + 1 {
		e := c.tables.end(n)
		lw, ew, cw := last.words(), e.words(), c.C.words()
		for i := range 8 {
			if ew[i] < lw[i] || ew[i] > cw[i] {
				return &Damage{File: specs[blocksEnd].name, Row: n, Reason: fmt.Sprintf("count %d is %d after %d, of %d", i, ew[i], lw[i], cw[i])}
			}
		}
		last = e
	}
	last.Files, last.FileBytes = c.C.Files, c.C.FileBytes
	if last != c.C {
		return &Damage{File: specs[blocksEnd].name, Row: c.C.Blocks, Reason: "the last counts are not the committed ones"}
	}
	return nil
}
