package bitcoind

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// pageMax is how many headers are asked for at a time. Pages end where heights
// divide by it, so that those of several nodes can be compared.
const pageMax = 2000

// node is asked for hashes, headers and blocks, all of which it checks.
type node struct {
	rpc
	opt *Options

	state   state
	refused *refusals // of all nodes
	news    rpc       // for the long poll, beside the others
	poll    longPoll  // what the node knows of it; the watcher's own
}

func newNode(text string, opt *Options, refused *refusals) (*node, error) {
	u, who, err := opt.parseURL(text)
	if err != nil {
		return nil, err
	}
	t, err := opt.transport()
	if err != nil {
		return nil, err
	}
	n := &node{opt: opt, refused: refused}
	n.rpc = rpc{
		name: u.Host, url: u.String(), keys: &keys{now: who}, timeout: opt.Timeout,
		gate: make(chan struct{}, opt.InFlight),
		http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	n.news = n.rpc
	n.news.gate = make(chan struct{}, 1)
	n.state.now.Node = u.Host
	return n, nil
}

// tip returns the newest block of the node's chain, and checks the oldest. The
// two questions for it are answered one after the other: a block may come
// between, which the headers will tell.
func (n *node) tip(ctx context.Context) (tip Ref, err error) {
	calls := []call{{"getblockcount", nil}, {"getbestblockhash", nil}, {"getblockhash", []any{0}}}
	answers, err := n.batch(ctx, calls)
	if err != nil {
		return tip, err
	}
	for i := range answers {
		if err := n.fault(calls[i], answers[i]); err != nil {
			return tip, err
		}
	}
	if tip.Height, err = answers[0].height(); err != nil {
		return tip, n.lie(calls[0], "%v", err)
	}
	if tip.Hash, err = answers[1].hash(); err != nil {
		return tip, n.lie(calls[1], "%v", err)
	}
	genesis, err := answers[2].hash()
	if err != nil {
		return tip, n.lie(calls[2], "%v", err)
	}
	if want := n.opt.Network.Genesis; genesis != want {
		return tip, fmt.Errorf("%s: %w: block 0 is %s, that of %s is %s", n.name, ErrForeign, named(genesis), n.opt.Network.Name, want)
	}
	return tip, nil
}

// named is the hash of a block 0, and whose it is, if that is known.
func named(genesis ledger.Hash) string {
	for _, n := range bitcoin.Networks() {
		if n.Genesis == genesis {
			return genesis.String() + " (" + n.Name + ")"
		}
	}
	return genesis.String()
}

// hashesAt asks which blocks stand at some heights of the node's chain now.
func (n *node) hashesAt(ctx context.Context, heights []ledger.Height) ([]ledger.Hash, error) {
	calls := make([]call, len(heights))
	for i, h := range heights {
		calls[i] = call{"getblockhash", []any{h}}
	}
	answers, err := n.batch(ctx, calls)
	if err != nil {
		return nil, err
	}
	hashes := make([]ledger.Hash, len(heights))
	for i, a := range answers {
		if a.fault != nil && (a.fault.Code == codeNoHeight || a.fault.Code == codeMisc) {
			return nil, errMoved // it had that height before
		}
		if err := n.fault(calls[i], a); err != nil {
			return nil, err
		}
		if hashes[i], err = a.hash(); err != nil {
			return nil, n.lie(calls[i], "%v", err)
		}
	}
	return hashes, nil
}

// link is what headers build on. Nothing is known of the block before the first
// of a chain that does not begin with block 0.
type link struct {
	known bool
	hash  ledger.Hash
	bits  uint32
}

// header is a header that was checked.
type header struct {
	Ref
	bits uint32
}

// page returns the headers of the node's chain from one height to another, at
// most pageMax of them. They are linked to each other and to what is before
// them, or the error is errMoved.
func (n *node) page(ctx context.Context, before link, from, to ledger.Height) ([]header, error) {
	heights := make([]ledger.Height, 0, to-from+1)
	for h := from; h <= to; h++ {
		heights = append(heights, h)
	}
	hashes, err := n.hashesAt(ctx, heights)
	if err != nil {
		return nil, err
	}
	calls := make([]call, len(hashes))
	for i, h := range hashes {
		calls[i] = call{"getblockheader", []any{h.String(), false}}
	}
	answers, err := n.batch(ctx, calls)
	if err != nil {
		return nil, err
	}
	headers := make([]header, len(hashes))
	for i := range answers {
		headers[i] = header{Ref: Ref{heights[i], hashes[i]}}
		if err := n.readHeader(calls[i], answers[i], before, &headers[i]); err != nil {
			return nil, err
		}
		before = link{true, headers[i].Hash, headers[i].bits}
	}
	if id, reason, ok := n.refused.find(headers); ok {
		return nil, n.refusal(id, reason)
	}
	return headers, nil
}

// refusal is the error of a node that shows a branch with a refused block.
func (n *node) refusal(id ledger.Hash, reason string) error {
	return n.lie(call{"getblock", []any{id.String()}}, "%s", reason)
}

func (n *node) readHeader(c call, a answer, before link, h *header) error {
	if err := n.fault(c, a); err != nil {
		return err
	}
	raw, err := a.header()
	if err != nil {
		return n.lie(c, "%v", err)
	}
	if got := bitcoin.HashHeader(raw[:]); got != h.Hash {
		return n.lie(c, "it is the header of %s", got)
	}
	h.bits = bitsOf(&raw)
	err = checkHeader(n.opt, &raw, before, h)
	if err != nil && !errors.Is(err, errMoved) {
		return n.lie(c, "height %d: %v", h.Height, err)
	}
	return err
}
