package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// faultySource is a folder of blocks in which a test may step.
type faultySource struct {
	*blkfile.Dir
	read  func() error                                         // before each block is read
	spent func(ref blkfile.Ref, b *ledger.Block) (bool, error) // in place of undo files
}

func (s *faultySource) ReadBlock(ref blkfile.Ref, dst []byte) ([]byte, error) {
	if s.read != nil {
		if err := s.read(); err != nil {
			return dst, err
		}
	}
	return s.Dir.ReadBlock(ref, dst)
}

func (s *faultySource) FillSpent(ref blkfile.Ref, b *ledger.Block) (bool, error) {
	if s.spent != nil {
		return s.spent(ref, b)
	}
	return s.Dir.FillSpent(ref, b)
}

func openSource(t *testing.T, raws [][]byte) *faultySource {
	t.Helper()
	d, err := blkfile.Open(context.Background(), writeRaw(t, raws), blkfile.Options{Network: optionsFor("").Network})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return &faultySource{Dir: d}
}

// dirStore is a Store in a folder. It may wrap the writer, to make it fail.
type dirStore struct {
	t    *testing.T
	dir  string
	w    *flat.Writer
	wrap func(ingest.Sink) ingest.Sink
}

func (s *dirStore) Open() (ingest.Sink, error) {
	w, err := flat.OpenWriter(vfs.NewOS(s.dir), small)
	if errors.Is(err, flat.ErrNoLedger) {
		return nil, nil
	}
	return s.keep(w), err
}

func (s *dirStore) Create(first ledger.Height) (ingest.Sink, error) {
	n := optionsFor("").Network
	w, err := flat.Create(vfs.NewOS(s.dir), flat.Meta{Chain: n.Chain, Network: n.Name, FirstHeight: first}, small)
	return s.keep(w), err
}

func (s *dirStore) keep(w *flat.Writer) ingest.Sink {
	s.w = w
	if s.wrap != nil {
		return s.wrap(w)
	}
	return w
}

func (s *dirStore) close() {
	s.t.Helper()
	if err := s.w.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// TestInterrupted ends a run after each number of blocks read. What was
// appended stays, and a run to the end makes the ledger that one run makes.
func TestInterrupted(t *testing.T) {
	w := worldOf(t, 31, nil)
	src := openSource(t, allRaws(w, 31))
	once := t.TempDir()
	whole := &dirStore{t: t, dir: once}
	if _, err := ingest.Run(context.Background(), src, whole, optionsFor("").Options); err != nil {
		t.Fatal(err)
	}
	whole.close()

	dir := t.TempDir()
	for n := 1; ; n++ {
		s := &dirStore{t: t, dir: dir}
		ctx, cancel := context.WithCancel(context.Background())
		reads := 0
		src.read = func() error {
			if reads++; reads > 2*n {
				cancel()
			}
			return nil
		}
		res, err := ingest.Run(ctx, src, s, optionsFor("").Options)
		cancel()
		if s.w != nil {
			s.close()
		}
		if res.Known+res.Added+res.Left != len(w.Chain()) {
			t.Fatalf("run %d: known %d, added %d, left %d of %d", n, res.Known, res.Added, res.Left, len(w.Chain()))
		}
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || !res.Interrupted {
			t.Fatalf("run %d: %v", n, err)
		}
	}
	if dump(t, dir) != dump(t, once) {
		t.Error("interrupted, it is another ledger")
	}
}

// TestUnreadable leaves blocks out that can not be read.
func TestUnreadable(t *testing.T) {
	w := worldOf(t, 32, func(c *launder.Config) { c.Forks = 0 })
	src := openSource(t, w.Raws(w.Chain()))
	reads := 0
	src.read = func() error {
		if reads++; reads > 20 {
			return errors.New("the disk is tired")
		}
		return nil
	}
	s := &dirStore{t: t, dir: t.TempDir()}
	res, err := ingest.Run(context.Background(), src, s, optionsFor("").Options)
	if err != nil || res.Added == 0 || len(res.Skipped) != len(w.Chain())-res.Added {
		t.Errorf("added %d, skipped %d, error %v", res.Added, len(res.Skipped), err)
	}
	s.close()
	sound(t, s.dir)
}

// failingSink refuses the n-th block, as a full disk does.
type failingSink struct {
	ingest.Sink
	left int
}

var errFull = errors.New("disk full")

func (s *failingSink) Append(b *ledger.Block) error {
	if s.left--; s.left < 0 {
		return errFull
	}
	return s.Sink.Append(b)
}

// TestLedgerFails ends the run with the ledger's own error.
func TestLedgerFails(t *testing.T) {
	w := worldOf(t, 33, nil)
	for left := range 12 {
		src := openSource(t, w.Raws(w.Chain()))
		s := &dirStore{t: t, dir: t.TempDir(), wrap: func(k ingest.Sink) ingest.Sink { return &failingSink{k, left} }}
		_, err := ingest.Run(context.Background(), src, s, optionsFor("").Options)
		if !errors.Is(err, errFull) {
			t.Errorf("after %d blocks: %v", left, err)
		}
		s.close()
	}
}

// TestSpent takes values of spent outputs from the source, where the ledger
// does not begin at the genesis block, and lists those that can not be read.
func TestSpent(t *testing.T) {
	w := worldOf(t, 34, func(c *launder.Config) { c.Forks = 0; c.Rates[launder.SpentKnown] = 1000 })
	src := openSource(t, w.Raws(w.Chain()))
	broken := map[ledger.Hash]bool{}
	for i, ref := range w.Chain() {
		broken[ref.Hash] = i%2 == 0
	}
	src.spent = func(ref blkfile.Ref, b *ledger.Block) (bool, error) {
		if broken[ref.Hash] {
			return false, fmt.Errorf("undo data of block %s is cut", ref.Hash)
		}
		b.Spent = append(b.Spent[:0], w.Spent(ref.Hash)...)
		return true, nil
	}
	s := &dirStore{t: t, dir: t.TempDir()}
	res, err := ingest.Run(context.Background(), src, s, optionsFor("").Options)
	if err != nil || res.Added != len(w.Chain()) || len(res.Skipped) != len(w.Chain())/2 {
		t.Errorf("added %d, skipped %v, error %v", res.Added, res.Skipped, err)
	}
	s.close()
	known, unknown := countKnown(t, s.dir)
	if known == 0 || unknown == 0 {
		t.Errorf("%d inputs from before the ledger have values, %d have none", known, unknown)
	}
}

// countKnown counts the inputs that spend outputs which the ledger does not
// hold, by whether their value is known.
func countKnown(t *testing.T, dir string) (known, unknown int) {
	t.Helper()
	l, err := flat.Open(vfs.NewOS(dir), small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, err := l.Pin(context.Background(), flat.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	for ref := range ledger.TxRef(v.Dense()) {
		txs, err := v.AppendTxs(context.Background(), nil, []ledger.TxRef{ref})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range txs[0].Ins {
			switch {
			case uint64(in.Ref) != ledger.NoRef:
			case in.Known:
				known++
			default:
				unknown++
			}
		}
	}
	return known, unknown
}
