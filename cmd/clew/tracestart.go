package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// startName is where a trace begins, as a user names it: a transaction, one of
// its outputs, or an address in a range of blocks.
type startName struct {
	text     string // as it was typed, the chain left out
	outpoint ledger.Outpoint
	whole    bool // all outputs of the transaction
	account  ledger.Account
	from, to *moment // of an account; nil: from the first block, to the tip
}

// startsMax bounds the outputs that a trace begins from: a wrong address can
// have millions.
const startsMax = 1_000_000

// startForms says how starts are named.
const startForms = "a start is bitcoin:TXID, bitcoin:TXID:VOUT or bitcoin:ADDRESS[@FROM..TO]"

var txidStart = regexp.MustCompile(`^[0-9a-fA-F]{64}(:|$)`)

// splitStart reads the chain before a start. A bare txid:vout has none.
func splitStart(s string) (*bitcoin.Network, string, error) {
	if txidStart.MatchString(s) {
		return nil, s, nil
	}
	return splitChain(s)
}

// startsOf reads the starts of a command line. All are of one chain; those
// that name none are of the one that others name.
func startsOf(args []string) (n *bitcoin.Network, rest []string, err error) {
	for _, arg := range args {
		chain, text, err := splitStart(arg)
		if err != nil {
			return nil, nil, fail(exitUsage, err, startForms)
		}
		if n != nil && chain != nil && n != chain {
			return nil, nil, fail(exitUsage, fmt.Errorf("starts of two chains: %s and %s", n.Name, chain.Name), "trace each by itself")
		}
		if chain != nil {
			n = chain
		}
		rest = append(rest, text)
	}
	return n, rest, nil
}

// parseStart reads a start of a network.
func parseStart(s string, n *bitcoin.Network) (startName, error) {
	if txidStart.MatchString(s) {
		return parseTxStart(s)
	}
	address, between, ranged := strings.Cut(s, "@")
	account, err := bitcoin.ParseAddress(address, n)
	if err != nil {
		return startName{}, err
	}
	name := startName{text: s, account: account}
	if !ranged {
		return name, nil
	}
	from, to, ok := strings.Cut(between, "..")
	if !ok {
		return startName{}, fmt.Errorf("start %.160q: want FROM..TO behind the @", s)
	}
	if name.from, err = parseEnd(from); err != nil {
		return startName{}, err
	}
	name.to, err = parseEnd(to)
	return name, err
}

func parseEnd(s string) (*moment, error) {
	if s == "" {
		return nil, nil
	}
	m, err := parseMoment(s)
	return &m, err
}

func parseTxStart(s string) (startName, error) {
	if !strings.Contains(s, ":") {
		id, err := ledger.ParseHash(s)
		return startName{text: s, outpoint: ledger.Outpoint{TxID: id}, whole: true}, err
	}
	o, err := ledger.ParseOutpoint(s)
	return startName{text: s, outpoint: o}, err
}

// foundStart is an output that a trace begins from.
type foundStart struct {
	trace.Start
	outpoint string
	value    ledger.Amount
	time     uint32 // of its block
}

// starter finds the outputs that names mean on a trace.Source chain.
type starter struct {
	ctx   context.Context
	src   trace.Source
	found []foundStart
	txs   []ledger.TxView
}

// missingStart is a transaction that the source does not hold as of its pin.
type missingStart struct{ id ledger.TxID }

func (m *missingStart) Error() string { return fmt.Sprintf("transaction %s: not in the source", m.id) }

// findStarts returns the outputs that names mean, each once, in ledger order.
func findStarts(ctx context.Context, src trace.Source, names []startName) ([]foundStart, error) {
	s := &starter{ctx: ctx, src: src}
	if err := s.transactions(names); err != nil {
		return nil, err
	}
	for i := range names {
		if names[i].account == nil {
			continue
		}
		if err := s.paidTo(&names[i]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.found, func(a, b foundStart) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Vout, b.Vout))
	})
	return slices.CompactFunc(s.found, func(a, b foundStart) bool { return a.Tx == b.Tx && a.Vout == b.Vout }), nil
}

// startBatch is how many transactions are asked for at a time.
const startBatch = 512

// transactions finds the starts that are named by transactions.
func (s *starter) transactions(names []startName) error {
	var named []startName
	var ids []ledger.TxID
	for _, n := range names {
		if n.account == nil {
			named, ids = append(named, n), append(ids, n.outpoint.TxID)
		}
	}
	refs, err := s.src.AppendTxRefs(s.ctx, nil, ids)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		if uint64(ref) == ledger.NoRef {
			return &missingStart{ids[i]}
		}
	}
	for from := 0; from < len(refs); from += startBatch {
		to := min(from+startBatch, len(refs))
		if s.txs, err = s.src.AppendTxs(s.ctx, s.txs[:0], refs[from:to]); err != nil {
			return err
		}
		for i := range s.txs {
			if err := s.named(&named[from+i], &s.txs[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// named adds what a name means of its transaction: one output, or all that
// hold anything.
func (s *starter) named(n *startName, tx *ledger.TxView) error {
	if !n.whole {
		if uint64(n.outpoint.Vout) >= uint64(len(tx.Outs)) {
			return fail(exitUsage, fmt.Errorf("start %s: the transaction has %d outputs, numbered from 0", n.text, len(tx.Outs)), "")
		}
		if tx.Outs[n.outpoint.Vout].Value == 0 {
			return fail(exitUsage, fmt.Errorf("start %s: the output holds nothing", n.text), "")
		}
		return s.add(tx, n.outpoint.Vout)
	}
	before := len(s.found)
	for vout := range tx.Outs {
		if tx.Outs[vout].Value == 0 {
			continue
		}
		if err := s.add(tx, uint32(vout)); err != nil {
			return err
		}
	}
	if len(s.found) == before {
		return fail(exitUsage, fmt.Errorf("start %s: its outputs hold nothing", n.text), "")
	}
	return nil
}

func (s *starter) add(tx *ledger.TxView, vout uint32) error {
	if len(s.found) == startsMax {
		return fail(exitUsage, fmt.Errorf("the trace begins from more than %d outputs", startsMax), "name fewer, or a range of blocks: bitcoin:ADDRESS@FROM..TO")
	}
	s.found = append(s.found, foundStart{
		Start:    trace.Start{Tx: tx.Ref, Vout: vout, Pos: tx.Pos},
		outpoint: ledger.Outpoint{TxID: tx.ID, Vout: vout}.String(), value: tx.Outs[vout].Value, time: tx.Time,
	})
	return nil
}

// paidTo adds every output that was paid to an account in its range.
func (s *starter) paidTo(n *startName) error {
	from, to, err := s.between(n)
	if err != nil {
		return err
	}
	outs, err := s.src.AppendOutputs(s.ctx, nil, n.account, from, to)
	if err != nil {
		return err
	}
	if len(outs) > startsMax {
		return fail(exitUsage, fmt.Errorf("start %s: paid %d times, more than %d", n.text, len(outs), startsMax), "name a range of blocks: bitcoin:ADDRESS@FROM..TO")
	}
	before := len(s.found)
	for at := 0; at < len(outs); at += startBatch {
		if err := s.outputs(outs[at:min(at+startBatch, len(outs))]); err != nil {
			return err
		}
	}
	if len(s.found) == before {
		return fail(exitUsage, fmt.Errorf("start %s: nothing was paid to it from block %d to block %d", n.text, from.Height(), to.Height()), "")
	}
	return nil
}

// between returns the range of a start, cut to what the source holds.
func (s *starter) between(n *startName) (from, to ledger.Pos, err error) {
	tip := s.src.Tip()
	first, last := tip.FirstHeight, tip.Height
	if n.from != nil {
		if first, err = s.end(n, n.from); err != nil {
			return 0, 0, err
		}
	}
	if n.to != nil {
		if last, err = s.end(n, n.to); err != nil {
			return 0, 0, err
		}
	}
	if last < first {
		return 0, 0, fail(exitUsage, fmt.Errorf("start %s: the range ends at block %d, before it begins at %d", n.text, last, first), "")
	}
	return ledger.MakePos(first, 0), ledger.MakePos(min(last, tip.Height), 1<<24-1), nil
}

func (s *starter) end(n *startName, m *moment) (ledger.Height, error) {
	h, err := m.on(s.ctx, s.src)
	if err != nil {
		return 0, momentFailure("start "+n.text, err)
	}
	return h, nil
}

// outputs adds some outputs with their transactions.
func (s *starter) outputs(outs []ledger.OutRef) error {
	refs, vouts := make([]ledger.TxRef, len(outs)), make([]uint32, len(outs))
	var err error
	for i, out := range outs {
		if refs[i], vouts[i], err = s.src.TxOf(out); err != nil {
			return err
		}
	}
	if s.txs, err = s.src.AppendTxs(s.ctx, s.txs[:0], refs); err != nil {
		return err
	}
	for i := range s.txs {
		if s.txs[i].Outs[vouts[i]].Value == 0 {
			continue
		}
		if err := s.add(&s.txs[i], vouts[i]); err != nil {
			return err
		}
	}
	return nil
}
