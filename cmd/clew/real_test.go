package main

import (
	"bytes"
	"compress/bzip2"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"clew.example/clew/report/lookup"
	"clew.example/clew/sim/launder"
)

// realData returns a folder of $CLEW_DATA, and skips the test where it is not.
func realData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("CLEW_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real blocks: $CLEW_DATA is unset or has no %s", name)
	}
	return dir
}

// clew runs a command line in this process and returns its code and what it
// wrote.
func clew(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, env{Out: &out, Err: &err, Getenv: func(string) string { return "" }})
	return code, out.String(), err.String()
}

// ask runs a command line that must succeed and returns its JSON.
func ask(t *testing.T, args ...string) map[string]any {
	t.Helper()
	code, out, errs := clew(append(args, "--json")...)
	if code != exitOK {
		t.Fatalf("%v exits %d: %s", args, code, errs)
	}
	var answer map[string]any
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return answer
}

// sameJSON compares fields of an answer, as they print.
func sameJSON(t *testing.T, answer map[string]any, want string) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(want), &fields); err != nil {
		t.Fatal(err)
	}
	for key, value := range fields {
		if fmt.Sprint(answer[key]) != fmt.Sprint(value) {
			t.Errorf("%s is %v, want %v", key, answer[key], value)
		}
	}
}

// The counts of the 25 blocks were made with btcd's parser.
const (
	realBlocks = "bitcoin/mainnet-560062-560086"
	realIngest = `{"schema":"clew.ingest/1","blocks_added":25,"blocks_known":0,"stale":0,"skipped":[],
		"tip":{"height":560086,"hash":"000000000000000000267b9d1b9d0bfcb95809f4dc9cfb30a732cf23f171990d"}}`
	realLedger = `{"schema":"clew.ledger/1","chain":"bip122:000000000019d6689c085ae165831e93","network":"mainnet",
		"first_height":560062,"blocks":25,"txs":68047,"inputs":136664,"inputs_unknown":73206,"outputs":162406,"format":1}`
)

func TestRealBlocks(t *testing.T) {
	blocks, l := realData(t, realBlocks), t.TempDir()
	sameJSON(t, ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l), realIngest)
	sameJSON(t, ask(t, "ledger", "show", "--ledger", l), realLedger)
	again := ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
	sameJSON(t, again, `{"blocks_added":0,"blocks_known":25,"stale":0,"skipped":[]}`)
	sameJSON(t, ask(t, "ledger", "show", "--ledger", l), realLedger)
	sameJSON(t, ask(t, "ledger", "check", "--ledger", l), `{"ok":true,"strict":true,"damages":[]}`)
}

// TestRealPeel walks a peel chain by the command's own answers: each
// transaction spends the larger output of the one before it.
func TestRealPeel(t *testing.T) {
	blocks, l := realData(t, realBlocks), t.TempDir()
	ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
	txid, steps := "0f8c45e0cb1203bf7b6f2e484b3cc6f0d2887bfcdcc8acf42f4505934c9dbd34", 0
	for txid != "" {
		_, out, _ := clew("tx", "bitcoin:"+txid, "--ledger", l, "--json")
		var tx lookup.Tx
		if err := json.Unmarshal([]byte(out), &tx); err != nil {
			t.Fatal(err)
		}
		if len(tx.Inputs) != 1 || len(tx.Outputs) != 2 {
			break
		}
		steps++
		larger := &tx.Outputs[0]
		if o := &tx.Outputs[1]; len(o.Value) > len(larger.Value) || len(o.Value) == len(larger.Value) && o.Value > larger.Value {
			larger = o
		}
		if txid = ""; larger.SpentBy != nil {
			txid = larger.SpentBy.TxID
		}
	}
	if steps != 173 {
		t.Errorf("the peel chain has %d transactions, want 173", steps)
	}
}

// TestRealShuffled names the files in another order.
func TestRealShuffled(t *testing.T) {
	blocks, l, dir := realData(t, realBlocks), t.TempDir(), t.TempDir()
	files, err := filepath.Glob(filepath.Join(blocks, "*"))
	if err != nil {
		t.Fatal(err)
	}
	launder.Shuffle(7, files)
	for i, f := range files {
		copyFile(t, f, filepath.Join(dir, fmt.Sprintf("%02d", i)))
	}
	sameJSON(t, ask(t, "ingest", "bitcoin", "--blocks", dir, "--ledger", l), realIngest)
	sameJSON(t, ask(t, "ledger", "show", "--ledger", l), realLedger)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRealAltered cuts and alters one of the real files: it is named, what
// comes before it is in.
func TestRealAltered(t *testing.T) {
	blocks := realData(t, realBlocks)
	alter := map[string]func([]byte) []byte{
		"cut to half":   func(b []byte) []byte { return b[:len(b)/2] },
		"one byte less": func(b []byte) []byte { return b[:len(b)-1] },
		"one byte more": func(b []byte) []byte { return append(b, 0) },
		"bit in a body": func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"bit in header": func(b []byte) []byte { b[70] ^= 4; return b },
		"empty":         func(b []byte) []byte { return nil },
	}
	for name, f := range alter {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			bad := copyAltered(t, blocks, dir, f)
			code, out, _ := clew("ingest", "bitcoin", "--blocks", dir, "--ledger", filepath.Join(dir, "L"), "--json")
			if code != exitInput {
				t.Errorf("exits %d", code)
			}
			var a ingestAnswer
			if err := json.Unmarshal([]byte(out), &a); err != nil {
				t.Fatal(err)
			}
			named := false
			for _, s := range a.Skipped {
				named = named || s.File == bad && s.Reason != ""
			}
			if !named || a.Added == 0 {
				t.Errorf("added %d, skipped %v, want %s in it", a.Added, a.Skipped, bad)
			}
		})
	}
}

// copyAltered copies a folder of blocks with one file altered, and returns the
// name of that file: the one in the middle by name.
func copyAltered(t *testing.T, from, to string, alter func([]byte) []byte) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Base(files[len(files)/2])
	for _, f := range files {
		copyFile(t, f, filepath.Join(to, filepath.Base(f)))
	}
	b, err := os.ReadFile(filepath.Join(to, bad))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, bad), alter(b), 0o644); err != nil {
		t.Fatal(err)
	}
	return bad
}

// TestRealEras takes in single blocks of several eras, each into a ledger of
// its own.
func TestRealEras(t *testing.T) {
	dir := realData(t, "bitcoin/blocks")
	for file, c := range map[string]struct {
		args []string
		tip  string
	}{
		"block169482.dat":         {[]string{"--first-height", "169482"}, "169482"},
		"block227835.dat":         {[]string{"--first-height", "227835"}, "227835"},
		"block227836.dat":         {[]string{"--first-height", "227836"}, "227836"},
		"block333961.bin":         {nil, "333961"},
		"block363703.dat":         {nil, "363703"},
		"block370661.dat":         {nil, "370661"},
		"block383616.dat":         {nil, "383616"},
		"block481815.dat":         {nil, "481815"},
		"block_testnet21066.dat":  {[]string{"--network", "testnet", "--first-height", "21066"}, "21066"},
		"block_testnet32768.dat":  {[]string{"--network", "testnet"}, "32768"},
		"block_testnet700000.dat": {[]string{"--network", "testnet"}, "700000"},
		"first-439-blocks.dat":    {nil, "438"},
	} {
		t.Run(file, func(t *testing.T) {
			blocks, l := t.TempDir(), t.TempDir()
			copyFile(t, filepath.Join(dir, file), filepath.Join(blocks, file))
			a := ask(t, append([]string{"ingest", "bitcoin", "--blocks", blocks, "--ledger", l}, c.args...)...)
			if tip := fmt.Sprint(a["tip"].(map[string]any)["height"]); tip != c.tip {
				t.Errorf("tip %s, want %s", tip, c.tip)
			}
			sameJSON(t, ask(t, "ledger", "check", "--ledger", l), `{"ok":true}`)
		})
	}
}

// TestRealPacked takes in the files that are packed: a block of 2014, the
// first 255 blocks after the genesis block, and a chain with reorganisations.
func TestRealPacked(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{"bitcoin/blocks/277647.dat.bz2"}, `{"blocks_added":1,"stale":0,"skipped":[]}`},
		{[]string{"bitcoin/blocks/blocks1-256.bz2"}, `{"blocks_added":255,"stale":0,"skipped":[]}`},
		{[]string{"bitcoin/reorg/blk_0_to_4.dat.bz2"}, `{"blocks_added":5,"stale":0,"skipped":[]}`},
		{[]string{"bitcoin/reorg/blk_0_to_4.dat.bz2", "bitcoin/reorg/blk_3A.dat.bz2", "bitcoin/reorg/blk_4A.dat.bz2",
			"bitcoin/reorg/blk_5A.dat.bz2"}, `{"blocks_added":6,"stale":2,"skipped":[]}`},
	} {
		blocks, l := t.TempDir(), t.TempDir()
		for i, f := range c.files {
			unpack(t, f, filepath.Join(blocks, fmt.Sprintf("%02d", i)))
		}
		sameJSON(t, ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l), c.want)
		sameJSON(t, ask(t, "ledger", "check", "--ledger", l), `{"ok":true}`)
	}
}

// unpack writes a packed file of $CLEW_DATA to another.
func unpack(t *testing.T, name, to string) {
	t.Helper()
	b, err := os.ReadFile(realData(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(bzip2.NewReader(bytes.NewReader(b))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRealReorg lets the branch come later, block by block: the ledger is cut
// where it leaves, as soon as it has more work.
func TestRealReorg(t *testing.T) {
	blocks, l := t.TempDir(), t.TempDir()
	for i, c := range []struct{ file, want string }{
		{"bitcoin/reorg/blk_0_to_4.dat.bz2", `{"blocks_added":5,"blocks_known":0,"stale":0}`},
		{"bitcoin/reorg/blk_3A.dat.bz2", `{"blocks_added":0,"blocks_known":5,"stale":1}`},
		{"bitcoin/reorg/blk_4A.dat.bz2", ``}, // equal work: the smaller hash decides
		{"bitcoin/reorg/blk_5A.dat.bz2", `{"stale":2}`},
	} {
		unpack(t, c.file, filepath.Join(blocks, fmt.Sprintf("%02d", i)))
		a := ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
		if c.want != "" {
			sameJSON(t, a, c.want)
		}
		sameJSON(t, ask(t, "ledger", "check", "--ledger", l), `{"ok":true}`)
	}
	sameJSON(t, ask(t, "ledger", "show", "--ledger", l), `{"blocks":6}`)
}
