package bitcoind

import (
	"context"
	"errors"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// blockMax bounds the answer to getblock with verbosity 0: a block in hex.
const blockMax = 2*bitcoin.MaxBlockSize + answerMax

// block fetches and decodes a block, with the values of what it spends where
// they were asked for and the node states them. Its height is not set.
func (n *node) block(ctx context.Context, id ledger.Hash) (*ledger.Block, error) {
	c := call{"getblock", []any{id.String(), 0}}
	a, err := n.one(ctx, blockMax, c.method, c.params...)
	if err != nil {
		return nil, err
	}
	raw, err := a.bytes()
	if err != nil {
		return nil, n.lie(c, "%v", err)
	}
	b := new(ledger.Block)
	var d bitcoin.Decoder
	if err := d.Decode(b, raw); err != nil {
		return nil, n.lie(c, "%v", err)
	}
	if b.Hash != id {
		return nil, n.lie(c, "it is block %s", b.Hash)
	}
	h, _ := bitcoin.ParseHeader(raw)
	if err := bitcoin.CheckPow(b.Hash, h.Bits, n.opt.Network); err != nil && !n.opt.NoPow {
		return nil, n.lie(c, "%v", err)
	}
	if n.opt.Values {
		return b, n.fillSpent(ctx, b)
	}
	return b, nil
}

// verboseMax bounds the answer to getblock with verbosity 3. Blocks of mainnet
// take some 20 MB; where scripts of 10 kB are spent by the thousand it would be
// a gigabyte, and the values stay unknown.
const verboseMax = 64 << 20

// fillSpent asks for the values of what a block spends. They are left unknown
// where the node does not state them, or would need too many words for it.
func (n *node) fillSpent(ctx context.Context, b *ledger.Block) error {
	if len(b.Txs) == 1 || n.state.valueless() {
		return nil
	}
	c := call{"getblock", []any{b.Hash.String(), 3}}
	a, err := n.one(ctx, verboseMax, c.method, c.params...)
	var fault *RPCError
	switch {
	case errors.Is(err, errTooLong):
		return nil
	case errors.As(err, &fault) && !errors.Is(err, ErrStarting):
		return nil
	case err != nil:
		return err
	}
	spent, err := parseSpent(a.result, b)
	if err != nil {
		return n.lie(c, "%v", err)
	}
	if spent == nil {
		n.state.setValueless()
	}
	b.Spent = spent
	return nil
}
