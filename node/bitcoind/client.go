package bitcoind

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"clew.example/clew/ledger"
)

// Client asks one or several nodes of one chain.
type Client struct {
	opt   Options
	nodes []*node
	busy  sync.Mutex // held while following
	said  sync.Mutex // held while Options.Status runs

	refused refusals
}

// Open makes a Client. It asks no node yet.
func Open(opt Options) (*Client, error) {
	c := &Client{opt: opt}
	if err := c.opt.fill(); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for i, text := range opt.URLs {
		n, err := newNode(text, &c.opt, &c.refused)
		if err != nil {
			return nil, fmt.Errorf("bitcoin node %d: %w", i+1, err)
		}
		if names[n.name] {
			return nil, fmt.Errorf("bitcoin node %d: %s is given twice", i+1, n.name)
		}
		names[n.name] = true
		c.nodes = append(c.nodes, n)
	}
	return c, nil
}

// Close gives idle connections up.
func (c *Client) Close() {
	for _, n := range c.nodes {
		n.http.CloseIdleConnections()
	}
}

// Nodes returns what is known of each node, in the order they were given.
func (c *Client) Nodes() []Status {
	list := make([]Status, len(c.nodes))
	for i, n := range c.nodes {
		list[i], _ = n.state.get()
	}
	return list
}

// tell sets the state of a node and says so where it changes.
func (c *Client) tell(n *node, to State, tip *Ref, err error) {
	c.said.Lock()
	defer c.said.Unlock()
	if now, changed := n.state.set(to, tip, err); changed && c.opt.Status != nil {
		c.opt.Status(now)
	}
}

// Block returns a block by its hash, from the first node that gives it. Its
// height is not set. Nodes that are down or starting are asked again for as
// long as Options.Patience; the error is then ErrUnreachable. A block that no
// node has is an *RPCError at once.
func (c *Client) Block(ctx context.Context, id ledger.Hash) (*ledger.Block, error) {
	began := time.Now()
	for pause := c.opt.Backoff; ; pause = min(2*pause, 64*c.opt.Backoff) {
		block, err := c.blockOnce(ctx, id)
		if err == nil || ctx.Err() != nil || !passing(err) {
			return block, err
		}
		if c.opt.Patience > 0 && time.Since(began)+pause > c.opt.Patience {
			return nil, fmt.Errorf("%w for %v: %w", ErrUnreachable, c.opt.Patience, err)
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// blockOnce asks each node once. Of the errors one that may pass is returned.
func (c *Client) blockOnce(ctx context.Context, id ledger.Hash) (*ledger.Block, error) {
	var last error
	for _, n := range c.nodes {
		block, err := n.block(ctx, id)
		if err == nil || ctx.Err() != nil {
			return block, err
		}
		if last == nil || !passing(last) {
			last = err
		}
	}
	return nil, last
}

// passing reports whether a failure may be over after a while.
func passing(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrStarting)
}
