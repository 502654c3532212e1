package evm_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
)

// archive reads the files of an archive of the test data, by name.
func archive(tb testing.TB, name string) map[string][]byte {
	data := os.Getenv("CLEW_DATA")
	if data == "" {
		tb.Skip("no recorded answers: set CLEW_DATA to a folder that holds nodes and bridges")
	}
	f, err := os.Open(filepath.Join(data, name))
	if err != nil {
		tb.Skipf("no recorded answers in CLEW_DATA: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err == nil && h.Typeflag == tar.TypeReg && !strings.HasPrefix(path.Base(h.Name), "._") {
			files[h.Name], err = io.ReadAll(r)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// recorded is a block with the answers that were recorded of it.
type recorded struct {
	name    string
	chain   *evm.Chain
	answers evm.Answers
}

// chainstorage reads the blocks that were kept as a node answered them: the
// header, and receipts and traces by transaction, in base64.
func chainstorage(tb testing.TB) (blocks []recorded) {
	files := archive(tb, "nodes/chainstorage.tar.gz")
	chains := map[string]uint64{"MAINNET": 1, "GOERLI": 1, "ETHEREUM": 1, "POLYGON": 137, "BASE": 8453}
	for _, name := range sorted(files) {
		var file struct {
			Blockchain string
			Ethereum   *struct {
				Header                                 []byte
				TransactionReceipts, TransactionTraces [][]byte
			}
		}
		if !strings.Contains(path.Base(name), "raw") || json.Unmarshal(files[name], &file) != nil || file.Ethereum == nil {
			continue
		}
		chain, ok := evm.ChainByID(chains[strings.TrimPrefix(file.Blockchain, "BLOCKCHAIN_")])
		if !ok {
			continue
		}
		e := file.Ethereum
		a := evm.Answers{Block: e.Header, Receipts: list("", e.TransactionReceipts, "")}
		if len(e.TransactionTraces) > 0 {
			a.Traces = list(`{"result":`, e.TransactionTraces, "}")
		}
		blocks = append(blocks, recorded{path.Base(name), chain, a})
	}
	return blocks
}

// list returns elements as a JSON list.
func list(before string, elements [][]byte, after string) []byte {
	var out []byte
	for i, e := range elements {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, before...), e...), after...)
	}
	return append(append([]byte{'['}, out...), ']')
}

func sorted(files map[string][]byte) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestRecordedBlocks(t *testing.T) {
	for _, r := range chainstorage(t) {
		var b evm.Block
		err := evm.NewDecoder(r.chain).Decode(&b, r.answers)
		t.Logf("%s: %d %d txs %d logs %d moves checked %b uncles %d: %v", r.name, b.Number, len(b.Txs), len(b.Logs), len(b.Moves), b.Checked, b.UnclesUnpaid, err)
	}
}
