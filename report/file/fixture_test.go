package file_test

import (
	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// hostile is what a stranger writes where others read: an escape sequence, a
// formula, markup, and an override that turns text around.
var hostile = []string{"\x1b]0;owned\a\x1b[2J", "=HYPERLINK(\"http://evil\")", "<script>alert(1)</script>", "gpj\u202eexe.wollof"}

func text(s string) *string { return &s }

func hops(n uint32) *uint32 { return &n }

func amount(a ledger.Amount) *ledger.Amount { return &a }

// result is a small trace, in which every name is as given.
func result(name string) *trace.Result {
	reach := 3
	r := &trace.Result{
		Input: trace.Input{
			Digest: "sha256:01", Chain: "bip122:000000000019d6689c085ae165831e93", FirstHeight: 100,
			Tip: trace.InputTip{Height: 560086, Hash: "00ff"}, Source: "ledger", Starts: []trace.InputStart{{Outpoint: "aa:0", Amount: 123456789012}},
			Params: trace.InputParams{Policies: []lot.Policy{lot.FIFO, lot.Haircut, lot.Poison}},
		},
		ResultDigest: "sha256:02", Theft: 123456789012,
		Policies: map[lot.Policy]trace.PolicyResult{
			lot.FIFO: {Sum: amount(123456789012), Absorbers: []trace.Absorber{
				{Kind: trace.KindService, Amount: 23456789012, Count: 1}, {Kind: trace.KindUnspent, Amount: 100000000000, Count: 1}}},
			lot.Haircut: {Sum: amount(123456789012), Absorbers: []trace.Absorber{
				{Kind: trace.KindFee, Amount: 12, Count: 1}, {Kind: trace.KindUnspent, Amount: 123456789000, Count: 2}}},
			lot.Poison: {ReachTxs: &reach, ReachValue: amount(200000000000)},
		},
		Exits: []trace.Exit{
			{Kind: trace.KindUnspent, Account: text("0014aa"), Address: text("bc1qaa"), Outpoint: text("bb:1"), Count: 1, Hops: hops(2),
				Amounts:   map[lot.Policy]ledger.Amount{lot.FIFO: 100000000000, lot.Haircut: 123456788000, lot.Poison: 123456788000},
				FirstTime: "2019-01-24T10:11:12Z", LastTime: "2019-01-24T10:11:12Z"},
			{Kind: trace.KindService, Account: text("0014bb"), Address: text("bc1qbb"), Entity: text(name), Category: text(name), Count: 1,
				Amounts: map[lot.Policy]ledger.Amount{lot.FIFO: 23456789012}, Hops: hops(1), FirstTime: "2019-01-24T10:00:00Z", LastTime: "2019-01-25T10:00:00Z"},
			{Kind: trace.KindUnspent, Account: text("0014aa"), Address: text("bc1qaa"), Outpoint: text("bb:2"), Count: 1,
				Amounts: map[lot.Policy]ledger.Amount{lot.Haircut: 1000}, FirstTime: "2019-01-24T10:11:12Z", LastTime: "2019-01-24T10:11:12Z"},
			{Kind: trace.KindFee, Amounts: map[lot.Policy]ledger.Amount{lot.Haircut: 12}, Count: 1},
		},
		PeelChains: []trace.PeelChain{{First: "aa", Last: "bb", Txs: 173, StartValue: 24280772760, EndValue: 23486140489, End: "unspent",
			Peels: 173, Peeled: 700000000, Gap: trace.Gap{Median: 600, CV: 0.512}, Next: &trace.PeelVariant{TxID: "cc", Form: "top_up", Then: "dd"}}},
		FanOuts:        []trace.FanOut{{TxID: "ee", Outputs: 1000, Least: 1, Most: 2, Equal: true}},
		Consolidations: []trace.Consolidation{{TxID: "ff", Inputs: 12, Value: 5}},
		Assumed:        trace.Assumed{Fee: 1},
		LeftOut:        []trace.LeftOut{{Reason: trace.ReasonMaxHops, Policy: lot.FIFO, Count: 2, Amount: 7}},
		Counts:         trace.Counts{Txs: 3, Edges: 2, Outputs: 4},
	}
	r.SetFinality(560088)
	return r
}

// graph is a theft of 10 that goes to a service, to an unspent output, and as
// fee; under poison one output more. Every name is as given.
func graph(name string) *trace.Graph {
	service := trace.Name{Stop: trace.KindService, Entity: name, Category: name}
	return &trace.Graph{
		Policies: []lot.Policy{lot.FIFO, lot.Poison},
		Txs: []trace.TxNode{
			{ID: ledger.TxID{1}, Pos: ledger.MakePos(100, 1), Time: 1548324672, Start: true, Outs: []trace.OutNode{
				{Value: 10, Taint: []ledger.Amount{10, 10}, Ends: []trace.Kind{0, 0}, Started: true, Spent: true, Tx: 1, Account: ledger.Account{0x51}, Address: name},
			}},
			{ID: ledger.TxID{2}, Pos: ledger.MakePos(101, 1), Hop: 1, FeeTaint: []ledger.Amount{1, 1}, Fee: 1, Outs: []trace.OutNode{
				{Value: 4, Taint: []ledger.Amount{4, 4}, Ends: []trace.Kind{trace.KindService, trace.KindService}, Tx: -1, Account: ledger.Account{0x52}, Name: service},
				{Value: 5, Taint: []ledger.Amount{5, 5}, Ends: []trace.Kind{trace.KindCutoff, 0}, Spent: true, Tx: 2, Account: ledger.Account{0x53}},
				{Value: 3, Tx: -1},
			}},
			{ID: ledger.TxID{3}, Pos: ledger.MakePos(101, 2), Hop: 2, Outs: []trace.OutNode{
				{Value: 5, Taint: []ledger.Amount{0, 5}, Ends: []trace.Kind{0, trace.KindUnspent}, Tx: -1, Account: ledger.Account{0x54}},
			}},
		},
	}
}

// difference is one of each that can change.
func difference(name string) *trace.Difference {
	kind := trace.KindUnspent
	at := trace.Place{Kind: trace.KindService, Account: text("0014bb"), Address: text("bc1qbb"), Entity: text(name)}
	changed := trace.AmountChange{A: 1, B: 200000000}
	some := map[lot.Policy]ledger.Amount{lot.Haircut: 5, lot.FIFO: 123456789012}
	return &trace.Difference{
		A:     trace.DiffSide{ResultDigest: "sha256:01", Tip: trace.InputTip{Height: 560080}, Theft: 1},
		B:     trace.DiffSide{ResultDigest: "sha256:02", Tip: trace.InputTip{Height: 560086}, Theft: 2},
		Input: []trace.InputChange{{Field: "label_set", A: []byte("null"), B: []byte(`"sha256:03"`)}},
		Sums:  []trace.SumChange{{Policy: lot.FIFO, Kind: &kind, Amount: changed, CountA: 1, CountB: 2}, {Policy: lot.Poison, Amount: changed}},
		New:   []trace.Exit{{Kind: trace.KindService, Account: text("0014bb"), Entity: text(name), Amounts: some}},
		Gone:  []trace.Exit{{Kind: trace.KindUnspent, Outpoint: text("aa:0"), Amounts: some}, {Kind: trace.KindListed, Account: text("51"), Amounts: some}},
		Moved: []trace.MovedLots{
			{TxID: "aa", Lots: []trace.MovedLot{{Outpoint: "aa:1", Address: text("bc1qaa"), Amounts: some}}, To: []trace.MovedTo{{Place: at, Amounts: some}}},
			{TxID: "bb", Lots: []trace.MovedLot{{Outpoint: "bb:1", Amounts: some}}},
		},
		Changed: []trace.ExitChange{{Place: at, Amounts: map[lot.Policy]trace.AmountChange{lot.FIFO: changed}}},
		Labels:  []trace.LabelChange{{Account: "0014bb", A: trace.LabelSaid{Entity: text(name), Category: text("exchange")}}},
	}
}
