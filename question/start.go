package question

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// StartName is where a trace begins, as it was asked: a transaction, one of
// its outputs, or an account in a range of blocks.
type StartName struct {
	Text     string // as it was asked, the chain left out
	Outpoint ledger.Outpoint
	Whole    bool           // all outputs of the transaction
	Account  ledger.Account // nil: a transaction is named
	From, To *Moment        // of an account, ends included; nil: from the first block, to the tip
}

// StartsMax bounds the outputs that a trace begins from, and the starts that
// are named: a wrong address can have millions.
const StartsMax = 1_000_000

// StartForms says how starts are named.
const StartForms = "a start is bitcoin:TXID, bitcoin:TXID:VOUT or bitcoin:ADDRESS[@FROM..TO]"

var txidStart = regexp.MustCompile(`^[0-9a-fA-F]{64}(:|$)`)

// splitStart reads the chain before a start. A bare txid:vout has none.
func splitStart(s string) (*bitcoin.Network, string, error) {
	if txidStart.MatchString(s) {
		return nil, s, nil
	}
	return bitcoin.CutChain(s)
}

func wrongStart(err error, hint string) error {
	return &UsageError{Field: FieldStarts, Err: err, Hint: hint}
}

// Network returns the network that the starts name, nil where none does. All
// are of one: those that name none are of the one that others name. Errors are
// *UsageError.
func (q *Question) Network() (n *bitcoin.Network, err error) {
	switch {
	case len(q.Starts) == 0:
		return nil, wrongStart(errors.New("where does it begin?"), StartForms)
	case len(q.Starts) > StartsMax:
		return nil, wrongStart(fmt.Errorf("more than %d are named", StartsMax), manyStarts)
	}
	for _, s := range q.Starts {
		named, _, err := splitStart(s)
		switch {
		case err != nil:
			return nil, wrongStart(err, StartForms)
		case n != nil && named != nil && n != named:
			return nil, wrongStart(fmt.Errorf("starts of two chains: %s and %s", n.Name, named.Name), "trace each by itself")
		case named != nil:
			n = named
		}
	}
	return n, nil
}

// starts reads the starts as those of a network.
func (q *Question) starts(n *bitcoin.Network) ([]StartName, error) {
	names := make([]StartName, len(q.Starts))
	for i, s := range q.Starts {
		_, text, err := splitStart(s)
		if err == nil {
			names[i], err = parseStart(text, n)
		}
		if err != nil {
			return nil, wrongStart(err, StartForms)
		}
	}
	return names, nil
}

// parseStart reads a start of a network.
func parseStart(s string, n *bitcoin.Network) (StartName, error) {
	if txidStart.MatchString(s) {
		return parseTxStart(s)
	}
	address, between, ranged := strings.Cut(s, "@")
	account, err := bitcoin.ParseAddress(address, n)
	if err != nil {
		return StartName{}, err
	}
	name := StartName{Text: s, Account: account}
	if !ranged {
		return name, nil
	}
	from, to, ok := strings.Cut(between, "..")
	if !ok {
		return StartName{}, fmt.Errorf("start %.160q: want FROM..TO behind the @", s)
	}
	if name.From, err = parseEnd(from); err != nil {
		return StartName{}, err
	}
	name.To, err = parseEnd(to)
	return name, err
}

func parseEnd(s string) (*Moment, error) {
	if s == "" {
		return nil, nil
	}
	m, err := ParseMoment(s)
	return &m, err
}

func parseTxStart(s string) (StartName, error) {
	if !strings.Contains(s, ":") {
		id, err := ledger.ParseHash(s)
		return StartName{Text: s, Outpoint: ledger.Outpoint{TxID: id}, Whole: true}, err
	}
	o, err := ledger.ParseOutpoint(s)
	return StartName{Text: s, Outpoint: o}, err
}
