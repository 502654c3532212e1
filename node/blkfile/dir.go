package blkfile

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Options says how a folder is read. The zero value will do.
type Options struct {
	// Network is the chain wanted; nil: the one whose magic most files carry,
	// mainnet if none carries any.
	Network *bitcoin.Network
	// NoPow accepts headers without proof of work, for made-up chains. Any 80
	// bytes make a header then.
	NoPow bool
	// Log gets a line about the scan; nil: none.
	Log *slog.Logger
}

// Skipped is a place in the folder that is of no use, and why.
type Skipped struct {
	File   string `json:"file"` // its name in the folder
	Offset int64  `json:"offset"`
	Reason string `json:"reason"`
}

// Counts is what a scan met.
type Counts struct {
	Files      int   // read, whatever was in them
	Blocks     int   // distinct blocks
	Duplicates int   // further copies of blocks
	Bytes      int64 // of Blocks
	Padding    int64 // zero bytes behind last records
	CutTail    int   // last records of blk*.dat that are cut
}

// Dir is a folder of blocks that has been scanned. ReadBlock, FillSpent and
// Skipped are safe for concurrent use, also beside Best and Forbid; these two
// are for one goroutine at a time.
type Dir struct {
	Network *bitcoin.Network
	Counts  Counts

	files  []file
	byName map[string]int32
	graph  *Graph
	at     []location           // by block number of graph: the copy to read
	copies map[int32][]location // further ones
	faults map[int32]Skipped    // what Forbid was told

	pool *pool
	undo undoCache

	mu      sync.Mutex // guards skipped
	skipped []Skipped
}

// file is a block file of the folder.
type file struct {
	name string
	size int64
	key  xorKey
	role role
}

// location is where a block lies.
type location struct {
	offset int64 // of the header
	file   int32
	size   uint32
}

// Open scans the files of a folder. It fails if the folder can not be read;
// what is wrong with its files is in Skipped.
func Open(ctx context.Context, dir string, opt Options) (*Dir, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	key, err := readKey(dir)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	d := &Dir{
		byName: make(map[string]int32),
		copies: make(map[int32][]location),
		faults: make(map[int32]Skipped),
		pool:   &pool{dir: dir, open: make(map[string]*handle)},
	}
	if err := d.scan(ctx, entries, key, opt); err != nil {
		d.pool.close()
		return nil, fmt.Errorf("blocks in %s: %w", dir, err)
	}
	if opt.Log != nil {
		opt.Log.Info("scanned blocks", "dir", dir, "network", d.Network.Name, "files", d.Counts.Files,
			"blocks", d.Counts.Blocks, "bytes", d.Counts.Bytes, "skipped", len(d.skipped))
	}
	return d, nil
}

// Close closes the files. Reads that are under way end first.
func (d *Dir) Close() error {
	d.pool.close()
	return nil
}

// Graph returns the headers of the folder. It is the Dir's own.
func (d *Dir) Graph() *Graph { return d.graph }

// Skipped returns what is of no use in the folder's files by itself, in order
// of file and offset: files that hold no blocks, damaged records. Blocks that
// are good but of no use to a branch are in Branch.Skipped.
func (d *Dir) Skipped() []Skipped {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := slices.Clone(d.skipped)
	slices.SortStableFunc(s, compareSkipped)
	return s
}

func (d *Dir) skip(s ...Skipped) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.skipped = append(d.skipped, s...)
}

// ReadBlock appends the bytes of a block to dst. It checks that they hash to
// ref.Hash; whether the rest is that block's is for its decoder to find.
func (d *Dir) ReadBlock(ref Ref, dst []byte) ([]byte, error) {
	i, ok := d.byName[ref.File]
	if !ok {
		return dst, fmt.Errorf("block %v: no file %q in the folder", ref.Hash, ref.File)
	}
	if ref.Size < ledger.HeaderSize || ref.Size > blockSizeMax {
		return dst, fmt.Errorf("block %v: size %d", ref.Hash, ref.Size)
	}
	start := len(dst)
	dst = slices.Grow(dst, int(ref.Size))[:start+int(ref.Size)]
	err := d.read(&d.files[i], dst[start:], ref.Offset)
	if err == nil && bitcoin.HashHeader(dst[start:]) != ref.Hash {
		err = fmt.Errorf("another header is there now")
	}
	if err != nil {
		return dst[:start], fmt.Errorf("block %v: %s at %d: %w", ref.Hash, ref.File, ref.Offset, err)
	}
	return dst, nil
}

// read fills b with clear text from an offset of a file, within the bounds
// that the scan found.
func (d *Dir) read(f *file, b []byte, off int64) error {
	return d.pool.with(f.name, func(r *os.File) error {
		s := source{r: r, size: f.size, key: f.key}
		return s.read(b, off)
	})
}
