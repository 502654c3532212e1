package evm_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// cases returns the blocks of a file of testdata, as builder reads them.
func cases(tb testing.TB, file string) (blocks []string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	for _, part := range strings.Split(string(raw), "\nblock ")[1:] {
		text, _, _ := strings.Cut(part, "\n----")
		blocks = append(blocks, "block "+text)
	}
	return blocks
}

// FuzzBlock mutates the answers about a block, which all begin right. The law:
// what is accepted is in order: each move at its own place and of its
// transaction, and the same bytes give the same again.
func FuzzBlock(f *testing.F) {
	for _, text := range append(cases(f, "testdata/moves"), cases(f, "testdata/legs")...) {
		a, _ := build(f, text)
		f.Add(a.Block, a.Receipts, a.Traces)
	}
	f.Fuzz(func(t *testing.T, block, receipts, traces []byte) {
		for _, id := range []uint64{1, 137, 8453, 42161, 43114} {
			chain, _ := evm.ChainByID(id)
			believing := *chain
			believing.Header = evm.HeaderBelieved
			checkBlock(t, &believing, evm.Answers{Block: block, Receipts: receipts, Traces: traces})
		}
	})
}

func checkBlock(t *testing.T, chain *evm.Chain, a evm.Answers) {
	var b, again evm.Block
	decoder := evm.NewDecoder(chain)
	if err := decoder.Decode(&b, a); err != nil {
		if err.Error() == "" || strings.ContainsAny(err.Error(), "\x00\x1b") {
			t.Fatalf("%q is no message", err)
		}
		return
	}
	last := uint32(0)
	for i, m := range b.Moves {
		if m.Pos != b.Pos(i) || m.Amount.IsZero() || m.Tx < last || (m.Tx != ledger.NoTx && int(m.Tx) >= len(b.Txs)) {
			t.Fatalf("move %d: %+v", i, m)
		}
		last = m.Tx
	}
	for i := range b.Txs {
		for _, m := range b.MovesOf(i) {
			if int(m.Tx) != i {
				t.Fatalf("move of transaction %d at %d", m.Tx, i)
			}
		}
		decoder.AppendLegs(nil, &b, i)
	}
	if err := decoder.Decode(&again, a); err != nil || !slices.Equal(b.Moves, again.Moves) || !slices.Equal(b.Events, again.Events) {
		t.Fatalf("decoded again: %v", err)
	}
}

// FuzzReceipts mutates the receipts of a block that stays as it is. The law:
// only receipts that say what the first said are accepted, since all that
// counts of them is in the header's root.
func FuzzReceipts(f *testing.F) {
	blocks := []evm.Answers{}
	for _, text := range cases(f, "testdata/moves") {
		if a, chain := build(f, text); chain.ID == 1 {
			a.Traces = nil
			blocks = append(blocks, a)
			f.Add(uint8(len(blocks)-1), a.Receipts)
		}
	}
	ethereum, _ := evm.ChainByID(1)
	f.Fuzz(func(t *testing.T, which uint8, receipts []byte) {
		a := blocks[int(which)%len(blocks)]
		var want, got evm.Block
		decoder := evm.NewDecoder(ethereum)
		if err := decoder.Decode(&want, a); err != nil {
			t.Fatal(err)
		}
		a.Receipts = receipts
		if decoder.Decode(&got, a) != nil || bytes.Contains(receipts, []byte("blobGasPrice")) {
			return
		}
		noBlobs := func(m ledger.Move) bool { return m.Kind == ledger.MoveFeeBurned }
		a1, b1 := slices.DeleteFunc(want.Moves, noBlobs), slices.DeleteFunc(got.Moves, noBlobs)
		if len(a1) != len(b1) || want.ReceiptRoot != got.ReceiptRoot {
			t.Fatalf("%d moves, want %d", len(b1), len(a1))
		}
	})
}

// FuzzTraces mutates traces of either form. The law: what is accepted moves
// nothing of a frame that failed, and no more than frames state.
func FuzzTraces(f *testing.F) {
	for _, text := range cases(f, "testdata/moves") {
		if a, _ := build(f, text); len(a.Traces) > 0 {
			f.Add(a.Traces)
			f.Add(flatten(f, a.Traces))
		}
	}
	f.Fuzz(func(t *testing.T, traces []byte) {
		moves, _, err := evm.TracedMoves(make([]evm.Hash, 3), evm.Hash{}, traces)
		if err != nil {
			return
		}
		if len(moves) > bytes.Count(traces, []byte("{")) {
			t.Fatalf("%d moves", len(moves))
		}
	})
}

// FuzzLegs gives logs of known events arbitrary topics and data, and pairs of
// them to each other. The law: a leg is of the log's own protocol and chain.
func FuzzLegs(f *testing.F) {
	signatures := knownEvents()
	for i := range signatures {
		f.Add(uint8(i), uint8(i+1), []byte("topics of the log that are some words long........................................"), make([]byte, 700))
	}
	f.Fuzz(func(t *testing.T, first, second uint8, topicBytes, data []byte) {
		var logs []evm.TestLog
		for k, which := range []uint8{first, second} {
			l := evm.TestLog{Topics: []evm.Hash{signatures[int(which)%len(signatures)]}, Data: data[len(data)*k/2:]}
			for rest := topicBytes; len(rest) >= 32 && len(l.Topics) < 4; rest = rest[32:] {
				l.Topics = append(l.Topics, evm.Hash(rest))
			}
			logs = append(logs, l)
		}
		for _, leg := range evm.LegsOfLogs(1, logs...) {
			if leg.Protocol == "" || leg.Kind == evm.LegDepart && leg.Source != "eip155:1" || leg.Kind == evm.LegArrive && leg.Destination != "eip155:1" {
				t.Fatalf("%+v", leg)
			}
		}
	})
}

func knownEvents() []evm.Hash {
	topics := evm.KnownTopics()
	slices.SortFunc(topics, func(a, b evm.Hash) int { return bytes.Compare(a[:], b[:]) })
	return topics
}

// FuzzCalls gives the readers of calldata and memos arbitrary bytes. The law: a
// leg has a protocol, and a memo that names a transaction names all of it.
func FuzzCalls(f *testing.F) {
	for _, s := range []string{"=:BTC.BTC:bc1qx:0/1/0:ss:50", "OUT:" + strings.Repeat("ab", 32), "\xcd\xd1\xb2\x5d" + strings.Repeat("\x00", 200), "\xd4\x50\xe0\x4c" + strings.Repeat("\x00", 200)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func([]byte) (evm.Leg, error){evm.CelerCall, evm.PolyCall} {
			if leg, err := read(raw); err == nil && leg.Protocol == "" {
				t.Fatalf("%+v", leg)
			}
		}
		if m, err := evm.ParseMemo(string(raw)); err == nil && m.TxID != "" && len(m.TxID) != 64 {
			t.Fatalf("%+v", m)
		}
	})
}
