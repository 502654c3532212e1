package launder

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// outputs reads "account:amount ...".
func (p *parser) outputs(words []string) (outs []bitcoin.RawOut, made []*textCoin, err error) {
	var sum ledger.Amount
	for _, word := range words {
		name, digits, ok := strings.Cut(word, ":")
		if !ok {
			return nil, nil, fmt.Errorf("output %.80q: want account:amount", word)
		}
		if err := p.checkAccount(name); err != nil {
			return nil, nil, fmt.Errorf("output %.80q: %w", word, err)
		}
		value, err := parseAmount(digits)
		if err != nil {
			return nil, nil, fmt.Errorf("output %.80q: %w", word, err)
		}
		if sum += value; sum > bitcoin.MaxMoney {
			return nil, nil, fmt.Errorf("outputs above %v", bitcoin.MaxMoney)
		}
		outs = append(outs, bitcoin.RawOut{Value: value, Script: AccountOf(name)})
		made = append(made, &textCoin{value: value, account: name, stated: true})
	}
	return outs, made, nil
}

// inputs reads inputs and marks what they spend as spent.
func (p *parser) inputs(words []string) ([]*textCoin, error) {
	var coins []*textCoin
	for _, word := range words {
		some, err := p.input(word)
		if err != nil {
			return nil, fmt.Errorf("input %.80q: %w", word, err)
		}
		for _, c := range some {
			c.spent = true
		}
		coins = append(coins, some...)
	}
	return coins, nil
}

func (p *parser) input(word string) ([]*textCoin, error) {
	name, rest, amount := strings.Cut(word, ":")
	if outs, ok := p.named[name]; ok {
		return p.inputOf(outs, rest)
	}
	if err := p.checkAccount(name); err != nil {
		return nil, err
	}
	if isBurn(name) {
		return nil, fmt.Errorf("burnt outputs can not be spent")
	}
	if !amount {
		return p.oldest(name)
	}
	digits, unstated := strings.CutSuffix(rest, "?")
	value, err := parseAmount(digits)
	if err != nil {
		return nil, err
	}
	if _, seen := p.accounts[name]; unstated || !seen {
		return p.fromBefore(name, value, !unstated)
	}
	return p.exactly(name, value)
}

// inputOf reads the number in "tx:vout".
func (p *parser) inputOf(outs []*textCoin, digits string) ([]*textCoin, error) {
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("output number: %w", err)
	}
	if n >= uint64(len(outs)) {
		return nil, fmt.Errorf("the transaction has %d outputs", len(outs))
	}
	c := outs[n]
	switch {
	case c.spent:
		return nil, fmt.Errorf("spent already")
	case isBurn(c.account):
		return nil, fmt.Errorf("burnt outputs can not be spent")
	}
	return []*textCoin{c}, nil
}

func (p *parser) oldest(name string) ([]*textCoin, error) {
	for _, c := range p.accounts[name] {
		if !c.spent {
			return []*textCoin{c}, nil
		}
	}
	return nil, fmt.Errorf("the account has no unspent output")
}

// exactly takes the oldest unspent outputs until they make the amount. An
// output can not be spent in part, so another sum is the author's mistake.
func (p *parser) exactly(name string, value ledger.Amount) ([]*textCoin, error) {
	var coins []*textCoin
	var sum ledger.Amount
	for _, c := range p.accounts[name] {
		if c.spent {
			continue
		}
		coins, sum = append(coins, c), sum+c.value
		if sum >= value {
			break
		}
	}
	if len(coins) == 0 || sum != value {
		return nil, fmt.Errorf("the oldest %d unspent outputs of the account make %v", len(coins), sum)
	}
	return coins, nil
}

// fromBefore makes up an output that is older than the ledger.
func (p *parser) fromBefore(name string, value ledger.Amount, stated bool) ([]*textCoin, error) {
	if p.w.config.First == 0 {
		return nil, fmt.Errorf("nothing is older than block 0")
	}
	id := sha256.Sum256(strconv.AppendInt([]byte("launder before "), int64(p.before), 10))
	p.before++
	if _, seen := p.accounts[name]; !seen {
		p.accounts[name] = nil
	}
	return []*textCoin{{at: ledger.Outpoint{TxID: id}, value: value, account: name, stated: stated}}, nil
}

func (p *parser) checkTxName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if _, ok := p.named[name]; ok {
		return fmt.Errorf("%s: there is a transaction of that name already", name)
	}
	if _, ok := p.accounts[name]; ok {
		return fmt.Errorf("%s: an account has that name already", name)
	}
	return nil
}

// checkAccount refuses the names of transactions: in an input they would mean
// something else.
func (p *parser) checkAccount(name string) error {
	if _, ok := p.named[name]; ok {
		return fmt.Errorf("a transaction has that name already")
	}
	return checkName(name)
}

func checkName(name string) error {
	switch name {
	case "", "first", "block", "coinbase":
		return fmt.Errorf("%q is no name", name)
	}
	if len(name) > nameMax {
		return fmt.Errorf("%.80q: names have at most %d bytes", name, nameMax)
	}
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		other := r >= '0' && r <= '9' || r == '_' || r == '.' || r == '-'
		if !letter && (i == 0 || !other) {
			return fmt.Errorf("%.80q is no name", name)
		}
	}
	return nil
}

func parseAmount(digits string) (ledger.Amount, error) {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount: %w", err)
	}
	if n > uint64(bitcoin.MaxMoney) {
		return 0, fmt.Errorf("amount above %v", bitcoin.MaxMoney)
	}
	return ledger.Amount(n), nil
}
