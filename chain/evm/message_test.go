package evm_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// dynamic returns the words of a value of type bytes, padded.
func dynamic(tb testing.TB, b []byte) []byte {
	return append(word(tb, len(b)), append(b, make([]byte, (32-len(b)%32)%32)...)...)
}

func domain(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func concat(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func topics(tb testing.TB, signature string, values ...any) []evm.Hash {
	out := []evm.Hash{evm.Topic(signature)}
	for _, v := range values {
		out = append(out, evm.Hash(word(tb, v)))
	}
	return out
}

// TestCircleBothSides burns on Ethereum and mints on Base, in both versions of
// the protocol: the keys must be the same, and the mint's token, amount and
// recipient those of here. Version 2 fills in a nonce and a fee on the way.
func TestCircleBothSides(t *testing.T) {
	usdc, usdcBase, alice, carol := name("usdc"), name("usdcBase"), name("alice"), name("carol")
	body := concat(domain(1), words(t, usdc, carol, 1000, alice))
	burnV1 := evm.TestLog{
		Topics: topics(t, "DepositForBurn(uint64,address,uint256,address,bytes32,uint32,bytes32,bytes32)", 42, usdc, alice),
		Data:   words(t, 1000, carol, 6, 0, 0),
	}
	receiveV1 := evm.TestLog{
		Topics: topics(t, "MessageReceived(address,uint32,uint64,bytes32,bytes)", name("relayer"), 42),
		Data:   concat(words(t, 0, name("messenger"), 96), dynamic(t, body)),
	}
	mintV1 := evm.TestLog{Topics: topics(t, "MintAndWithdraw(address,uint256,address)", carol, usdcBase), Data: words(t, 1000)}
	checkSides(t, evm.LegsOfLogs(1, burnV1), evm.LegsOfLogs(8453, mintV1, receiveV1), 1000)

	sent := concat(body, words(t, 5, 0, 0))     // the most fee, the fee, the end
	arrived := concat(body, words(t, 5, 3, 99)) // as attested
	header := concat(domain(1), domain(0), domain(6), word(t, 0), word(t, name("messenger")), make([]byte, 64), domain(1000), domain(0))
	messageV2 := evm.TestLog{Topics: topics(t, "MessageSent(bytes)"), Data: concat(word(t, 32), dynamic(t, concat(header, sent)))}
	burnV2 := evm.TestLog{
		Topics: topics(t, "DepositForBurn(address,uint256,address,bytes32,uint32,bytes32,bytes32,uint256,uint32,bytes)", usdc, alice, 1000),
		Data:   concat(words(t, 1000, carol, 6, 0, 0, 5, 224), dynamic(t, nil)),
	}
	receiveV2 := evm.TestLog{
		Topics: topics(t, "MessageReceived(address,uint32,bytes32,bytes32,uint32,bytes)", name("relayer"), 4711, 1000),
		Data:   concat(words(t, 0, name("messenger"), 96), dynamic(t, arrived)),
	}
	mintV2 := evm.TestLog{Topics: topics(t, "MintAndWithdraw(address,uint256,address,uint256)", carol, usdcBase), Data: words(t, 997, 3)}
	checkSides(t, evm.LegsOfLogs(1, messageV2, burnV2), evm.LegsOfLogs(8453, mintV2, receiveV2), 997)
}

func checkSides(t *testing.T, from, to []evm.Leg, arrived uint64) {
	t.Helper()
	if len(from) != 1 || len(to) != 1 {
		t.Fatalf("%d and %d legs", len(from), len(to))
	}
	a, b := from[0], to[0]
	usdcBase := ledger.Asset{Kind: ledger.AssetToken, Contract: name("usdcBase").Key()}
	if a.Key == "" || a.Key != b.Key || a.Recipient != b.Recipient || a.Source != b.Source || a.Destination != b.Destination ||
		b.Asset != usdcBase || b.Amount.Uint64() != arrived || a.Amount.Uint64() != 1000 {
		t.Errorf("%+v\nand %+v", a, b)
	}
}

// TestNomadBothSides sends from Ethereum to Moonbeam: the nonce of the message
// is the same on both sides.
func TestNomadBothSides(t *testing.T) {
	const eth, beam, nonce = 0x657468, 0x6265616d, 4708
	carol := name("carol")
	message := concat(domain(eth), word(t, name("router")), domain(nonce), domain(beam), word(t, name("other")),
		domain(eth), word(t, name("usdc")), []byte{3}, word(t, carol), word(t, 100), word(t, 0))
	dispatch := evm.TestLog{
		Topics: topics(t, "Dispatch(bytes32,uint256,uint64,bytes32,bytes)", 1, 2, beam<<32|nonce),
		Data:   concat(words(t, 0, 64), dynamic(t, message)),
	}
	send := evm.TestLog{
		Topics: topics(t, "Send(address,address,uint32,bytes32,uint256,bool)", name("usdc"), name("alice"), beam),
		Data:   words(t, carol, 100, 0),
	}
	receive := evm.TestLog{
		Topics: topics(t, "Receive(uint64,address,address,address,uint256)", eth<<32|nonce, name("usdcBase"), carol),
		Data:   words(t, 0, 100),
	}
	from, to := evm.LegsOfLogs(1, dispatch, send), evm.LegsOfLogs(1284, receive)
	if len(from) != 1 || len(to) != 1 || from[0].Key != "nomad:6648936:1650811245:4708" || from[0].Key != to[0].Key || from[0].Recipient != to[0].Recipient {
		t.Errorf("%+v\nand %+v", from, to)
	}
}

func TestMemo(t *testing.T) {
	id := strings.Repeat("aB", 32)
	for text, want := range map[string]evm.Memo{
		"=:BTC.BTC:bc1qx/0xrefund:12e3/3/5:ss:50": {Action: evm.MemoSwap, Asset: "BTC.BTC", To: "bc1qx", Refund: "0xrefund", Affiliate: "ss", Points: "50"},
		"s:b:bc1qx":        {Action: evm.MemoSwap, Asset: "b", To: "bc1qx"},
		"SWAP:ETH.ETH":     {Action: evm.MemoSwap, Asset: "ETH.ETH"},
		"OUT:" + id:        {Action: evm.MemoOutbound, TxID: strings.ToUpper(id)},
		"REFUND:0x" + id:   {Action: evm.MemoRefund, TxID: strings.ToUpper(id)},
		"MIGRATE:17":       {Action: evm.MemoMigrate},
		"+:BTC.BTC:thor1x": {Action: evm.MemoOther},
	} {
		got, err := evm.ParseMemo(text)
		if text[0] == '=' {
			if got.Limit.Uint64() != 12000 || got.Interval.Uint64() != 3 || got.Quantity.Uint64() != 5 {
				t.Errorf("%q: limits %v", text, got)
			}
			got.Limit, got.Interval, got.Quantity = want.Limit, want.Interval, want.Quantity
		}
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "hello", "=::x", "OUT:1234", "=:b:x:1e99", "=:b:x:-1", "=:b:x:99e77", strings.Repeat("=:b:", 999)} {
		if m, err := evm.ParseMemo(text); err == nil {
			t.Errorf("%.40q: %+v, want an error", text, m)
		}
	}
}
