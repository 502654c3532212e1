package evm_test

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/evm"
	"clew.example/clew/ledger"
)

// deposit is a recorded deposit to a bridge, with its arguments as another
// decoder read them.
type deposit struct {
	Bridge string
	Args   struct {
		Sender, Receiver string
		Amount           json.Number
		DstChain         string
		AssetS           string `json:"asset_s"`
		AssetD           string `json:"asset_d"`
	}
	Txhash    string
	Timestamp uint64
}

func readDeposits(tb testing.TB, files map[string][]byte, name string) (list []deposit) {
	if err := json.Unmarshal(files[name+"/sample.json"], &list); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return list
}

// calldata reads the calls that paid out on the other side.
func calldata(tb testing.TB, files map[string][]byte, name string) (calls [][]byte) {
	rows, err := csv.NewReader(strings.NewReader(string(files[name+"/input.csv"]))).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range rows[1:] {
		raw, err := hex.DecodeString(strings.TrimPrefix(r[1], "0x"))
		if err != nil {
			tb.Fatal(err)
		}
		calls = append(calls, raw)
	}
	return calls
}

func address(tb testing.TB, s string) evm.Address {
	a, err := evm.ParseAddressLenient(s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// word writes 32 bytes of arguments: numbers and addresses on the right.
func word(tb testing.TB, v any) []byte {
	var w [32]byte
	switch v := v.(type) {
	case evm.Address:
		copy(w[12:], v[:])
	case evm.Hash:
		return v[:]
	case *big.Int:
		v.FillBytes(w[:])
	case uint64:
		new(big.Int).SetUint64(v).FillBytes(w[:])
	case int:
		big.NewInt(int64(v)).FillBytes(w[:])
	default:
		tb.Fatalf("no word of %T", v)
	}
	return w[:]
}

func words(tb testing.TB, vs ...any) (out []byte) {
	for _, v := range vs {
		out = append(out, word(tb, v)...)
	}
	return out
}

func amountOf(tb testing.TB, n json.Number) *big.Int {
	b, ok := new(big.Int).SetString(n.String(), 10)
	if !ok {
		tb.Fatalf("%q is not a number", n)
	}
	return b
}

// assetOf returns the asset of a contract, of which the zero address stands for
// the native coin.
func assetOf(tb testing.TB, s string) ledger.Asset {
	a := address(tb, s)
	if a.IsZero() {
		return ledger.Asset{}
	}
	return ledger.Asset{Kind: ledger.AssetToken, Contract: a.Key()}
}

var bridgeChains = map[string]uint64{"BNB": 56, "Polygon": 137}

// TestCelerDeposits writes every recorded deposit as the log that Celer's
// bridge made of it, and reads it again.
func TestCelerDeposits(t *testing.T) {
	files := archive(t, "bridges/celer-poly-pairs.tar.gz")
	for name, count := range map[string]int{"Validation/ETH-BNB/Celer": 7296, "Validation/ETH-Polygon/Celer": 598} {
		deposits := readDeposits(t, files, name)
		if len(deposits) != count {
			t.Errorf("%s: %d deposits, want %d", name, len(deposits), count)
		}
		for _, d := range deposits {
			amount, chain := amountOf(t, d.Args.Amount), bridgeChains[d.Args.DstChain]
			id, _ := evm.ParseHash(strings.ToLower(d.Txhash))
			log := evm.TestLog{Topics: []evm.Hash{evm.Topic("Send(bytes32,address,address,address,uint256,uint64,uint64,uint32)")}}
			log.Data = words(t, id, address(t, d.Args.Sender), address(t, d.Args.Receiver), address(t, d.Args.AssetS), amount, int(chain), 7, 5000)
			legs := evm.LegsOfLogs(1, log)
			if len(legs) != 1 {
				t.Fatalf("%s: %d legs", d.Txhash, len(legs))
			}
			got := legs[0]
			if got.Sender != address(t, d.Args.Sender).Key() || got.Recipient != address(t, d.Args.Receiver).Key() ||
				got.Asset != assetOf(t, d.Args.AssetS) || got.Amount.Dec() != amount.String() || got.Remote != chain ||
				got.Key != "celer:"+id.String()[2:] || string(got.Destination) != fmt.Sprintf("eip155:%d", chain) {
				t.Errorf("%s: %+v", d.Txhash, got)
			}
		}
	}
}

// TestCelerCalls joins the recorded payments with the deposits. The id of a
// deposit is a hash of its arguments and a nonce, for which Celer's own page
// takes the time in milliseconds; the recording has neither nonce nor id, so
// the nonce is searched for in the minute before the deposit, for some. Askers
// who took another nonce are not found so: each has a payment to its recipient.
func TestCelerCalls(t *testing.T) {
	files := archive(t, "bridges/celer-poly-pairs.tar.gz")
	const name = "Validation/ETH-Polygon/Celer"
	byRecipient := map[ledger.Address][]string{}
	kinds := map[bool]int{}
	for i, raw := range calldata(t, files, name) {
		leg, err := evm.CelerCall(raw)
		if err != nil || leg.Key == "" {
			t.Fatalf("call %d: %+v, %v", i, leg, err)
		}
		kinds[leg.Recipient.IsZero()]++
		byRecipient[leg.Recipient] = append(byRecipient[leg.Recipient], leg.Key)
	}
	if kinds[false] != 597 || kinds[true] != 1 {
		t.Errorf("%v, want 597 payments with a recipient and one delayed", kinds)
	}
	joined, paid := 0, 0
	for _, d := range readDeposits(t, files, name) {
		keys := byRecipient[address(t, d.Args.Receiver).Key()]
		if len(keys) == 0 {
			continue
		}
		if paid++; paid <= celerSearched {
			joined += joinByID(t, d, keys)
		}
	}
	if paid != 598 || joined < celerSearched/2 {
		t.Errorf("%d deposits have a payment to their recipient, want 598; of %d, %d joined by id", paid, celerSearched, joined)
	}
}

// celerSearched deposits are searched for: each takes up to 60,000 hashes.
const celerSearched = 20

func joinByID(t *testing.T, d deposit, keys []string) int {
	var amount uint256.Int
	amount.SetFromBig(amountOf(t, d.Args.Amount))
	sender, receiver, token := address(t, d.Args.Sender), address(t, d.Args.Receiver), address(t, d.Args.AssetS)
	const secondsMax = 60
	for back := uint64(0); back < secondsMax*1000; back++ {
		nonce := d.Timestamp*1000 - back
		id := evm.CelerTransferID(sender, receiver, token, &amount, 137, nonce, 1)
		lock := evm.CelerLockID(sender, token, &amount, 137, receiver, nonce, 1)
		if slices.Contains(keys, "celer:"+id.String()[2:]) || slices.Contains(keys, "celer:"+lock.String()[2:]) {
			return 1
		}
	}
	return 0
}

// TestPolyDeposits writes every recorded deposit as the log that Poly's proxy
// made of it, and reads it again.
func TestPolyDeposits(t *testing.T) {
	files := archive(t, "bridges/celer-poly-pairs.tar.gz")
	numbers := map[string]int{"BNB": 6, "Polygon": 17}
	for name, count := range map[string]int{"Validation/ETH-BNB/Poly": 5460, "Validation/ETH-Polygon/Poly": 545} {
		deposits := readDeposits(t, files, name)
		if len(deposits) != count {
			t.Errorf("%s: %d deposits, want %d", name, len(deposits), count)
		}
		for _, d := range deposits {
			amount, chain := amountOf(t, d.Args.Amount), bridgeChains[d.Args.DstChain]
			log := evm.TestLog{Topics: []evm.Hash{evm.Topic("LockEvent(address,address,uint64,bytes,bytes,uint256)")}}
			log.Data = words(t, address(t, d.Args.AssetS), address(t, d.Args.Sender), numbers[d.Args.DstChain], 6*32, 8*32, amount)
			for _, a := range []string{d.Args.AssetD, d.Args.Receiver} {
				tail := make([]byte, 32)
				bytes := address(t, a)
				copy(tail, bytes[:])
				log.Data = append(append(log.Data, word(t, len(bytes))...), tail...)
			}
			legs := evm.LegsOfLogs(1, log)
			if len(legs) != 1 {
				t.Fatalf("%s: %d legs", d.Txhash, len(legs))
			}
			got := legs[0]
			if got.Sender != address(t, d.Args.Sender).Key() || got.Recipient != address(t, d.Args.Receiver).Key() ||
				got.Asset != assetOf(t, d.Args.AssetS) || got.Given != assetOf(t, d.Args.AssetD) ||
				got.Amount.Dec() != amount.String() || string(got.Destination) != fmt.Sprintf("eip155:%d", chain) {
				t.Errorf("%s: %+v", d.Txhash, got)
			}
		}
	}
}

// TestPolyCalls reads what the recorded calls on Polygon unlocked: it must be
// what the deposits say, one for one.
func TestPolyCalls(t *testing.T) {
	files := archive(t, "bridges/celer-poly-pairs.tar.gz")
	const name = "Validation/ETH-Polygon/Poly"
	var want, got []string
	for _, d := range readDeposits(t, files, name) {
		want = append(want, fmt.Sprintln(address(t, d.Args.AssetD), address(t, d.Args.Receiver), amountOf(t, d.Args.Amount)))
	}
	keys := map[string]bool{}
	for i, raw := range calldata(t, files, name) {
		leg, err := evm.PolyCall(raw)
		if err != nil || leg.Source != "eip155:1" || leg.Destination != "eip155:137" {
			t.Fatalf("call %d: %+v, %v", i, leg, err)
		}
		keys[leg.Key] = true
		asset, _ := evm.AddressOf(leg.Asset.Contract)
		to, _ := evm.AddressOf(leg.Recipient)
		got = append(got, fmt.Sprintln(asset, to, leg.Amount.Dec()))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(keys) != len(got) {
		t.Errorf("%d payments with %d keys do not equal %d deposits", len(got), len(keys), len(want))
	}
}
