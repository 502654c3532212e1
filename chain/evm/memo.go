package evm

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// MemoAction says what a memo asks of THORChain, or what it says THORChain did.
type MemoAction uint8

// The actions that are told apart; all others are MemoOther.
const (
	MemoOther    MemoAction = iota // liquidity, bonds, names and the like
	MemoSwap                       // value is to go to an address, as another asset
	MemoOutbound                   // what came of the transaction TxID
	MemoRefund                     // the transaction TxID, given back
	MemoMigrate                    // between THORChain's own vaults
)

// Memo is what a memo of THORChain or Maya says, in a log, in calldata or in an
// OP_RETURN. Its texts are strangers'.
type Memo struct {
	Action MemoAction
	Asset  string // as written: "BTC.BTC", "ETH.USDT-0x…", "b"
	To     string // an address of the asset's chain, or a name that THORChain knows
	Refund string // where a swap that fails goes, which need not be its owner's
	// Limit is the least to be paid, with 8 decimals whatever the asset; 0: any.
	// Interval and Quantity are those of a swap that is done in parts.
	Limit, Interval, Quantity uint256.Int
	Affiliate, Points         string
	TxID                      string // 64 hex digits, capital
}

// memoMax bounds a memo: THORChain takes 250 bytes, and no chain it reads
// carries much more.
const memoMax = 1024

var memoActions = map[string]MemoAction{
	"SWAP": MemoSwap, "S": MemoSwap, "=": MemoSwap,
	"OUT": MemoOutbound, "REFUND": MemoRefund, "MIGRATE": MemoMigrate, "RAGNAROK": MemoMigrate, "YGGDRASIL+": MemoMigrate, "YGGDRASIL-": MemoMigrate,
}

var errMemo = errors.New("not a memo of THORChain")

// ParseMemo reads a memo (dev.thorchain.org, transaction memos):
//
//	SWAP:ASSET:TO[/REFUND]:LIMIT[/INTERVAL/QUANTITY]:AFFILIATE:POINTS
//	OUT:TXID
//	REFUND:TXID
//
// Swaps may be cut short: what is left out has no value.
func ParseMemo(s string) (m Memo, err error) {
	parts := strings.Split(s, ":")
	if len(s) > memoMax || len(parts) < 2 {
		return m, errMemo
	}
	m.Action = memoActions[strings.ToUpper(parts[0])]
	parts = append(parts[1:], "", "", "", "", "")
	switch m.Action {
	case MemoSwap:
		return m, m.parseSwap(parts)
	case MemoOutbound, MemoRefund:
		id, err := hex.DecodeString(strings.TrimPrefix(parts[0], "0x"))
		if err != nil || len(id) != 32 {
			return m, fmt.Errorf("memo: %.80q is not a transaction", parts[0])
		}
		m.TxID = strings.ToUpper(hex.EncodeToString(id))
	}
	return m, nil
}

func (m *Memo) parseSwap(parts []string) error {
	m.Asset = parts[0]
	if m.Asset == "" {
		return errMemo
	}
	m.To, m.Refund, _ = strings.Cut(parts[1], "/")
	limits := append(strings.Split(parts[2], "/"), "", "")
	for i, n := range []*uint256.Int{&m.Limit, &m.Interval, &m.Quantity} {
		if err := setMemoNumber(n, limits[i]); err != nil {
			return fmt.Errorf("memo: limit: %w", err)
		}
	}
	m.Affiliate, m.Points = parts[3], parts[4]
	return nil
}

// setMemoNumber reads a number, which may be left out, and may be written short
// with an exponent, such as 12e5.
func setMemoNumber(n *uint256.Int, s string) error {
	if s == "" {
		return nil
	}
	digits, exponent, short := strings.Cut(strings.ToLower(s), "e")
	if err := setDecimal(n, digits); err != nil || !short {
		return err
	}
	var e uint256.Int
	if err := setDecimal(&e, exponent); err != nil || e.GtUint64(77) {
		return fmt.Errorf("number %.90q: its exponent is not one", s)
	}
	ten := uint256.NewInt(10)
	for range e.Uint64() {
		if _, over := n.MulOverflow(n, ten); over {
			return fmt.Errorf("number %.90q: above 2^256-1", s)
		}
	}
	return nil
}

// memoChains are the chains that assets begin with, and the letters that stand
// for the coins of some.
var memoChains = map[string]ledger.Chain{
	"ETH": "eip155:1", "E": "eip155:1", "BSC": "eip155:56", "S": "eip155:56", "AVAX": "eip155:43114", "A": "eip155:43114", "BASE": "eip155:8453", "F": "eip155:8453",
	"BTC": "bip122:000000000019d6689c085ae165831e93", "B": "bip122:000000000019d6689c085ae165831e93",
	"LTC": "bip122:12a765e31ffd4059bada1e25190f6e98", "L": "bip122:12a765e31ffd4059bada1e25190f6e98",
	"DOGE": "bip122:1a91e3dace36e2be3bf030a65679fe82", "D": "bip122:1a91e3dace36e2be3bf030a65679fe82",
	"BCH": "bip122:000000000000000000651ef99cb9fcbe", "C": "bip122:000000000000000000651ef99cb9fcbe",
}

// Chain returns the chain that a swap pays on. "" where it is not known here,
// or where the asset stays on THORChain itself (SYNTH/…, TRADE~…).
func (m *Memo) Chain() ledger.Chain {
	chain, _, _ := strings.Cut(m.Asset, ".")
	return memoChains[strings.ToUpper(chain)]
}

// thorKey is the key of a transaction that THORChain answered.
func thorKey(txid string) string { return string(THORChain) + ":" + strings.ToUpper(txid) }
