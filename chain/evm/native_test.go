package evm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// native is a block that was kept in a form of its own: numbers in decimal, and
// zeros left out. It is written again as a node would have answered it, with
// traces as trace_block gives them, and it states the token transfers that
// another decoder found.
type native struct {
	recorded
	transfers []string
}

type object = map[string]any

var chainNames = map[string]uint64{"ETHEREUM": 1, "OPTIMISM": 10, "POLYGON": 137, "BASE": 8453, "ARBITRUM": 42161, "AVACCHAIN": 43114}

func natives(tb testing.TB) (blocks []native) {
	files := archive(tb, "nodes/chainstorage.tar.gz")
	for _, name := range sorted(files) {
		var file struct {
			Blockchain, Network string
			Ethereum            *struct {
				Header       object
				Transactions []object
			}
		}
		// The fixtures of other chains' forms do not decode into this one.
		if !strings.Contains(path.Base(name), "native_block") || json.Unmarshal(files[name], &file) != nil || file.Ethereum == nil || file.Ethereum.Header["miner"] == nil {
			continue
		}
		chain, ok := evm.ChainByID(chainNames[strings.TrimPrefix(file.Blockchain, "BLOCKCHAIN_")])
		if !ok {
			continue
		}
		n := native{recorded: recorded{path.Base(name), chain, evm.Answers{}}}
		n.answers, n.transfers = restore(tb, file.Ethereum.Header, file.Ethereum.Transactions)
		blocks = append(blocks, n)
	}
	return blocks
}

// zeros are the fields that are left out where they are 0.
var zeros = map[string][]string{
	"header":  {"number", "gasUsed", "gasLimit", "difficulty", "timestamp"},
	"tx":      {"nonce", "gas", "value", "gasPrice", "transactionIndex", "type"},
	"receipt": {"transactionIndex", "cumulativeGasUsed", "gasUsed", "blockNumber"},
	"log":     {"logIndex", "transactionIndex"},
}

// restored returns an object with its zeros, and its decimal strings as
// numbers; texts keep what is not a number.
func restored(o object, kind string, texts ...string) object {
	out := maps.Clone(o)
	for _, z := range zeros[kind] {
		if out[z] == nil {
			out[z] = "0"
		}
	}
	for k, v := range out {
		if s, ok := v.(string); ok && !strings.HasPrefix(s, "0x") && !slices.Contains(texts, k) {
			if s == "" {
				s = `"0x"`
			}
			out[k] = json.RawMessage(s)
		}
	}
	return out
}

func restore(tb testing.TB, header object, txs []object) (a evm.Answers, transfers []string) {
	if at, ok := header["timestamp"].(string); ok {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			tb.Fatal(err)
		}
		header["timestamp"] = strconv.FormatInt(when.Unix(), 10)
	}
	h := restored(header, "header", "author")
	if list, ok := header["withdrawals"].([]any); ok {
		for i := range list {
			w := object{"index": "0", "validatorIndex": "0", "amount": "0"}
			maps.Copy(w, list[i].(object))
			list[i] = restored(w, "")
		}
	}
	if h["extraData"] == nil {
		h["extraData"] = "0x"
	}
	restoredTxs, receipts, traces := []object{}, []object{}, []object{}
	for i, tx := range txs {
		restoredTxs = append(restoredTxs, restoreTx(tx))
		receipts = append(receipts, restoreReceipt(tx))
		traces = append(traces, restoreTraces(tx, i)...)
		list, _ := tx["tokenTransfers"].([]any)
		for _, t := range list {
			transfers = append(transfers, describeTransfer(t.(object)))
		}
	}
	h["transactions"] = restoredTxs
	a = evm.Answers{Block: marshal(tb, h), Receipts: marshal(tb, receipts)}
	if len(traces) > 0 {
		a.Traces = marshal(tb, traces)
	}
	return a, transfers
}

func marshal(tb testing.TB, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func restoreTx(tx object) object {
	t := maps.Clone(tx)
	for _, k := range []string{"receipt", "flattenedTraces", "tokenTransfers", "blockTimestamp"} {
		delete(t, k)
	}
	t["transactionIndex"] = "0"
	if i, ok := t["index"].(string); ok {
		t["transactionIndex"] = i
	}
	if t["to"] == "" {
		delete(t, "to")
	}
	t["accessList"] = []any{}
	if list, ok := t["transactionAccessList"].(object); ok && list["accessList"] != nil {
		t["accessList"] = list["accessList"]
		for _, e := range list["accessList"].([]any) {
			if e.(object)["storageKeys"] == nil {
				e.(object)["storageKeys"] = []any{}
			}
		}
	}
	if t["input"] == nil {
		t["input"] = "0x"
	}
	return restored(t, "tx", "index")
}

func restoreReceipt(tx object) object {
	r := restored(tx["receipt"].(object), "receipt")
	if fees, ok := r["l1FeeInfo"].(object); ok && fees["l1Fee"] != nil {
		r["l1Fee"] = json.RawMessage(fees["l1Fee"].(string))
	}
	if r["root"] == nil && r["status"] == nil {
		r["status"] = 0
	}
	list, _ := r["logs"].([]any)
	logs := []object{}
	for _, l := range list {
		o := restored(l.(object), "log")
		if o["data"] == nil {
			o["data"] = "0x"
		}
		if o["topics"] == nil {
			o["topics"] = []any{}
		}
		logs = append(logs, o)
	}
	r["logs"] = logs
	return r
}

// restoreTraces writes frames as trace_block does.
func restoreTraces(tx object, i int) (traces []object) {
	list, _ := tx["flattenedTraces"].([]any)
	for _, e := range list {
		f := e.(object)
		if f["type"] == nil {
			continue // Bor's messages from Ethereum have no trace
		}
		steps := []json.RawMessage{}
		path, _ := f["traceAddress"].([]any)
		for _, s := range path {
			steps = append(steps, json.RawMessage(s.(string)))
		}
		subtraces, _ := f["subtraces"].(string)
		if subtraces == "" {
			subtraces = "0"
		}
		value, _ := f["value"].(string)
		if value == "" {
			value = "0"
		}
		t := object{
			"type": "call", "subtraces": json.RawMessage(subtraces), "traceAddress": steps,
			"transactionPosition": i, "transactionHash": tx["hash"],
		}
		action := object{"from": f["from"], "to": f["to"], "value": json.RawMessage(value), "callType": strings.ToLower(f["type"].(string))}
		switch f["type"] {
		case "CREATE", "CREATE2":
			t["type"], t["result"] = "create", object{"address": f["to"]}
		case "SELFDESTRUCT":
			t["type"] = "suicide"
			action = object{"address": f["from"], "refundAddress": f["to"], "balance": json.RawMessage(value)}
		}
		if message, _ := f["error"].(string); message != "" {
			t["error"] = message
		}
		t["action"] = action
		traces = append(traces, t)
	}
	return traces
}

func describeTransfer(t object) string {
	if item, ok := t["erc721"].(object); ok {
		return fmt.Sprintf("%v %v %v item %v", t["tokenAddress"], item["fromAddress"], item["toAddress"], zeroed(item["tokenId"]))
	}
	return fmt.Sprintf("%v %v %v %v", t["tokenAddress"], t["fromAddress"], t["toAddress"], zeroed(t["value"]))
}

func zeroed(v any) any {
	if v == nil {
		return "0"
	}
	return v
}

// describeMove writes a token's move as describeTransfer does.
func describeMove(m ledger.Move) string {
	side := func(a ledger.Address) string {
		if a.IsZero() {
			return "0x" + strings.Repeat("0", 40)
		}
		return "0x" + a.String()
	}
	what := m.Amount.Dec()
	if m.Asset.Kind == ledger.AssetItem {
		what = "item " + m.Asset.ID.Dec()
	}
	return fmt.Sprintf("%s %s %s %s", side(m.Asset.Contract), side(m.From), side(m.To), what)
}

// wantNatives is how many blocks of this form there are, so that none is lost
// by a change of the reader above.
const wantNatives = 32

// TestNativeBlocks decodes all of them. Everything that their headers commit
// to is recomputed, but for Arbitrum's own types of transactions.
func TestNativeBlocks(t *testing.T) {
	blocks := natives(t)
	if len(blocks) != wantNatives {
		t.Errorf("%d blocks, want %d", len(blocks), wantNatives)
	}
	for _, n := range blocks {
		want := evm.CheckedHeader | evm.CheckedTransactions | evm.CheckedReceipts | evm.CheckedWithdrawals | evm.CheckedBlooms
		switch n.chain.Name {
		case "arbitrum":
			want &^= evm.CheckedTransactions | evm.CheckedReceipts
		case "avalanche":
			checkPartial(t, n)
			continue
		}
		var b evm.Block
		if err := evm.NewDecoder(n.chain).Decode(&b, n.answers); err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		if b.Checked != want {
			t.Errorf("%s: checked %b, want %b", n.name, b.Checked, want)
		}
		compareTransfers(t, n, &b)
	}
}

// checkPartial decodes a recording that left out a field of the header and all
// transactions but one: what is there does not hash to what it should, and
// believing the header does not help.
func checkPartial(t *testing.T, n native) {
	believing := *n.chain
	believing.Header = evm.HeaderBelieved
	for chain, want := range map[*evm.Chain]string{n.chain: "header: its fields hash to", &believing: "transactions: their root is"} {
		var b evm.Block
		if err := evm.NewDecoder(chain).Decode(&b, n.answers); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", n.name, err, want)
		}
	}
}

// compareTransfers holds the token moves against those that another decoder
// found, as sets: it lists them by log. It knows Transfer alone, so what
// contracts that wrap the native coin make and burn is left out, and so are
// transfers of nothing, which are no moves, and mirrors of the native coin.
func compareTransfers(t *testing.T, n native, b *evm.Block) {
	var got, want []string
	wrapped := map[string]bool{}
	for _, w := range n.chain.Wrapped {
		wrapped["0x"+w.Key().String()] = true
	}
	none := "0x" + strings.Repeat("0", 40)
	for _, tr := range n.transfers {
		f := strings.Fields(tr)
		if f[3] != "0" && (f[1] != none || f[2] != none) && !(wrapped[f[0]] && (f[1] == none || f[2] == none)) {
			want = append(want, tr)
		}
	}
	for _, m := range b.Moves {
		isWrap := wrapped["0x"+m.Asset.Contract.String()] && m.Kind != ledger.MoveToken
		if m.Asset.Kind != ledger.AssetNative && m.Asset.Kind != ledger.AssetStack && !isWrap {
			got = append(got, describeMove(m))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if slices.Equal(got, want) {
		return
	}
	for _, g := range got {
		if _, found := slices.BinarySearch(want, g); !found {
			t.Errorf("%s: not in the recording: %s", n.name, g)
		}
	}
	for _, w := range want {
		if _, found := slices.BinarySearch(got, w); !found {
			t.Errorf("%s: missing: %s", n.name, w)
		}
	}
	t.Errorf("%s: %d token moves, want %d", n.name, len(got), len(want))
}

// TestStateSync leaves out the receipt of Bor's messages, as some nodes do: the
// rest of the block is as before, and that it is not known is said as before.
func TestStateSync(t *testing.T) {
	found := 0
	for _, n := range natives(t) {
		var b, without evm.Block
		decoder := evm.NewDecoder(n.chain)
		if decoder.Decode(&b, n.answers) != nil || len(b.Txs) == 0 || !b.Txs[len(b.Txs)-1].StateSync {
			continue
		}
		found++
		var receipts []json.RawMessage
		if err := json.Unmarshal(n.answers.Receipts, &receipts); err != nil {
			t.Fatal(err)
		}
		n.answers.Receipts = marshal(t, receipts[:len(receipts)-1])
		if err := decoder.Decode(&without, n.answers); err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		last := len(b.Txs) - 1
		if !slices.Equal(without.Moves, b.Moves[:b.Txs[last].FirstMove]) || without.Txs[last].Unknown&evm.UnknownType == 0 {
			t.Errorf("%s: %d moves, want %d", n.name, len(without.Moves), b.Txs[last].FirstMove)
		}
	}
	if found == 0 {
		t.Error("no recorded block has messages from Ethereum")
	}
}
