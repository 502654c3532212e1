package facts

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/lines"
	"clew.example/clew/ledger"
)

// Read reads and checks a file. An error names the line. Bounds: 64 MiB,
// 2,000,000 lines, 2,004,096 bytes a line.
func Read(r io.Reader) (*Facts, error) {
	in := lines.NewReader(r, limits)
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	b := newBuilder(h.network, h.source)
	txLine := 0
	for line := h.first; ; {
		words := strings.Fields(line)
		if words[0] == "tx" || words[0] == "block" {
			if err := b.endTx(); err != nil {
				return nil, fmt.Errorf("line %d: %w", txLine, err)
			}
			txLine = in.Line()
		}
		if err := b.line(words); err != nil {
			return nil, in.Errorf("%w", err)
		}
		line, err = nextFact(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if err := b.endTx(); err != nil {
		return nil, fmt.Errorf("line %d: %w", txLine, err)
	}
	return b.finish()
}

// nextFact returns the next line that has a word in it: blanks of other
// alphabets make none.
func nextFact(in *lines.Reader) (string, error) {
	for {
		line, err := in.NextFilled()
		if err != nil || len(strings.Fields(line)) > 0 {
			return line, err
		}
	}
}

// header is what stands before the first block.
type header struct {
	network  *bitcoin.Network
	source   string
	complete bool
	first    string // the line of the first block
}

func readHeader(in *lines.Reader) (*header, error) {
	line, err := nextFact(in)
	if err == io.EOF {
		return nil, errors.New("the file is empty: want clew-facts 1 in its first line")
	}
	if err != nil {
		return nil, err
	}
	if err := checkFormat(strings.Fields(line)); err != nil {
		return nil, in.Errorf("%w", err)
	}
	h := &header{}
	for {
		line, err := nextFact(in)
		if err == io.EOF {
			return nil, errors.New("no blocks: the first and the last must be there")
		}
		if err != nil {
			return nil, err
		}
		if strings.Fields(line)[0] == "block" {
			h.first = line
			err = h.check()
		} else {
			err = h.line(line)
		}
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		if h.first != "" {
			return h, nil
		}
	}
}

func checkFormat(words []string) error {
	if words[0] != "clew-facts" || len(words) != 2 {
		return errors.New("not a file of facts: want clew-facts 1 in its first line")
	}
	if words[1] != strconv.Itoa(Format) {
		return fmt.Errorf("format %.20q: this program reads %d; a newer one may read it", words[1], Format)
	}
	return nil
}

func (h *header) line(line string) error {
	words := strings.Fields(line)
	switch {
	case words[0] == "chain" && len(words) == 3 && words[1] == "bitcoin" && h.network == nil:
		var err error
		h.network, err = bitcoin.NetworkByName(words[2])
		return err
	case words[0] == "chain":
		return errors.New("want chain bitcoin and the name of a network, once")
	case words[0] == "source" && h.source == "":
		h.source = strings.TrimSpace(strings.TrimPrefix(line, "source"))
		return checkSource(h.source)
	case line == "complete" && !h.complete:
		h.complete = true
		return nil
	}
	return fmt.Errorf("%.20q: want chain, source and complete, once each, then blocks", words[0])
}

func (h *header) check() error {
	switch {
	case h.network == nil:
		return errors.New("no line with the chain before the first block")
	case h.source == "":
		return errors.New("no line with the source before the first block: facts say where they come from")
	case !h.complete:
		return errors.New("no line \"complete\" before the first block: without every spend of its outputs a file says nothing of what is unspent")
	}
	return nil
}

func checkSource(s string) error {
	switch {
	case s == "" || s != strings.TrimSpace(s):
		return errors.New("source: want words without blanks around them")
	case len(s) > sourceMax:
		return fmt.Errorf("source is longer than %d bytes", sourceMax)
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("source has a control character")
	}
	return nil
}

// line reads a line behind the header.
func (b *builder) line(words []string) error {
	switch kind, args := words[0], words[1:]; {
	case kind == "block" && len(args) == 4:
		return b.parseBlock(args)
	case kind == "tx" && len(args) == 2:
		return b.parseTx(args)
	case kind == "in" && len(args) == 1 && args[0] == "coinbase":
		return b.coinbase()
	case kind == "in" && len(args) == 2:
		return b.parseIn(args)
	case kind == "out" && len(args) == 2:
		return b.parseOut(args)
	}
	return fmt.Errorf("%.20q with %d words: want block HEIGHT HASH PREV TIME, tx INDEX TXID, in TXID:VOUT VALUE, in coinbase or out VALUE ADDRESS", words[0], len(words)-1)
}

func (b *builder) parseBlock(args []string) error {
	height, err := parseNumber("height", args[0])
	if err != nil {
		return err
	}
	hash, err := ledger.ParseHash(args[1])
	if err != nil {
		return err
	}
	prev, err := ledger.ParseHash(args[2])
	if err != nil {
		return err
	}
	time, err := parseNumber("time", args[3])
	if err != nil {
		return err
	}
	if height >= uint32(MaxHeight) {
		return fmt.Errorf("height %d is none", height)
	}
	return b.block(ledger.Height(height), hash, prev, time)
}

func (b *builder) parseTx(args []string) error {
	index, err := parseNumber("index", args[0])
	if err != nil {
		return err
	}
	id, err := ledger.ParseHash(args[1])
	if err != nil {
		return err
	}
	return b.tx(index, id)
}

// coinbase reads the one input of a coinbase, which holds no row.
func (b *builder) coinbase() error {
	tx, row, err := b.current()
	switch {
	case err != nil:
		return err
	case !tx.isCoinbase():
		return errors.New("transaction 0 of a block is its coinbase, and no other is")
	case b.minted || tx.endOut > b.f.firstOut(row):
		return errors.New("in coinbase stands once, before the outputs")
	}
	b.minted = true
	return nil
}

func (b *builder) parseIn(args []string) error {
	prev, err := ledger.ParseOutpoint(args[0])
	if err != nil {
		return err
	}
	if args[1] == "?" {
		return b.in(prev, false, 0)
	}
	value, err := parseAmount(args[1])
	if err != nil {
		return err
	}
	return b.in(prev, true, value)
}

func (b *builder) parseOut(args []string) error {
	value, err := parseAmount(args[0])
	if err != nil {
		return err
	}
	account, err := bitcoin.ParseAddress(args[1], b.f.network)
	if err != nil {
		return err
	}
	return b.out(value, account)
}

func parseAmount(s string) (a ledger.Amount, err error) {
	err = a.UnmarshalText([]byte(s))
	return a, err
}

func parseNumber(what, s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%s %.40q: want a whole number below 2^32", what, s)
	}
	return uint32(n), nil
}
