package evm_test

import (
	"archive/tar"
	"bytes"
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

// cut are recordings of one transaction of a block of many, which no hash can
// vouch for: they are refused, and the place is named.
var cut = map[string]string{
	"raw_block_cryptopunks_assign.json":       "transaction 0: says that it is number 19",
	"raw_block_cryptopunks_punkbought.json":   "transaction 0: says that it is number 414",
	"raw_block_cryptopunks_punktransfer.json": "transaction 0: says that it is number 108",
}

const wantRecorded = 18

// TestRecordedBlocks decodes answers of real nodes, and all that headers commit
// to must be recomputed.
func TestRecordedBlocks(t *testing.T) {
	blocks := chainstorage(t)
	if len(blocks) != wantRecorded {
		t.Errorf("%d blocks, want %d", len(blocks), wantRecorded)
	}
	for _, r := range blocks {
		var b evm.Block
		decoder := evm.NewDecoder(r.chain)
		decoder.CheckSenders = true
		err := decoder.Decode(&b, r.answers)
		if want := cut[r.name]; want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", r.name, err, want)
			}
			continue
		}
		const all = evm.CheckedHeader | evm.CheckedTransactions | evm.CheckedReceipts | evm.CheckedWithdrawals | evm.CheckedBlooms | evm.CheckedSenders
		if err != nil || b.Checked != all {
			t.Errorf("%s: checked %b: %v", r.name, b.Checked, err)
		}
		checkSigned(t, r.name, &b)
		checkUnknown(t, r.name, &b)
		checkForms(t, r, &b)
	}
}

// checkSigned wants the sender of every transaction recovered, but of those that
// nobody signs.
func checkSigned(t *testing.T, name string, b *evm.Block) {
	for i := range b.Txs {
		if x := &b.Txs[i]; !x.Signed && !x.StateSync && x.Type != evm.TypeDeposit {
			t.Errorf("%s: the sender of transaction %d is not recovered", name, i)
		}
	}
}

// TestWrongSender has a node say in all its answers that another account sent a
// transaction: what it says agrees, and only the signature tells.
func TestWrongSender(t *testing.T) {
	for _, r := range chainstorage(t) {
		if r.name != "raw_block_468179.json" {
			continue
		}
		const from, other = "0x3031c59bec7917ec9bf943798a2255c70a73c197", "0x1111111111111111111111111111111111111111"
		for _, raw := range []*[]byte{&r.answers.Block, &r.answers.Receipts, &r.answers.Traces} {
			*raw = bytes.ReplaceAll(*raw, []byte(from), []byte(other))
		}
		decoder := evm.NewDecoder(r.chain)
		if err := decoder.Decode(&evm.Block{}, r.answers); err != nil {
			t.Errorf("believed: %v", err)
		}
		decoder.CheckSenders = true
		if err := decoder.Decode(&evm.Block{}, r.answers); err == nil || !strings.Contains(err.Error(), "transaction 0: was signed by 0x") {
			t.Errorf("recovered: %v", err)
		}
	}
}

// checkUnknown wants something unknown only where the node did not say it.
func checkUnknown(t *testing.T, name string, b *evm.Block) {
	for i := range b.Txs {
		if u := b.Txs[i].Unknown; u != 0 && !b.Txs[i].StateSync {
			t.Errorf("%s: transaction %d: unknown %b", name, i, u)
		}
	}
}

// checkForms writes the traces of callTracer again as trace_block would give
// them: the moves must be the same, one for one.
func checkForms(t *testing.T, r recorded, b *evm.Block) {
	if len(r.answers.Traces) == 0 {
		return
	}
	a := r.answers
	a.Traces = flatten(t, a.Traces)
	var flat evm.Block
	if err := evm.NewDecoder(r.chain).Decode(&flat, a); err != nil {
		t.Errorf("%s: flat: %v", r.name, err)
		return
	}
	if !slices.Equal(flat.Moves, b.Moves) || !slices.Equal(flat.Events, b.Events) {
		t.Errorf("%s: the forms of traces give other moves", r.name)
	}
}

// call is a frame as callTracer gives it.
type call struct {
	Type, From, To, Value, Error string
	Calls                        []call
}

// flatten turns an answer of callTracer into one of trace_block, in an order
// that nothing promises.
func flatten(tb testing.TB, raw []byte) []byte {
	if len(raw) == 0 {
		return nil
	}
	var traced []struct{ Result *call }
	if err := json.Unmarshal(raw, &traced); err != nil {
		tb.Fatal(err)
	}
	frames := []object{}
	for i, e := range traced {
		if e.Result != nil {
			frames = append(frames, flattenCall(e.Result, i, []int{})...)
		}
	}
	slices.Reverse(frames)
	return marshal(tb, frames)
}

func flattenCall(c *call, tx int, at []int) []object {
	value := c.Value
	if value == "" {
		value = "0x0"
	}
	f := object{"type": "call", "subtraces": len(c.Calls), "traceAddress": at, "transactionPosition": tx}
	action := object{"callType": strings.ToLower(c.Type), "from": c.From, "to": c.To, "value": value}
	switch c.Type {
	case "CREATE", "CREATE2":
		f["type"] = "create"
		if c.Error == "" {
			f["result"] = object{"address": c.To}
		}
		action = object{"from": c.From, "value": value}
	case "SELFDESTRUCT":
		f["type"] = "suicide"
		action = object{"address": c.From, "refundAddress": c.To, "balance": value}
	}
	if c.From == "" {
		delete(action, "address")
		delete(action, "refundAddress")
	}
	if c.Error != "" {
		f["error"] = c.Error
	}
	f["action"] = action
	frames := []object{f}
	for i := range c.Calls {
		frames = append(frames, flattenCall(&c.Calls[i], tx, append(slices.Clone(at), i))...)
	}
	return frames
}
