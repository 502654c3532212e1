package chain_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/bench/chain"
)

// golden are the sha256 sums of the chain of 20,000 transactions, seed 1, as
// the generator wrote it on which the peers were measured (peers' figures are
// beside the code that prints them, in bench/report).
var golden = map[string]string{
	"blocks/blk00000.dat": "b397b4c98c77d84e13f6ad3c921a0970c35e68aee833899e92d738f503868b62",
	chain.EdgesFile:       "0c3508b4cdab5026f2d6dd6eb429b1d2e6f36876019a9b651530532115940d83",
	chain.EdgesCSVFile:    "e0644d5df1c2cf327ab1be4359ac9f2e75c759ac52ad39827f1399e3595a0ceb",
	chain.InAddrFile:      "474e8375d50dc378a02ce1aeceb9c6be9912b7732350d44c12915f4ba36b1bdd",
	chain.OutputsFile:     "7328bb47e32690098d695a9eac98a1146c30d45f3937c19fc7b765b45fd4a09c",
	chain.OwnersFile:      "1c0c2071311603ebc9fbc73e66f68243e15cbbd1edba55b0c6a25b7d7028072c",
	chain.TxIDsFile:       "eeac755edfe5bbb444e1b58a17353c93d78e3aae7b8bd285de28e8d2fa63ad2a",
}

func generate(t *testing.T, p chain.Params) (string, chain.Meta) {
	t.Helper()
	dir := t.TempDir()
	m, err := chain.Generate(context.Background(), dir, p)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func read(t *testing.T, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGolden(t *testing.T) {
	dir, m := generate(t, chain.Params{Txs: 20_000, Seed: 1, PerBlock: 2000, EdgesCSV: true})
	for name, want := range golden {
		sum := sha256.Sum256(read(t, dir, name))
		if have := hex.EncodeToString(sum[:]); have != want {
			t.Errorf("%s: sha256 %s, want %s", name, have, want)
		}
	}
	if m.SHA256 != golden["blocks/blk00000.dat"] {
		t.Errorf("description states %s", m.SHA256)
	}
	if m.Txs != 20_000 || m.Blocks != 46 || m.Inputs != 37_714 || m.Outputs != 49_150 ||
		m.Addresses != 33_052 || m.Wallets != 5847 || m.TotalOut != 1_405_968_386_936 || m.Bytes != 7_459_230 {
		t.Errorf("description: %+v", m)
	}
}

// TestTruthDescribesTheBlocks reads the blocks on its own and finds the truth
// files in them.
func TestTruthDescribesTheBlocks(t *testing.T) {
	dir, m := generate(t, chain.Params{Txs: 2000, Seed: 3, PerBlock: 100})
	blocks := read(t, dir, "blocks", "blk00000.dat")
	r := reader{t: t, b: blocks, ids: read(t, dir, chain.TxIDsFile),
		edges: read(t, dir, chain.EdgesFile), outs: read(t, dir, chain.OutputsFile)}
	for range m.Blocks {
		r.block()
	}
	if len(r.b) != 0 || r.tx != m.Txs || len(r.edges) != 0 || len(r.outs) != 0 {
		t.Errorf("left: %d bytes of blocks, %d of edges, %d of outputs, after %d txs", len(r.b), len(r.edges), len(r.outs), r.tx)
	}
}

// reader walks the blocks and eats what the truth says about them.
type reader struct {
	t                   *testing.T
	b, ids, edges, outs []byte
	tx                  int
	prev                [32]byte
}

func (r *reader) take(n int) []byte {
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *reader) count() int {
	if n := r.take(1)[0]; n < 0xfd {
		return int(n)
	}
	return int(binary.LittleEndian.Uint16(r.take(2)))
}

func (r *reader) block() {
	r.t.Helper()
	if r.u32() != 0xd9b4bef9 {
		r.t.Fatal("no magic")
	}
	end := len(r.b) - 4 - int(r.u32())
	if end < 0 {
		r.t.Fatal("a block is longer than its file")
	}
	header := r.take(80)
	if !bytes.Equal(header[4:36], r.prev[:]) {
		r.t.Fatalf("block of tx %d does not follow the one before it", r.tx)
	}
	r.prev = double(header)
	var ids [][32]byte
	for range r.count() {
		ids = append(ids, r.transaction())
	}
	if root := merkle(ids); !bytes.Equal(header[36:68], root[:]) {
		r.t.Fatalf("block up to tx %d: wrong merkle root", r.tx)
	}
	if len(r.b) != end {
		r.t.Fatalf("block up to tx %d: %d bytes left, want %d", r.tx, len(r.b), end)
	}
}

func (r *reader) transaction() [32]byte {
	start := r.b
	r.take(4)
	for vin := range r.count() {
		prev, vout := r.take(32), r.u32()
		r.take(r.count() + 4)
		if vout != 0xffffffff {
			r.checkEdge(prev, vout, vin)
		}
	}
	for vout := range r.count() {
		value, script := binary.LittleEndian.Uint64(r.take(8)), r.take(r.count())
		r.checkOutput(vout, value, script)
	}
	r.take(4)
	id := double(start[:len(start)-len(r.b)])
	if !bytes.Equal(id[:], r.ids[r.tx*32:][:32]) {
		r.t.Fatalf("tx %d: wrong id", r.tx)
	}
	r.tx++
	return id
}

func (r *reader) checkEdge(prev []byte, vout uint32, vin int) {
	e := chain.ParseEdge(r.edges)
	r.edges = r.edges[chain.EdgeSize:]
	if int(e.Dst) != r.tx || int(e.Vin) != vin || uint32(e.Vout) != vout || !bytes.Equal(r.ids[int(e.Src)*32:][:32], prev) {
		r.t.Fatalf("tx %d input %d: edge says %+v", r.tx, vin, e)
	}
}

func (r *reader) checkOutput(vout int, value uint64, script []byte) {
	o := chain.ParseOutput(r.outs)
	r.outs = r.outs[chain.OutputSize:]
	if int(o.Tx) != r.tx || int(o.Vout) != vout || uint64(o.Value) != value || !bytes.Equal(chain.Script(o.Addr), script) {
		r.t.Fatalf("tx %d output %d: truth says %+v", r.tx, vout, o)
	}
}

func double(b []byte) [32]byte {
	h := sha256.Sum256(b)
	return sha256.Sum256(h[:])
}

// merkle is the definition, written as a recursion.
func merkle(ids [][32]byte) [32]byte {
	if len(ids) == 1 {
		return ids[0]
	}
	if len(ids)%2 == 1 {
		ids = append(slices.Clip(ids), ids[len(ids)-1])
	}
	var up [][32]byte
	for i := 0; i < len(ids); i += 2 {
		up = append(up, double(append(ids[i][:], ids[i+1][:]...)))
	}
	return merkle(up)
}

func TestEnsureReusesOnlyTheWholeSameChain(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	p := chain.Params{Txs: 3000, Seed: 5, PerBlock: 100}
	ensure := func(p chain.Params, wantReused bool) chain.Meta {
		t.Helper()
		m, reused, err := chain.Ensure(ctx, dir, p)
		if err != nil || reused != wantReused {
			t.Fatalf("reused %v, want %v; error %v", reused, wantReused, err)
		}
		return m
	}
	first := ensure(p, false)
	if again := ensure(p, true); again.SHA256 != first.SHA256 {
		t.Error("another chain")
	}
	p.EdgesCSV = true
	ensure(p, false)
	ensure(p, true)
	if err := os.Truncate(filepath.Join(dir, chain.EdgesFile), 12); err != nil {
		t.Fatal(err)
	}
	ensure(p, false)
	p.Seed++
	if other := ensure(p, false); other.SHA256 == first.SHA256 {
		t.Error("the seed changes nothing")
	}
}

func TestGenerateStopsAndLeavesNoDescription(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if _, err := chain.Generate(ctx, dir, chain.Defaults()); !errors.Is(err, context.Canceled) {
		t.Fatalf("have error %v", err)
	}
	if _, err := chain.ReadMeta(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("have error %v", err)
	}
}

func TestGenerateRefusesParams(t *testing.T) {
	for _, c := range []struct {
		p    chain.Params
		want string
	}{
		{chain.Params{Txs: 0, PerBlock: 10}, "number of transactions 0"},
		{chain.Params{Txs: 1 << 29, PerBlock: 10}, "number of transactions"},
		{chain.Params{Txs: 10, PerBlock: 0}, "transactions per block 0"},
		{chain.Params{Txs: 10, PerBlock: 10_001}, "transactions per block"},
		{chain.Params{Txs: 1 << 28, PerBlock: 1}, "blocks"},
	} {
		_, err := chain.Generate(context.Background(), t.TempDir(), c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: have error %v, want %q", c.p, err, c.want)
		}
	}
}
