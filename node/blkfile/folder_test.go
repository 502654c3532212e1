package blkfile_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// block is a block of a made-up chain of the regression test network.
type block struct {
	raw        []byte
	hash, prev ledger.Hash
	height     ledger.Height
}

func regtest(t testing.TB) *bitcoin.Network {
	t.Helper()
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// genesis is block 0 of the regression test network.
func genesis(t testing.TB) block {
	t.Helper()
	const note = "\x04\xff\xff\x00\x1d\x01\x04\x45The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
	key := unhex(t, "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac")
	tx := bitcoin.RawTx{Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn([]byte(note))}, Outs: []bitcoin.RawOut{{Value: 50e8, Script: key}}}
	raw := bitcoin.AppendBlock(nil, bitcoin.Header{Version: 1, Time: 1296688602, Bits: easyBits, Nonce: 2}, []bitcoin.RawTx{tx})
	b := block{raw: raw, hash: bitcoin.HashHeader(raw)}
	if b.hash != regtest(t).Genesis {
		t.Fatalf("genesis block hashes to %v", b.hash)
	}
	return b
}

// mine makes a block on another one, with proof of work. Salt tells siblings
// apart; extra are transactions besides the coinbase.
func mine(on block, salt string, extra ...bitcoin.RawTx) block {
	coinbase := bitcoin.RawTx{
		Version: 1,
		Ins:     []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(on.height+1, []byte(salt)))},
		Outs:    []bitcoin.RawOut{{Value: 50e8, Script: []byte{0x51}}},
	}
	h := bitcoin.Header{Version: 4, Prev: on.hash, Time: 1296688602 + 600*uint32(on.height+1), Bits: easyBits}
	raw := bitcoin.AppendBlock(nil, h, append([]bitcoin.RawTx{coinbase}, extra...))
	regtest, _ := bitcoin.NetworkByName("regtest")
	for bitcoin.CheckPow(bitcoin.HashHeader(raw), easyBits, regtest) != nil {
		h.Nonce++
		binary.LittleEndian.PutUint32(raw[76:], h.Nonce)
	}
	return block{raw: raw, hash: bitcoin.HashHeader(raw), prev: on.hash, height: on.height + 1}
}

// mineChain makes n blocks, the first on top of another block.
func mineChain(on block, n int, salt string) []block {
	var bs []block
	for range n {
		on = mine(on, salt)
		bs = append(bs, on)
	}
	return bs
}

// chainFrom makes the genesis block and n-1 blocks on it.
func chainFrom(t testing.TB, n int) []block {
	g := genesis(t)
	return append([]block{g}, mineChain(g, n-1, "main")...)
}

// records writes blocks as Core does.
func records(magic uint32, bs ...block) (file []byte) {
	for _, b := range bs {
		file = binary.LittleEndian.AppendUint32(file, magic)
		file = binary.LittleEndian.AppendUint32(file, uint32(len(b.raw)))
		file = append(file, b.raw...)
	}
	return file
}

func regtestRecords(bs ...block) []byte { return records(0xdab5bffa, bs...) }

// masked obfuscates a file as Core >= 28 does.
func masked(file []byte, key string) []byte {
	out := make([]byte, len(file))
	for i, b := range file {
		out[i] = b ^ key[i%8]
	}
	return out
}

// folder writes files into a new folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		writeFile(t, dir, name, b)
	}
	return dir
}

func hashesOf(bs []block) (hs []ledger.Hash) {
	for _, b := range bs {
		hs = append(hs, b.hash)
	}
	return hs
}

func refHashes(refs []blkfile.Ref) (hs []ledger.Hash) {
	for _, r := range refs {
		hs = append(hs, r.Hash)
	}
	return hs
}

// wantChain checks that the best branch is the given blocks, byte for byte.
func wantChain(t testing.TB, d *blkfile.Dir, want []block) blkfile.Branch {
	t.Helper()
	b, err := d.Best(nil)
	if err != nil {
		t.Fatalf("%v; skipped %v", err, d.Skipped())
	}
	if got, want := fmt.Sprint(refHashes(b.Refs)), fmt.Sprint(hashesOf(want)); got != want {
		t.Fatalf("branch %s\nwant   %s\nskipped %v %v", got, want, d.Skipped(), b.Skipped)
	}
	for i, ref := range b.Refs {
		raw, err := d.ReadBlock(ref, []byte("kept"))
		if err != nil || string(raw) != "kept"+string(want[i].raw) {
			t.Fatalf("block %d: bytes differ, %v", i, err)
		}
	}
	return b
}

// wantSkipped checks the complaints: each want is "file:offset: reason".
func wantSkipped(t testing.TB, got []blkfile.Skipped, want ...string) {
	t.Helper()
	text := make([]string, len(got))
	for i, s := range got {
		text[i] = fmt.Sprintf("%s:%d: %s", s.File, s.Offset, s.Reason)
	}
	if fmt.Sprintf("%q", text) != fmt.Sprintf("%q", append([]string{}, want...)) {
		t.Errorf("skipped %q\nwant    %q", text, want)
	}
}

// seeded returns random numbers whose seed is printed.
func seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 2))
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
