package blkfile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// appendVarint writes Core's VARINT, from its description in serialize.h.
func appendVarint(dst []byte, n uint64) []byte {
	digits := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		digits = append(digits, byte(n&0x7f)|0x80)
	}
	slices.Reverse(digits)
	return append(dst, digits...)
}

// compressAmount is Core's CompressAmount.
func compressAmount(v ledger.Amount) uint64 {
	if v == 0 {
		return 0
	}
	n, e := uint64(v), uint64(0)
	for ; n%10 == 0 && e < 9; e++ {
		n /= 10
	}
	if e == 9 {
		return 1 + 10*(n-1) + 9
	}
	return 1 + 10*(9*(n/10)+n%10-1) + e
}

// appendScript is Core's ScriptCompression.
func appendScript(dst []byte, s []byte) []byte {
	switch {
	case len(s) == 25 && s[0] == 0x76 && s[1] == 0xa9 && s[2] == 20 && s[23] == 0x88 && s[24] == 0xac:
		return append(append(dst, 0), s[3:23]...)
	case len(s) == 23 && s[0] == 0xa9 && s[1] == 20 && s[22] == 0x87:
		return append(append(dst, 1), s[2:22]...)
	case len(s) == 35 && s[0] == 33 && (s[1] == 2 || s[1] == 3) && s[34] == 0xac:
		return append(dst, s[1:34]...)
	case len(s) == 67 && s[0] == 65 && s[1] == 4 && s[66] == 0xac:
		return append(append(dst, 4|s[65]&1), s[2:34]...)
	}
	return append(appendVarint(dst, uint64(len(s))+6), s...)
}

// appendUndo writes the undo data of a block, all of whose spent outputs but
// the coinbase's are known. Heights vary, since old ones have no version.
func appendUndo(dst []byte, b *ledger.Block) []byte {
	dst = bitcoin.AppendCompactSize(dst, uint64(len(b.Txs)-1))
	for i := 1; i < len(b.Txs); i++ {
		from, to := b.InsOf(i)
		dst = bitcoin.AppendCompactSize(dst, uint64(to-from))
		for j, s := range b.Spent[from:to] {
			dst = appendVarint(dst, uint64(2*j*1000)+uint64(j%2))
			if j > 0 {
				dst = appendVarint(dst, uint64(i%3)) // the version that stood here before 0.15
			}
			dst = appendVarint(dst, compressAmount(s.Value))
			dst = appendScript(dst, s.Script)
		}
	}
	return dst
}

// undoRecord writes a record of a rev*.dat.
func undoRecord(magic uint32, prev ledger.Hash, undo []byte) []byte {
	r := binary.LittleEndian.AppendUint32(nil, magic)
	r = binary.LittleEndian.AppendUint32(r, uint32(len(undo)))
	r = append(r, undo...)
	sum := bitcoin.DoubleHash(append(bytes.Clone(prev[:]), undo...))
	return append(r, sum[:]...)
}

// Satoshi's key of block 0, uncompressed: y is odd.
const genesisKey = "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"

// randomScript draws a script of one of the compressed forms, or one that is
// nearly so.
func randomScript(t testing.TB, rng *rand.Rand) []byte {
	s := make([]byte, 67)
	for i := range s {
		s[i] = byte(rng.Uint32())
	}
	switch rng.IntN(8) {
	case 0:
		return slices.Concat([]byte{0x76, 0xa9, 20}, s[:20], []byte{0x88, 0xac})
	case 1:
		return slices.Concat([]byte{0xa9, 20}, s[:20], []byte{0x87})
	case 2:
		return slices.Concat([]byte{33, byte(2 + rng.IntN(2))}, s[:32], []byte{0xac})
	case 3:
		return slices.Concat([]byte{65}, unhex(t, genesisKey), []byte{0xac})
	case 4:
		return nil
	case 5:
		return bytes.Repeat([]byte{0x51}, 10_000)
	case 6:
		return s[:25]
	default:
		return s[:rng.IntN(67)]
	}
}

// mineSpending makes a block of random transactions, with what they spend.
func mineSpending(t testing.TB, rng *rand.Rand, on block) (block, *ledger.Block) {
	var txs []bitcoin.RawTx
	var spent []ledger.SpentOut
	for range rng.IntN(5) {
		tx := bitcoin.RawTx{Version: 2, Outs: []bitcoin.RawOut{{Value: 1}}}
		for range 1 + rng.IntN(4) {
			var id ledger.Hash
			binary.LittleEndian.PutUint64(id[:], rng.Uint64())
			tx.Ins = append(tx.Ins, bitcoin.RawIn{Prev: ledger.Outpoint{TxID: id}})
			value := ledger.Amount(rng.Uint64N(uint64(bitcoin.MaxMoney)) + 1)
			for range rng.IntN(16) {
				value = value / 10
			}
			for range rng.IntN(3) {
				value = min(value*1000, bitcoin.MaxMoney)
			}
			spent = append(spent, ledger.SpentOut{Known: true, Value: value, Script: randomScript(t, rng)})
		}
		txs = append(txs, tx)
	}
	b := mine(on, "spends", txs...)
	var decoded ledger.Block
	if err := new(bitcoin.Decoder).Decode(&decoded, b.raw); err != nil {
		t.Fatal(err)
	}
	decoded.Spent = append([]ledger.SpentOut{{}}, spent...)
	return b, &decoded
}

func sameSpent(a, b []ledger.SpentOut) bool {
	return slices.EqualFunc(a, b, func(x, y ledger.SpentOut) bool {
		return x.Known == y.Known && x.Value == y.Value && bytes.Equal(x.Script, y.Script)
	})
}

// TestFillSpent reads what the blocks of two files spend, with undo records in
// the order of connection, in any order, obfuscated, and by many at once.
func TestFillSpent(t *testing.T) {
	rng := seeded(t)
	on := genesis(t)
	var blocks [2][]block
	var undos [2][][]byte
	var truth []*ledger.Block
	for i := range 60 {
		b, spends := mineSpending(t, rng, on)
		blocks[i/30] = append(blocks[i/30], b)
		undos[i/30] = append(undos[i/30], undoRecord(0xdab5bffa, b.prev, appendUndo(nil, spends)))
		truth = append(truth, spends)
		on = b
	}
	for _, order := range []string{"connected", "shuffled", "obfuscated"} {
		t.Run(order, func(t *testing.T) {
			files := map[string][]byte{"blk00002.dat": regtestRecords(genesis(t))}
			for i := range blocks {
				if order == "shuffled" {
					rng.Shuffle(30, func(a, b int) { undos[i][a], undos[i][b] = undos[i][b], undos[i][a] })
				}
				files[fmt.Sprintf("blk%05d.dat", i)] = regtestRecords(blocks[i]...)
				files[fmt.Sprintf("rev%05d.dat", i)] = slices.Concat(undos[i]...)
			}
			if order == "obfuscated" {
				files = obfuscatedFolder(files)
			}
			d := open(t, folder(t, files), blkfile.Options{})
			b, err := d.Best(nil)
			if err != nil || len(b.Refs) != 61 {
				t.Fatalf("%d blocks, %v", len(b.Refs), err)
			}
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() { checkSpent(t, d, b.Refs[1:], truth) })
			}
			wg.Wait()
			wantSkipped(t, d.Skipped())
		})
	}
}

func obfuscatedFolder(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{"xor.dat": []byte(testKey)}
	for name, b := range files {
		out[name] = append(masked(b, testKey), make([]byte, 1000)...)
	}
	return out
}

func checkSpent(t *testing.T, d *blkfile.Dir, refs []blkfile.Ref, truth []*ledger.Block) {
	for i, ref := range refs {
		got := *truth[i]
		got.Spent = nil
		ok, err := d.FillSpent(ref, &got)
		if !ok || err != nil || !sameSpent(got.Spent, truth[i].Spent) {
			t.Errorf("block %d: %v, %v: %v\nwant %v", i, ok, err, got.Spent, truth[i].Spent)
			return
		}
	}
}

// TestFillSpentWithout asks where there is no undo data, or not this block's.
func TestFillSpentWithout(t *testing.T) {
	rng := seeded(t)
	g := genesis(t)
	b, spends := mineSpending(t, rng, g)
	for len(spends.Txs) < 2 {
		b, spends = mineSpending(t, rng, g)
	}
	good := undoRecord(0xdab5bffa, b.prev, appendUndo(nil, spends))
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	mangled := undoRecord(0xdab5bffa, b.prev, append(appendUndo(nil, spends), 0))
	for _, x := range []struct {
		name    string
		rev     []byte
		ok, err bool
		skipped string
	}{
		{"good", good, true, false, ""},
		{"good, then cut", append(bytes.Clone(good), good[:20]...), true, false, "runs past the end"},
		{"good, then junk", append(bytes.Clone(good), "some junk"...), true, false, "no magic"},
		{"good after another's", append(undoRecord(0xdab5bffa, g.hash, []byte{0}), good...), true, false, ""},
		{"none", nil, false, false, ""},
		{"padding", make([]byte, 500), false, false, ""},
		{"altered", flipped, false, false, ""},
		{"of another block", undoRecord(0xdab5bffa, b.hash, appendUndo(nil, spends)), false, false, ""},
		{"of another network", undoRecord(0xd9b4bef9, b.prev, appendUndo(nil, spends)), false, false, "no magic of regtest"},
		{"checksum of nonsense", mangled, false, true, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := open(t, folder(t, map[string][]byte{"blk00000.dat": regtestRecords(g, b), "rev00000.dat": x.rev}), blkfile.Options{})
			got := *spends
			ok, err := d.FillSpent(wantChain(t, d, []block{g, b}).Refs[1], &got)
			if ok != x.ok || (err != nil) != x.err || ok && !sameSpent(got.Spent, spends.Spent) || !ok && len(got.Spent) != 0 {
				t.Errorf("%v, %v, %d spent", ok, err, len(got.Spent))
			}
			if s := d.Skipped(); x.skipped == "" != (len(s) == 0) || x.skipped != "" && !strings.Contains(s[0].Reason, x.skipped) {
				t.Errorf("skipped %v", s)
			}
		})
	}
	d := open(t, folder(t, map[string][]byte{"block": b.raw}), blkfile.Options{Network: regtest(t)})
	if ok, err := d.FillSpent(wantChain(t, d, []block{b}).Refs[0], spends); ok || err != nil {
		t.Errorf("raw block: %v, %v", ok, err)
	}
}

// oneSpend is a block whose only transaction besides the coinbase has one input.
func oneSpend() *ledger.Block {
	return &ledger.Block{Txs: []ledger.Tx{{}, {FirstIn: 1}}, Ins: make([]ledger.In, 2)}
}

// TestUndoKnown reads undo data written by hand. The spent output is that of
// block 9 of mainnet, the first ever spent, in block 170. Compressed values
// are those of Bitcoin Core's src/test/compress_tests.cpp.
func TestUndoKnown(t *testing.T) {
	const (
		x     = "11db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5c"
		y     = "b2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3"
		spend = "4104" + x + y + "ac"
	)
	for _, c := range []struct {
		undo   string
		value  ledger.Amount
		script string
	}{
		{"0101" + "13" + "00" + "32" + "05" + x, 50e8, spend},
		{"0101" + "13" + "00" + "09" + "06", 1e8, ""},
		{"0101" + "13" + "00" + "07" + "06", 1e6, ""},
		{"0101" + "01" + "00" + "06", 0, ""}, // height 0: no version
		{"0101" + "13" + "01" + "8980dd40" + "06", 21_000_000e8, ""},
		{"0101" + "13" + "00" + "01" + "086a00", 1, "6a00"},
	} {
		b := oneSpend()
		if err := blkfile.ParseUndo(b, unhex(t, c.undo)); err != nil {
			t.Errorf("%s: %v", c.undo, err)
			continue
		}
		want := []ledger.SpentOut{{}, {Known: true, Value: c.value, Script: unhex(t, c.script)}}
		if !sameSpent(b.Spent, want) {
			t.Errorf("%s: %v, want %v", c.undo, b.Spent, want)
		}
	}
}

// TestUndoRefused reads undo data that is none.
func TestUndoRefused(t *testing.T) {
	for _, c := range []struct{ undo, want string }{
		{"", "bytes end"},
		{"00", "0 transactions besides the coinbase"},
		{"ffffffffffffffffff", "18446744073709551615 transactions"},
		{"0102", "2 spent outputs, the transaction has 1"},
		{"0101ffffffffffffffffffff00", "above 64 bits"},
		{"010113008980dd4a06", "above 21,000,000"},
		{"01011300010500", "bytes end"},
		{"010113000104ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not on the curve"},
		{"0101130001040000000000000000000000000000000000000000000000000000000000000005", "not on the curve"},
		{"0101130001cd1700", "above 10000"},
		{"010113000106" + "00", "1 bytes follow"},
	} {
		b := oneSpend()
		if err := blkfile.ParseUndo(b, unhex(t, c.undo)); err == nil || !strings.Contains(err.Error(), c.want) || len(b.Spent) != 0 {
			t.Errorf("%s: error %v, want %q", c.undo, err, c.want)
		}
	}
}

// TestUndoCut cuts undo data at every byte.
func TestUndoCut(t *testing.T) {
	rng := seeded(t)
	for range 20 {
		_, spends := mineSpending(t, rng, genesis(t))
		undo := appendUndo(nil, spends)
		if len(undo) > 5000 {
			continue
		}
		for n := range undo {
			b := *spends
			if err := blkfile.ParseUndo(&b, undo[:n]); err == nil {
				t.Fatalf("%x cut at %d: no error", undo, n)
			}
		}
		b := *spends
		b.Spent = nil
		if err := blkfile.ParseUndo(&b, undo); err != nil || !reflect.DeepEqual(len(b.Spent), len(spends.Spent)) {
			t.Fatal(err)
		}
	}
}

// TestRealKeys compresses the keys of early coinbases, which are all written
// uncompressed, and gets the same scripts back.
func TestRealKeys(t *testing.T) {
	d := open(t, unpack(t, dataDir(t, "blocks")), blkfile.Options{})
	branch, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	var dec bitcoin.Decoder
	var real ledger.Block
	keys := 0
	for _, ref := range branch.Refs[1:] {
		raw, err := d.ReadBlock(ref, nil)
		if err == nil {
			err = dec.Decode(&real, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range real.Outs {
			b := oneSpend()
			b.Spent = []ledger.SpentOut{{}, {Known: true, Value: out.Value, Script: real.Bytes(out.Script)}}
			want := slices.Clone(b.Spent)
			undo := appendUndo(nil, b)
			if err := blkfile.ParseUndo(b, undo); err != nil || !sameSpent(b.Spent, want) {
				t.Fatalf("block %v: %v, %v", ref.Hash, b.Spent, err)
			}
			keys += map[bool]int{true: 1}[len(want[1].Script) == 67 && len(undo) < 60]
		}
	}
	if keys < 400 {
		t.Errorf("%d uncompressed keys", keys)
	}
}
