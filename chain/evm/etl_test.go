package evm_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// etl is the fixtures of ethereum-etl: answers of nodes, and what that program
// made of them.
type etl map[string][]byte

func readETL(tb testing.TB) etl {
	files := etl{}
	for name, raw := range archive(tb, "nodes/ethereum-etl.tar.gz") {
		_, name, _ = strings.Cut(name, "resources/")
		files[name] = raw
	}
	return files
}

// result returns what a recorded answer holds in its envelope.
func (e etl) result(tb testing.TB, name string) []byte {
	var answer struct{ Result json.RawMessage }
	if err := json.Unmarshal(e[name], &answer); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return answer.Result
}

// answers returns a block with the receipts of its transactions, wherever they
// were recorded.
func (e etl) answers(tb testing.TB, block string) evm.Answers {
	a := evm.Answers{Block: e.result(tb, block)}
	var b struct{ Transactions []struct{ Hash string } }
	if err := json.Unmarshal(a.Block, &b); err != nil {
		tb.Fatal(err)
	}
	var receipts [][]byte
	for _, tx := range b.Transactions {
		for _, name := range sorted(e) {
			if path.Base(name) == "web3_response.eth_getTransactionReceipt_"+tx.Hash+".json" {
				receipts = append(receipts, e.result(tb, name))
			}
		}
	}
	a.Receipts = list("", receipts, "")
	return a
}

func tokenMoves(moves []ledger.Move) (out []string) {
	for _, m := range moves {
		if m.Asset.Kind != ledger.AssetNative {
			out = append(out, describeMove(m))
		}
	}
	return out
}

// transfersCSV reads the first four columns: token, from, to, value.
func transfersCSV(tb testing.TB, raw []byte) (out []string) {
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range rows[1:] {
		out = append(out, strings.Join(r[:4], " "))
	}
	return out
}

// TestTokenTransfers holds the token moves of whole blocks, and of logs alone,
// against what ethereum-etl made of the same answers.
func TestTokenTransfers(t *testing.T) {
	files := readETL(t)
	var stream map[string]json.RawMessage // one transfer, its value a number
	if err := json.Unmarshal(files["test_stream/blocks_1755634_1755635/expected_token_transfers.json"], &stream); err != nil {
		t.Fatal(err)
	}
	var streamed []string
	for _, k := range []string{"token_address", "from_address", "to_address", "value"} {
		streamed = append(streamed, strings.Trim(string(stream[k]), `"`))
	}
	for block, want := range map[string][]string{
		"test_export_blocks_job/block_with_logs/web3_response.eth_getBlockByNumber_0x76250_true.json":        transfersCSV(t, files["test_export_token_transfers_job/block_with_transfers/expected_token_transfers.csv"]),
		"test_stream/blocks_1755634_1755635/web3_response.eth_getBlockByNumber_0x1ac9f3_true.json":           {strings.Join(streamed, " ")},
		"test_stream/blocks_1755634_1755635/web3_response.eth_getBlockByNumber_0x1ac9f2_true.json":           nil,
		"test_export_blocks_job/block_without_transactions/web3_response.eth_getBlockByNumber_0x0_true.json": nil,
	} {
		var b evm.Block
		ethereum, _ := evm.ChainByID(1)
		if err := evm.NewDecoder(ethereum).Decode(&b, files.answers(t, block)); err != nil {
			t.Errorf("%s: %v", path.Base(block), err)
		} else if got := tokenMoves(b.Moves); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path.Base(block), got, want)
		}
	}
	const job = "test_export_token_transfers_job/block_with_transfers/"
	checkLogs(t, files.result(t, job+"web3_response.eth_getFilterLogs_0x0.json"), files[job+"expected_token_transfers.csv"])
	const extract = "test_extract_token_transfers_job/logs/"
	checkLogs(t, logsCSV(t, files[extract+"logs.csv"]), files[extract+"expected_token_transfers.csv"])
}

func checkLogs(t *testing.T, logs, expected []byte) {
	t.Helper()
	moves, err := evm.LoggedMoves(logs)
	if got, want := tokenMoves(moves), transfersCSV(t, expected); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// logsCSV turns ethereum-etl's own form of logs into a node's.
func logsCSV(tb testing.TB, raw []byte) []byte {
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	logs := []object{}
	for _, r := range rows[1:] {
		logs = append(logs, object{
			"logIndex": json.Number(r[0]), "transactionHash": r[1], "transactionIndex": json.Number(r[2]), "blockHash": r[3],
			"address": r[5], "data": r[6], "topics": strings.Split(r[7], ","),
		})
	}
	return marshal(tb, logs)
}

// TestTracesOfTwoNodes holds the traces that Parity and geth gave of the same
// blocks against each other. That geth did not say what a contract held that
// destroyed itself: this must be said, and not be taken for nothing.
func TestTracesOfTwoNodes(t *testing.T) {
	files := readETL(t)
	for name, block := range map[string]string{"block_with_create": "0xf44f2", "block_with_error": "0xf45bf", "block_with_subtraces": "0xf4240", "block_with_suicide": "0xf7105"} {
		flat := files.result(t, "test_export_traces_job/"+name+"/web3_response.trace_block_"+block+".json")
		nested := files.result(t, "test_extract_geth_traces_job/"+name+"/web3_response.debug_traceBlockByNumber_"+block+"_tracer_calltracer.json")
		txs, hash := transactionsOf(t, flat)
		a, _, err := evm.TracedMoves(txs, hash, flat)
		b, unknown, err2 := evm.TracedMoves(txs, hash, nested)
		if err != nil || err2 != nil {
			t.Errorf("%s: %v, %v", name, err, err2)
			continue
		}
		if name == "block_with_suicide" {
			if len(a) != 1 || a[0].Kind != ledger.MoveDestruction || len(b) != 0 || unknown[0] != evm.UnknownInternal {
				t.Errorf("%s: %v and %v, unknown %v", name, a, b, unknown)
			}
		} else if len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s: the moves are %v and %v", name, a, b)
		}
	}
}

// transactionsOf returns the transactions that traces are of, in their order,
// and the block.
func transactionsOf(tb testing.TB, flat []byte) (txs []evm.Hash, block evm.Hash) {
	var list []struct {
		BlockHash, TransactionHash string
		TraceAddress               []int
	}
	if err := json.Unmarshal(flat, &list); err != nil {
		tb.Fatal(err)
	}
	for _, f := range list {
		block, _ = evm.ParseHash(f.BlockHash)
		if h, err := evm.ParseHash(f.TransactionHash); err == nil && len(f.TraceAddress) == 0 {
			txs = append(txs, h)
		}
	}
	return txs, block
}
