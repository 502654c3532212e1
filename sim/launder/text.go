package launder

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TextMax is the longest text in bytes that Parse reads. Whatever it says, no
// block grows above the limit.
const TextMax = 1 << 16

// nameMax is the longest name in bytes.
const nameMax = 64

// AccountOf returns the script of a name in Parse's language: P2WPKH of a hash
// of the name, or OP_RETURN with the name for burn and burn.anything.
func AccountOf(name string) ledger.Account {
	if isBurn(name) {
		return push([]byte{opReturn}, []byte(name))
	}
	hash := sha256.Sum256([]byte("launder account " + name))
	return push([]byte{op0}, hash[:20])
}

func isBurn(name string) bool { return name == "burn" || strings.HasPrefix(name, "burn.") }

// TxID returns the id of a named transaction in a world made by Parse.
func (w *World) TxID(name string) (ledger.TxID, bool) {
	id, ok := w.names[name]
	return id, ok
}

// TxName returns the name of a transaction in a world made by Parse, or "".
func (w *World) TxName(id ledger.TxID) string {
	for name, named := range w.names {
		if named == id {
			return name
		}
	}
	return ""
}

// Parse makes the world that a text says, in the language of the package's
// documentation. Errors name the line.
func Parse(text string) (*World, error) {
	if len(text) > TextMax {
		return nil, fmt.Errorf("made-up ledger of %d bytes is above %d", len(text), TextMax)
	}
	p := newParser()
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if err := p.line(strings.Fields(line)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if p.holds() || len(p.w.main) == 0 {
		p.endBlock()
	}
	return p.w, nil
}

// parser makes the blocks of a text while it reads it.
type parser struct {
	w        *World
	tip      ledger.Hash
	next     ledger.Height
	began    bool // a line other than "first" was read
	accounts map[string][]*textCoin
	named    map[string][]*textCoin // outputs of a transaction
	before   int                    // outputs from before the ledger so far
	txs      []bitcoin.RawTx        // of the block at work; the first is the coinbase, perhaps yet to be made
	spent    []ledger.SpentOut
}

// textCoin is an output of a text.
type textCoin struct {
	at      ledger.Outpoint
	value   ledger.Amount
	account string
	spent   bool
	stated  bool // World.Spent states it
}

func newParser() *parser {
	p := &parser{
		w: newWorld(Config{First: 1}), next: 1,
		accounts: map[string][]*textCoin{}, named: map[string][]*textCoin{},
	}
	p.startBlock()
	return p
}

func (p *parser) startBlock() { p.txs, p.spent = []bitcoin.RawTx{{}}, []ledger.SpentOut{{}} }

// holds reports whether the block at work has any line yet.
func (p *parser) holds() bool { return len(p.txs) > 1 || len(p.txs[0].Ins) > 0 }

// endBlock makes a block of the transactions read.
func (p *parser) endBlock() {
	if len(p.txs[0].Ins) == 0 {
		p.txs[0] = p.coinbase([]bitcoin.RawOut{{Script: []byte{opReturn}}})
	}
	h := bitcoin.Header{Version: 4, Prev: p.tip, Time: 1_231_006_505 + uint32(p.next)*600}
	ref := p.w.seal(h, p.next, p.txs, p.spent)
	p.w.main = append(p.w.main, ref)
	p.tip, p.next = ref.Hash, p.next+1
	p.startBlock()
}

func (p *parser) coinbase(outs []bitcoin.RawOut) bitcoin.RawTx {
	script := bitcoin.CoinbaseScript(p.next, []byte("\x05clew!"))
	return bitcoin.RawTx{Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn(script)}, Outs: outs}
}

func (p *parser) line(words []string) error {
	if len(words) == 0 {
		return nil
	}
	began := p.began
	p.began = true
	switch words[0] {
	case "first":
		return p.first(words[1:], began)
	case "block":
		if len(words) > 1 {
			return fmt.Errorf("block: nothing may follow, have %.40q", words[1])
		}
		p.endBlock()
		return nil
	}
	return p.transaction(words[0], words[1:])
}

func (p *parser) first(words []string, began bool) error {
	if began {
		return fmt.Errorf("first: must be the first line")
	}
	if len(words) != 1 {
		return fmt.Errorf("first: want one height, have %d words", len(words))
	}
	h, err := strconv.ParseUint(words[0], 10, 30)
	if err != nil {
		return fmt.Errorf("first: height: %w", err)
	}
	p.next, p.w.config.First = ledger.Height(h), ledger.Height(h)
	return nil
}

// transaction reads "NAME in... -> out...".
func (p *parser) transaction(name string, words []string) error {
	if err := p.checkTxName(name); err != nil {
		return err
	}
	p.named[name] = nil // from here on no account has this name
	arrow := 0
	for arrow < len(words) && words[arrow] != "->" {
		arrow++
	}
	if arrow == 0 || arrow >= len(words)-1 {
		return fmt.Errorf("%s: want inputs, -> and outputs", name)
	}
	outs, made, err := p.outputs(words[arrow+1:])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ins := words[:arrow]
	if len(ins) == 1 && ins[0] == "coinbase" {
		err = p.addCoinbase(outs)
	} else {
		err = p.addPayment(ins, outs)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.name(name, made)
	return nil
}

func (p *parser) addCoinbase(outs []bitcoin.RawOut) error {
	if p.holds() {
		return fmt.Errorf("coinbase: must be the first transaction of its block")
	}
	p.txs[0] = p.coinbase(outs)
	return nil
}

func (p *parser) addPayment(words []string, outs []bitcoin.RawOut) error {
	coins, err := p.inputs(words)
	if err != nil {
		return err
	}
	var sum ledger.Amount
	tx := bitcoin.RawTx{Version: 2, Outs: outs}
	for _, c := range coins {
		if sum += c.value; sum > bitcoin.MaxMoney {
			return fmt.Errorf("inputs above %v", bitcoin.MaxMoney)
		}
		tx.Ins = append(tx.Ins, bitcoin.RawIn{Prev: c.at, Sequence: 0xfffffffd})
	}
	if have := worth(outs); have > sum {
		return fmt.Errorf("outputs of %v exceed inputs of %v", have, sum)
	}
	for _, c := range coins {
		var s ledger.SpentOut
		if c.stated {
			s = ledger.SpentOut{Known: true, Value: c.value, Script: AccountOf(c.account)}
		}
		p.spent = append(p.spent, s)
	}
	p.txs = append(p.txs, tx)
	return nil
}

// name makes the outputs of the transaction just read known.
func (p *parser) name(name string, made []*textCoin) {
	tx := &p.txs[len(p.txs)-1]
	id := tx.TxID()
	for i, c := range made {
		c.at = ledger.Outpoint{TxID: id, Vout: uint32(i)}
		p.accounts[c.account] = append(p.accounts[c.account], c)
	}
	p.named[name], p.w.names[name] = made, id
}
