package bitcoind

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// listMax bounds every list in an answer: a block has room for fewer inputs and
// transactions. Without it a few bytes an element would make us reserve gigabytes.
const listMax = 120_000

// list is a JSON list of at most listMax elements.
type list[T any] []T

// UnmarshalJSON reads the elements one by one.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	d := json.NewDecoder(bytes.NewReader(b))
	open, err := d.Token()
	if err != nil || open == nil {
		return err
	}
	if open != json.Delim('[') {
		return fmt.Errorf("want a list, have %s", clean(string(b[:min(len(b), 20)])))
	}
	for d.More() {
		if len(*l) == listMax {
			return fmt.Errorf("a list of more than %d", listMax)
		}
		var t T
		if err := d.Decode(&t); err != nil {
			return err
		}
		*l = append(*l, t)
	}
	return nil
}

// verbose is what is read of getblock with verbosity 3.
type verbose struct {
	Tx list[verboseTx] `json:"tx"`
}

type verboseTx struct {
	TxID string          `json:"txid"`
	Vin  list[verboseIn] `json:"vin"`
}

type verboseIn struct {
	TxID    string   `json:"txid"`
	Vout    uint32   `json:"vout"`
	Prevout *prevout `json:"prevout"`
}

type prevout struct {
	Value  json.Number `json:"value"`
	Script struct {
		Hex string `json:"hex"`
	} `json:"scriptPubKey"`
}

// parseSpent reads what the inputs of a block spend: one entry for each, or nil
// where the node does not state it of all. Transactions and outpoints must be
// those of the block.
func parseSpent(result []byte, b *ledger.Block) ([]ledger.SpentOut, error) {
	var v verbose
	if err := json.Unmarshal(result, &v); err != nil {
		return nil, wants("a block with its transactions", result)
	}
	if len(v.Tx) != len(b.Txs) {
		return nil, fmt.Errorf("%d transactions, the block has %d", len(v.Tx), len(b.Txs))
	}
	spent := make([]ledger.SpentOut, len(b.Ins))
	for i := range v.Tx {
		if v.Tx[i].TxID != b.Txs[i].ID.String() {
			return nil, fmt.Errorf("transaction %d is %s, in the block %s", i, clean(v.Tx[i].TxID), b.Txs[i].ID)
		}
		if i == 0 {
			continue // a coinbase spends nothing
		}
		from, to := b.InsOf(i)
		stated, err := v.Tx[i].spent(b.Ins[from:to], spent[from:to])
		if err != nil || !stated {
			return nil, err
		}
	}
	return spent, nil
}

// spent fills in what the inputs of a transaction spend; false where it is not
// stated.
func (t *verboseTx) spent(ins []ledger.In, dst []ledger.SpentOut) (bool, error) {
	if len(t.Vin) != len(ins) {
		return false, fmt.Errorf("transaction %s: %d inputs, in the block %d", t.TxID, len(t.Vin), len(ins))
	}
	for i := range ins {
		in := &t.Vin[i]
		if in.TxID != ins[i].Prev.TxID.String() || in.Vout != ins[i].Prev.Vout {
			return false, fmt.Errorf("transaction %s: input %d spends %s:%d, in the block %s", t.TxID, i, clean(in.TxID), in.Vout, ins[i].Prev)
		}
		if in.Prevout == nil {
			return false, nil
		}
		value, err := parseAmount(string(in.Prevout.Value))
		if err != nil {
			return false, fmt.Errorf("transaction %s: input %d: %w", t.TxID, i, err)
		}
		script, err := hex.DecodeString(in.Prevout.Script.Hex)
		if err != nil {
			return false, fmt.Errorf("transaction %s: input %d: the script is not hex", t.TxID, i)
		}
		dst[i] = ledger.SpentOut{Known: true, Value: value, Script: ledger.Account(script)}
	}
	return true, nil
}

// parseAmount reads coins as Core writes them, with up to eight decimals, into
// base units.
func parseAmount(s string) (ledger.Amount, error) {
	whole, part, _ := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 8 || len(part) > 8 {
		return 0, fmt.Errorf("amount %s", clean(s))
	}
	n, err := strconv.ParseUint(whole+part+strings.Repeat("0", 8-len(part)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %s", clean(s))
	}
	if ledger.Amount(n) > bitcoin.MaxMoney {
		return 0, errors.New("amount above 21,000,000 BTC")
	}
	return ledger.Amount(n), nil
}
