package blkfile

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// entry is a file of the folder on its way through the scan.
type entry struct {
	file
	head []byte // its first bytes, as they lie there
	out  findings
	err  error
}

// headSize is how much of a file is looked at to tell what it is: a record's
// head, a header, and the part of the genesis block that findKey reads.
const headSize = recordHead + ledger.HeaderSize

// scan reads every file of the folder. Files are scanned side by side and
// their findings joined in the order of their names, so that the same folder
// always gives the same Dir.
func (d *Dir) scan(ctx context.Context, listing []fs.DirEntry, key xorKey, opt Options) error {
	es := d.sniff(listing)
	if key == (xorKey{}) {
		key = findKey(es)
	}
	d.Network = opt.Network
	if d.Network == nil {
		d.Network = commonNetwork(es, key)
	}
	d.graph = NewGraph(d.Network.Genesis)
	r := rules{network: d.Network, noPow: opt.NoPow}
	inParallel(len(es), func(i int) { d.scanFile(ctx, &es[i], key, r) })
	for i := range es {
		if es[i].err != nil {
			return es[i].err
		}
		d.join(&es[i])
	}
	return nil
}

// sniff reads the first bytes of the folder's files.
func (d *Dir) sniff(listing []fs.DirEntry) []entry {
	var es []entry
	for _, l := range listing {
		e := entry{file: file{name: l.Name(), role: roleOf(l.Name())}}
		if e.role == coreFile || l.IsDir() && l.Name() == "index" {
			continue
		}
		if err := e.look(d.pool, l); err != nil {
			d.skip(Skipped{File: e.name, Reason: err.Error()})
			continue
		}
		es = append(es, e)
	}
	return es
}

// look finds out the size and the head of a file. Only regular files are
// opened: a pipe would block, and a link may lead anywhere.
func (e *entry) look(p *pool, l fs.DirEntry) error {
	switch {
	case l.IsDir():
		return fmt.Errorf("a folder, not a file")
	case l.Type()&fs.ModeSymlink != 0:
		return fmt.Errorf("a symbolic link, not a file")
	case !l.Type().IsRegular():
		return fmt.Errorf("not a regular file")
	}
	return p.with(e.name, func(f *os.File) error {
		info, err := f.Stat()
		if err != nil {
			return cause(err)
		}
		e.size = info.Size()
		e.head = make([]byte, min(headSize, e.size))
		s := source{r: f, size: e.size}
		return s.readRaw(e.head, 0)
	})
}

// magicOf returns the network of the magic that a file starts with, in clear
// text or under the key, and the key that makes it clear.
func (e *entry) magicOf(key xorKey) (*bitcoin.Network, xorKey) {
	for _, k := range []xorKey{{}, key} {
		var b [4]byte
		copy(b[:], e.head)
		k.apply(b[:], 0)
		if n, ok := bitcoin.NetworkByMagic(binary.LittleEndian.Uint32(b[:])); ok {
			return n, k
		}
	}
	return nil, key
}

// commonNetwork returns the network whose magic most files carry; the one that
// the first file carries where some have equally many.
func commonNetwork(es []entry, key xorKey) *bitcoin.Network {
	files := make(map[*bitcoin.Network]int)
	var most *bitcoin.Network
	for i := range es {
		if es[i].role == revFile {
			continue
		}
		if n, _ := es[i].magicOf(key); n != nil {
			files[n]++
		}
	}
	for i := range es {
		if n, _ := es[i].magicOf(key); n != nil && files[n] > files[most] {
			most = n
		}
	}
	if most == nil {
		most = bitcoin.Networks()[0]
	}
	return most
}

// findKey finds the key of a folder that was copied without xor.dat. The
// genesis block's previous hash is zero, so behind it the first file shows the
// key itself, four times over.
//
//	offset  0      4     8        12             44
//	        magic  size  version  previous hash  merkle root
func findKey(es []entry) xorKey {
	var key xorKey
	for i := range es {
		e := &es[i]
		if e.role != blkFile || len(e.head) < headSize {
			continue
		}
		copy(key[:], e.head[16:24])
		if string(key[:]) != string(e.head[24:32]) || string(key[:]) != string(e.head[32:40]) {
			continue
		}
		if n, _ := e.magicOf(key); n != nil {
			return key
		}
	}
	return xorKey{}
}

// scanFile finds the blocks of a file.
func (d *Dir) scanFile(ctx context.Context, e *entry, key xorKey, r rules) {
	if e.err = ctx.Err(); e.err != nil {
		return
	}
	_, e.key = e.magicOf(key)
	if e.role == revFile {
		return // read when FillSpent asks for it
	}
	err := d.pool.with(e.name, func(f *os.File) error {
		s := source{r: f, size: e.size, key: e.key}
		if d.isRaw(e, r) {
			s.key = xorKey{}
			e.key = s.key
			e.out = scanRaw(s, r, e.name)
			return nil
		}
		e.out, e.err = scanRecords(ctx, s, r, e.name, e.role == blkFile)
		return nil
	})
	if err != nil {
		e.out.skip(e.name, 0, "%v", cause(err))
	}
}

// isRaw reports whether a file is to be read as raw blocks: one that does not
// start with a magic, nor is a blk*.dat. Where proof of work tells a header
// from other bytes, a blk*.dat may hold raw blocks too.
func (d *Dir) isRaw(e *entry, r rules) bool {
	if n, _ := e.magicOf(e.key); n != nil {
		return false
	}
	if e.role != blkFile {
		return true
	}
	_, err := r.header(e.head)
	return err == nil && !r.noPow
}

// join adds what was found in a file to the Dir.
func (d *Dir) join(e *entry) {
	at := int32(len(d.files))
	d.files = append(d.files, e.file)
	d.byName[e.name] = at
	if e.role == revFile {
		return
	}
	d.Counts.Files++
	d.Counts.Padding += e.out.padding
	d.Counts.CutTail += e.out.cutTail
	d.skip(e.out.skipped...)
	if e.out.more > 0 {
		d.skip(Skipped{File: e.name, Offset: e.size, Reason: fmt.Sprintf("%d more such places", e.out.more)})
	}
	for _, b := range e.out.blocks {
		d.add(b, at)
	}
	e.out = findings{}
}

func (d *Dir) add(b found, file int32) {
	loc := location{offset: b.offset, file: file, size: b.size}
	i, added := d.graph.Add(b.hash, b.prev, b.bits)
	if !added {
		d.Counts.Duplicates++
		d.copies[int32(i)] = append(d.copies[int32(i)], loc)
		return
	}
	d.at = append(d.at, loc)
	d.Counts.Blocks++
	d.Counts.Bytes += int64(b.size)
}

// inParallel calls fn for 0 to n-1, on as many goroutines as there are
// processors.
func inParallel(n int, fn func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func compareSkipped(a, b Skipped) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset))
}

// sortSkipped puts complaints in the order of files and offsets.
func sortSkipped(s []Skipped) { slices.SortStableFunc(s, compareSkipped) }
