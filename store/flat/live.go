package flat

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// live is the mapped file through which a writer tells readers of other
// processes how far they may look. It is not the record: a record is durable
// before the cells are right. Words of 8 bytes:
//
//	 0     magic and format
//	 1     sequence: odd while the words below it change (a seqlock)
//	 2     generation: odd while rows are taken back or applied again
//	 3     boot: the run of the machine it was written in
//	 4-13  C, the counts that may be pinned
//	14-17  hash of the tip
//	18-19  the two index files: number<<32 | log2 of slots
//
// After a restart of the machine it may hold anything and is not believed.
type live struct {
	file vfs.File
	w    []uint64
	boot uint64
}

const (
	liveName  = "live"
	liveSize  = 4096
	liveMagic = 0x6c6976_0000_0000_00 | Format

	liveSeq     = 1
	liveGen     = 2
	liveBoot    = 3
	liveCounts  = 4
	liveTip     = 14
	liveIndexes = 18
	liveWords   = 20
)

// state is what live publishes.
type state struct {
	Generation uint64
	C          Counts
	Tip        ledger.Hash
	Indexes    [numIndexes]indexFile
}

func openLive(fs vfs.FS, mode vfs.Mode) (*live, error) {
	f, err := fs.Open(liveName, mode)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", liveName, err)
	}
	if mode != vfs.ReadOnly {
		err = f.Allocate(liveSize)
	} else if size, serr := f.Size(); serr != nil || size < liveSize {
		err = &Damage{File: liveName, Reason: fmt.Sprintf("file has %d bytes of %d", size, liveSize)}
	}
	var b []byte
	if err == nil {
		b, err = f.Map(liveSize)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w", liveName, err)
	}
	sum := sha256.Sum256([]byte(fs.Boot()))
	return &live{file: f, w: words(b), boot: binary.LittleEndian.Uint64(sum[:])}, nil
}

// generation is what every query compares at its end.
func (l *live) generation() uint64 { return atomic.LoadUint64(&l.w[liveGen]) }

// setGeneration is called before cells that a pinned reader may meet change in
// a way that void heads do not cover, with an odd number, and after, with the
// next even one.
func (l *live) setGeneration(g uint64) { atomic.StoreUint64(&l.w[liveGen], g) }

// publish lets readers pin s.
func (l *live) publish(s *state) {
	seq := atomic.LoadUint64(&l.w[liveSeq]) | 1
	atomic.StoreUint64(&l.w[liveSeq], seq)
	put := func(i int, v uint64) { atomic.StoreUint64(&l.w[i], v) }
	put(0, liveMagic)
	put(liveBoot, l.boot)
	for i, w := range s.C.words() {
		put(liveCounts+i, w)
	}
	for i := range 4 {
		put(liveTip+i, binary.LittleEndian.Uint64(s.Tip[8*i:]))
	}
	for i, x := range s.Indexes {
		put(liveIndexes+i, uint64(x.Number)<<32|uint64(x.Log))
	}
	put(liveGen, s.Generation)
	atomic.StoreUint64(&l.w[liveSeq], seq+1)
}

// load returns what may be pinned; false while a cut or a recovery is under
// way, or if it was written before the machine's last start.
func (l *live) load() (state, bool) {
	var w [liveWords]uint64
	for try := 0; ; try++ {
		seq := atomic.LoadUint64(&l.w[liveSeq])
		for i := range w {
			w[i] = atomic.LoadUint64(&l.w[i])
		}
		if seq&1 == 0 && atomic.LoadUint64(&l.w[liveSeq]) == seq {
			break
		}
		if try > 1000 { // a writer that died inside publish leaves it odd
			return state{Generation: l.generation()}, false
		}
		time.Sleep(time.Microsecond)
	}
	s := state{Generation: w[liveGen]}
	s.C = countsOf([numCounts]uint64(w[liveCounts : liveCounts+numCounts]))
	for i := range 4 {
		binary.LittleEndian.PutUint64(s.Tip[8*i:], w[liveTip+i])
	}
	for i := range s.Indexes {
		x := w[liveIndexes+i]
		s.Indexes[i] = indexFile{uint32(x >> 32), uint32(x)}
	}
	ok := w[0] == liveMagic && w[liveBoot] == l.boot && s.Generation&1 == 0
	return s, ok
}
