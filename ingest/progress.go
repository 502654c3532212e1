package ingest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// Progress is how far a run is.
type Progress struct {
	Height    ledger.Height // of the block appended last
	Time      uint32        // of its header, unix seconds
	Blocks    int           // appended
	Txs       int           // in these
	Bytes     int64         // of these
	LeftCount int           // blocks to append
	LeftBytes int64         // of these; 0 where blocks come from nodes
	Elapsed   time.Duration
}

// reportEach is the time between two calls of Progress.
const reportEach = 200 * time.Millisecond

// report counts an appended block.
func (r *run) report(b *ledger.Block) {
	r.res.Txs += len(b.Txs)
	r.res.Bytes += int64(b.Source.Size)
	r.blocks++
	r.left--
	r.length -= int64(b.Source.Size)
	if r.Progress == nil {
		return
	}
	now := time.Now()
	if r.left > 0 && now.Sub(r.told) < reportEach {
		return
	}
	r.told = now
	r.Progress(Progress{
		Height: b.Height, Time: b.Time, Blocks: r.blocks, Txs: r.res.Txs, Bytes: r.res.Bytes,
		LeftCount: r.left, LeftBytes: r.length, Elapsed: now.Sub(r.began),
	})
}

// sortSkipped puts complaints in the order of files and offsets.
func sortSkipped(s []blkfile.Skipped) {
	slices.SortStableFunc(s, func(a, b blkfile.Skipped) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset))
	})
}
