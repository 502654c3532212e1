package flat_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// goldenChain has every kind of row: unknown inputs with and without a stated
// value, an account that only an unknown input names, a list that is long
// enough for both skips, spent and unspent outputs.
func goldenChain() string {
	return `
first 100
c1 coinbase       -> miner:5000
t1 theft:10 old:4 -> a:7 b:3 a:4
block
t2 a:7 clean:3    -> c:9 burn:1
t3 lost:2?        -> b:1
block
c3 coinbase       -> miner:0
t4 c1:0           ` + "-> hot:1" + strings.Repeat(" hot:1", 4200) + `
t5 c:9 b:3        -> a:11
`
}

// golden is the SHA-256 of the committed bytes of each column after that chain.
// They are the same on every machine, for every key. If one changes, the format
// has changed: give it a new number.
var golden = map[string]string{
	"accounts.head":    "d29c6452d1f3f8c6528c2cfac85422c9d901ef5c3fbaf9dbdba41124d9887bc1",
	"accounts.script":  "97e132e4f1ef31f334858e4158b1d6541aac370fb4ae2bef348920c38932e124",
	"blocks.end":       "01993e568acf6b25bb342b3e57281333176ae3ab9e78f0c1a5d18ca6b71c2204",
	"blocks.hash":      "6ac6838b2604150463b309947e650cbbf17eea07dace9850c61ebddd6635b751",
	"blocks.header":    "db9b8058b4ab0d0a1e3c464c86031851ebcfbf22a78a60688331c2d7cfa3801c",
	"blocks.sum":       "14fee50c7d2ab6bbeb2e9050223e72a82d3b502321bad9f950bc275d73c42fd3",
	"heap":             "dced2e3d9d08da8592a047c375916fd79e3f76ec9d287d0219f0e9a9d29109e9",
	"ins.out":          "9ba3f4c81db294e5523ff07a3147f646e27ef96eed7c5bae4438c976af27f6c3",
	"outs.account":     "07e241db3c7e65a48c3b01c0c9d5f6a84c65a2676cbecb4ecf3cb70fca9b3ae1",
	"outs.prev":        "45b7f2f9ada4326979a100158475f98ab9c6e8e0da0fe4083532ba9442a98c81",
	"outs.spender":     "9d4464fb580a753572cf36be6bb7f0e07fdd8a45e4c92833102d631aa3378734",
	"outs.value":       "f9ce8d8ed8918faa51550ffea3a75f01de2a27a0a3ecfb308ec91e1a8dc0f3ab",
	"skips":            "759f6a5fa199499a14c41fb6ef1b5e4f2018e33577fbdb8dfa0414980e42d4b3",
	"txs.id":           "245e4d341fc0b1ca0395ed7efb49b4507e0e394a188d76cfe4bce41ac18af608",
	"txs.in":           "e3f33bfd28d0321d2e73dba531175b8d9d11559ff6ba3903f4d2574a4b79842b",
	"txs.out":          "6177b76e543326c1faf4cf9748ce52efcb4a2fc4f349b33d2e756f107f6a1cdf",
	"txs.traits":       "4797529b6ce4a87b0a596ad801a54f3d1fc424f09ff4427cb4339c503c74a0df",
	"txs.weight":       "ccf31ed9e7cbcf677fead94d78cc99966a19e7450bb2d3f7cd7c98f1f474fb3f",
	"unknowns.account": "5c9504ddd864aa52cfce8f35dba3c5b34647bb4eef2d0a0e84dbd406e19171d2",
	"unknowns.in":      "58303659d0737f4cc52fd18d013e4b299367cc47c3f34fcbc67b89cc2787bbe4",
	"unknowns.prev":    "4c065e2aed6605d78ab6e4596f29b7c973c92d2fbded3ce16546ec84ffb03618",
	"unknowns.value":   "3ca18ef44c1c7b3772127a7f1b123e85517a5f975f4a725f3c13104ac94dab3c",
}

// TestGoldenRows pins the bytes of rows and cells.
func TestGoldenRows(t *testing.T) {
	w, err := launder.Parse(goldenChain())
	if err != nil {
		t.Fatal(err)
	}
	rows := fresh(t, w, w.Chain())
	for _, name := range names(rows) {
		sum := sha256.Sum256(rows[name])
		if have := hex.EncodeToString(sum[:]); have != golden[name] {
			t.Errorf("%s: %d bytes with SHA-256\n%q: %q, pinned is %q", name, len(rows[name]), name, have, golden[name])
		}
	}
	for name := range golden {
		if rows[name] == nil {
			t.Errorf("%s is pinned and not there", name)
		}
	}
}

// goldenRecord is flat.ForTestRecord as a slot.
const goldenRecord = "" +
	"636c6577666c6174010000000100000007000000000000000400000000000000" + // magic, format, flags, sequence, generation
	"1e000000000000001f00000000000000200000000000000021000000000000002200000000000000" + // C
	"23000000000000002400000000000000250000000000000026000000000000002700000000000000" +
	"14000000000000001500000000000000160000000000000017000000000000001800000000000000" + // H
	"19000000000000001a000000000000001b000000000000001c000000000000001d00000000000000" +
	"280000000000000029000000000000002a000000000000002b000000000000002c00000000000000" + // U
	"2d000000000000002e000000000000002f0000000000000030000000000000003100000000000000" +
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf030000000800000002000000090000006400000000000000" + // key, indexes, first height, zero
	"00000000000000000000000000000000000000000000000000000000000000ff" + // tip
	"6269703132323a30663931383866313363623762326337316632613333356533613466633332380000000000000000000000000000000000" + // chain
	"726567746573740000000000000000000000000000000000000000000000000000000000000000000000000000000000" + // network, zeros
	"912a0859bc7590af587ec96a7c5abac855bc9c48584ee096b427838b0f709c18" // sum

// TestGoldenRecord pins the bytes of a record.
func TestGoldenRecord(t *testing.T) {
	if have := hex.EncodeToString(flat.ForTestRecord()); have != goldenRecord {
		t.Errorf("a record is\n%s\npinned is\n%s", have, goldenRecord)
	}
}

// TestGoldenMeaning reads some of these bytes as docs/format/flat.md draws them.
func TestGoldenMeaning(t *testing.T) {
	w, err := launder.Parse(goldenChain())
	if err != nil {
		t.Fatal(err)
	}
	rows := fresh(t, w, w.Chain())
	row40 := func(name string, i int) uint64 {
		var b [8]byte
		copy(b[:5], rows[name][5*i:])
		return binary.LittleEndian.Uint64(b[:])
	}
	row64 := func(name string, i int) uint64 { return binary.LittleEndian.Uint64(rows[name][8*i:]) }
	// Transactions: c1 0, t1 1, a coinbase 2, t2 3, t3 4, c3 5, t4 6, t5 7.
	// Outputs: c1 0, t1 1 to 3, 4, t2 5 and 6, t3 7, c3 8, t4 9 to 4209, t5 4210.
	const last = 4209
	values := []struct {
		what       string
		have, want uint64
	}{
		{"the coinbase's input", row40("ins.out", 0), 1<<40 - 1},
		{"t1's first input, unknown 0", row40("ins.out", 1), 1 << 39},
		{"t2's first input, a:7", row40("ins.out", 4), 1},
		{"the value that nobody states", row64("unknowns.value", 3), 1<<64 - 1},
		{"and its account", row40("unknowns.account", 3), 1<<40 - 1},
		{"the input of unknown 0", row40("unknowns.in", 0), 1},
		{"t4's end of outputs", row40("txs.out", 7), last + 1},
		{"spender of c1:0 is t4", row64("outs.spender", 0), 6 + 1},
		{"spender of a:4, unspent", row64("outs.spender", 3), 0},
		{"the last of hot comes after the one before, at place 4,200", row64("outs.prev", last), last | 4200<<40},
		{"hot's head", row64("accounts.head", int(row40("outs.account", last))), last + 1},
		{"the last skip is of place 4,160", row40("skips", 3*64), 9 + 4160},
		{"64 back", row40("skips", 3*64+1), 9 + 4096 + 1},
		{"no more", row40("skips", 3*64+2), 0},
		{"the one before is of place 4,096, and leads to the first", row40("skips", 3*63+2), 9 + 1},
		{"bytes of the heap after the first block", row64("blocks.end", 7+5), row40("accounts.script", int(row64("blocks.end", 7+4)))},
	}
	for _, v := range values {
		if v.have != v.want {
			t.Errorf("%s: %#x, want %#x", v.what, v.have, v.want)
		}
	}
}
