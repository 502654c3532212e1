package flat_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// FuzzRecord. Strategy: the input is a slot; a byte before it says whether its
// checksum is made right, without which no input would come further.
//
// Invariants: decoding returns an error or a record, never panics; a record
// encodes to the bytes that it was read from, but for those that mean nothing.
func FuzzRecord(f *testing.F) {
	f.Add(append([]byte{0}, flat.ForTestRecord()...))
	f.Add(append([]byte{1}, flat.ForTestRecord()...))
	f.Add(append([]byte{1}, make([]byte, flat.ForTestSlotBytes)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		slot := make([]byte, flat.ForTestSlotBytes)
		if len(data) > 0 {
			copy(slot, data[1:])
			if data[0]&1 != 0 {
				flat.ForTestSeal(slot)
			}
		}
		again, err := flat.ForTestDecode(slot)
		if err != nil {
			return
		}
		slot[12] &= 1
		clear(slot[13:16])
		clear(slot[308:312])
		clear(slot[416:448])
		flat.ForTestSeal(slot)
		if !bytes.Equal(again, slot) {
			t.Errorf("read\n%x\nwritten again\n%x", slot, again)
		}
	})
}

// FuzzDamagedLedger. Strategy: the input says which of three small ledgers is
// copied into a file system of its own (one that was closed; one whose last
// commit is not in cells and indexes yet; one that died in a cut), whether a
// writer seems to be beside, whether the checksums of damaged records are made
// right, and a list of patches: runs of bytes set, or changed by xor, in any
// file. Then everything is asked of it, and a writer goes on from it.
//
// Invariants: whatever it holds, calls return errors or answers. They do not
// panic, nothing faults, and all of it ends within seconds.
func FuzzDamagedLedger(f *testing.F) {
	d := newSpoiler(f)
	for variant := range byte(3) {
		f.Add([]byte{variant})
		f.Add([]byte{variant | 4 | 8, 0, 0, 0, 0, 0, 0})
		for file := range d.names[variant] {
			f.Add([]byte{variant | 8, byte(file), 3, 1, 0, 0x81, 1})
			f.Add([]byte{variant | 8, byte(file), 0, 0, 0, 0xff, 11})
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 1+patchBytes*patchesMax {
			return
		}
		watchdog := time.AfterFunc(20*time.Second, func() { panic(fmt.Sprintf("hangs with %x", data)) })
		defer watchdog.Stop()
		fs := d.spoiled(t, data)
		defer fs.Free()
		if data[0]&4 != 0 {
			lock, err := fs.Lock("lock")
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
		}
		d.read(fs)
		if data[0]&4 == 0 {
			d.write(fs)
		}
		d.check(fs)
	})
}

const (
	// A patch: file u8, offset u24, value u8, kind u8.
	patchBytes = 6
	patchesMax = 40
)

// spoiler has the ledgers to spoil, as bytes of files.
type spoiler struct {
	world *launder.World
	next  []*ledger.Block // what a writer goes on with
	files [3]map[string][]byte
	names [3][]string
}

func newSpoiler(f *testing.F) *spoiler {
	d := &spoiler{world: newWorld(f, launder.Small(4))}
	chain := d.world.Chain()
	for _, ref := range chain[len(chain)-3:] {
		d.next = append(d.next, block(f, d.world, ref))
	}
	path := chain[:len(chain)-3]
	for variant := range d.files {
		fs := d.base(f, variant, path)
		d.files[variant], d.names[variant] = contents(f, fs)
		fs.Free()
	}
	return d
}

// base makes one of the three ledgers.
func (d *spoiler) base(f *testing.F, variant int, path []launder.BlockRef) *vfs.Crashable {
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = small.Reserve
	faults := &vfs.Faults{Ops: vfs.OpSync}
	s, err := flat.Create(vfs.NewFaulty(fs, faults), meta(d.world.Config().First), small)
	if err == nil {
		err = extend(f, d.world, s, path)
	}
	if err == nil {
		err = s.Checkpoint()
	}
	if err != nil {
		f.Fatal(err)
	}
	switch variant {
	case 0:
		err = s.Close()
	case 1:
		if err = extend(f, d.world, s, d.world.Chain()[:len(path)+1]); err == nil {
			err = s.Commit()
		}
		s.Abort()
	case 2:
		// The checkpoint syncs two columns, two indexes and the record, the cut
		// the record: what fails is the first sync after that.
		faults.At = faults.Count() + 7
		if err := s.CutTo(uint64(len(path) / 2)); !errors.Is(err, vfs.ErrFault) {
			f.Fatalf("a cut that fails: %v", err)
		}
		s.Abort()
	}
	if err != nil {
		f.Fatal(err)
	}
	return fs
}

// contents returns the bytes of every file up to its last that is not zero.
func contents(f *testing.F, fs vfs.FS) (files map[string][]byte, list []string) {
	list, err := fs.List(".")
	if err != nil {
		f.Fatal(err)
	}
	files = map[string][]byte{}
	for _, name := range list {
		b, err := whole(fs, name, 0)
		if err != nil {
			f.Fatal(err)
		}
		files[name] = bytes.Clone(b)
	}
	return files, list
}

// whole maps a file, grown to a size.
func whole(fs vfs.FS, name string, size int64) ([]byte, error) {
	file, err := fs.Open(name, vfs.Create)
	if err == nil {
		err = file.Allocate(size)
	}
	if err == nil && size == 0 {
		size, err = file.Size()
	}
	if err != nil || size == 0 {
		return nil, err
	}
	return file.Map(size)
}

// spoiled returns a ledger with the patches of an input.
func (d *spoiler) spoiled(t *testing.T, data []byte) *vfs.Crashable {
	variant := data[0] & 3 % 3
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = small.Reserve
	mapped := map[string][]byte{}
	for name, b := range d.files[variant] {
		m, err := whole(fs, name, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		copy(m, b)
		mapped[name] = m
	}
	names := d.names[variant]
	for p := data[1:]; len(p) >= patchBytes; p = p[patchBytes:] {
		patch(mapped[names[int(p[0])%len(names)]], p)
	}
	if data[0]&8 != 0 {
		flat.ForTestSeal(mapped["record"][:flat.ForTestSlotBytes])
		flat.ForTestSeal(mapped["record"][flat.ForTestSlotStride:][:flat.ForTestSlotBytes])
	}
	return fs
}

// patch sets a run of bytes, or changes it by xor.
func patch(b, p []byte) {
	used := len(bytes.TrimRight(b, "\x00"))
	if len(b) == 0 {
		return
	}
	off := int(binary.LittleEndian.Uint32(p)>>8) % min(used+16, len(b))
	run := b[off:min(off+1<<(p[5]&15), len(b))]
	for i := range run {
		if p[5]&16 != 0 {
			run[i] ^= p[4]
		} else {
			run[i] = p[4]
		}
	}
}

// pinned bounds what a test waits for a writer that is not there.
func pinned() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 50*time.Millisecond)
}

// read asks everything.
func (d *spoiler) read(fs vfs.FS) {
	l, err := flat.Open(fs, small)
	if err != nil {
		return
	}
	defer l.Close()
	first := d.world.Config().First
	for _, h := range []ledger.Height{flat.MaxHeight, first + 7, first} {
		ctx, cancel := pinned()
		if v, err := l.Pin(ctx, h); err == nil {
			d.ask(v)
		}
		cancel()
	}
}

func (d *spoiler) ask(v *flat.View) {
	ctx := context.Background()
	c := v.Counts()
	for i := range min(c.Txs, 200) {
		ref := ledger.TxRef(i)
		txs, err := v.AppendTxs(ctx, nil, []ledger.TxRef{ref})
		if err == nil {
			_, _, _ = v.TxByID(txs[0].ID)
			_, _, _ = v.TxByIDAt(txs[0].ID, txs[0].Pos.Height())
		}
		_, _, _ = v.Traits(ref)
		_, _ = v.AppendInAccounts(nil, ref)
	}
	for i := range min(c.Outs, 400) {
		out := ledger.OutRef(i)
		_, _ = v.AppendSpenders(ctx, nil, []ledger.OutRef{out})
		_, _, _ = v.TxOf(out)
		if account, err := v.Account(out); err == nil {
			_, _ = v.AppendOutputs(ctx, nil, account, 0, 1<<60)
		}
	}
	for i := range min(c.Blocks, 30) {
		_, _ = v.Block(d.world.Config().First + ledger.Height(i))
	}
	for _, b := range d.next {
		_, _, _ = v.TxByID(b.Txs[0].ID)
	}
	_, _ = v.Bytes()
}

// write goes on from the ledger.
func (d *spoiler) write(fs vfs.FS) {
	s, err := flat.OpenWriter(fs, small)
	if err != nil {
		return
	}
	for _, b := range d.next {
		if err = s.Append(b); err != nil {
			break
		}
	}
	if err == nil {
		_ = s.Commit()
	}
	if n := s.Counts().Blocks; n > 2 {
		_ = s.CutTo(n - 2)
	}
	_ = s.Close()
}

func (d *spoiler) check(fs vfs.FS) {
	ctx, cancel := pinned()
	defer cancel()
	_, _ = flat.Check(ctx, fs, flat.CheckOptions{Options: small})
}
