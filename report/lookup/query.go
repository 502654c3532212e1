package lookup

import (
	"context"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// Query answers from one view. It lives as long as the call it is for, and is
// not safe for concurrent use. An answer that ends with flat.ErrMoved met a
// reorganisation and is to be asked for again, from a new view.
type Query struct {
	ctx     context.Context
	v       *flat.View
	network *bitcoin.Network
}

// New returns a query of a view of the network's ledger.
func New(ctx context.Context, v *flat.View, n *bitcoin.Network) *Query {
	return &Query{ctx: ctx, v: v, network: n}
}

// Tip names a block.
type Tip struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Time   string        `json:"time"`
}

// TipOf names the pinned block, nil in an empty ledger.
func TipOf(v *flat.View) (*Tip, error) {
	if v.Counts().Blocks == 0 {
		return nil, nil
	}
	b, err := v.Block(v.Tip().Height)
	return &Tip{Height: b.Height, Hash: b.Hash.String(), Time: when(b.Time())}, err
}

// when writes the time of a block as RFC 3339 in UTC.
func when(unix uint32) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) }
