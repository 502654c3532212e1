package bitcoind

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// longPoll is what a node knows of waitfornewblock.
type longPoll uint8

const (
	pollFrom longPoll = iota // with the block to wait after: Core 30
	pollAny                  // with a time only: Core before
	pollNone                 // not at all: btcd, or not allowed
)

// surveyPause is the least time between two surveys of a node: its tip may
// change as often as it likes.
const surveyPause = 50 * time.Millisecond

// watch surveys a node whenever it has a new block, until ctx ends.
func (f *follower) watch(ctx context.Context, n *node) {
	for {
		if sleep(ctx, n.state.penalty(f.opt.Backoff)) != nil {
			return
		}
		idle, wake := context.WithCancel(ctx)
		n.state.setWake(wake)
		v, err := n.survey(ctx, f.ours)
		if ctx.Err() == nil {
			f.heard(n, v, err)
		}
		if err == nil && sleep(ctx, min(surveyPause, f.opt.Poll)) == nil {
			n.await(idle, v.tip)
		}
		wake()
	}
}

// await returns when a node has another newest block, when it fails, or when
// ctx ends.
func (n *node) await(ctx context.Context, tip Ref) {
	for ctx.Err() == nil {
		began := time.Now()
		newest, err := n.newest(ctx, tip)
		var fault *RPCError
		switch {
		case errors.As(err, &fault) && !errors.Is(err, ErrStarting) && n.poll != pollNone:
			n.poll++
			continue
		case err != nil || newest != tip.Hash.String():
			return
		}
		// A node that does not wait is not asked more often for it.
		if sleep(ctx, n.opt.Poll-time.Since(began)) != nil {
			return
		}
	}
}

// newest returns the hash of the node's newest block, once it is another one or
// some time has passed.
func (n *node) newest(ctx context.Context, tip Ref) (string, error) {
	if n.poll == pollNone {
		if err := sleep(ctx, n.opt.Poll); err != nil {
			return "", err
		}
		a, err := n.one(ctx, slackMax, "getbestblockhash")
		if err != nil {
			return "", err
		}
		h, err := a.hash()
		return h.String(), err
	}
	params := []any{n.opt.Poll.Milliseconds()}
	if n.poll == pollFrom {
		params = append(params, tip.Hash.String())
	}
	long := n.news
	long.timeout += n.opt.Poll
	a, err := long.one(ctx, slackMax, "waitfornewblock", params...)
	if err != nil {
		return "", err
	}
	var newest struct {
		Hash string `json:"hash"`
	}
	err = json.Unmarshal(a.result, &newest)
	return newest.Hash, err
}
