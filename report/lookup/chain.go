package lookup

import "clew.example/clew/ledger"

// Chain is what a server says of a chain that it holds.
type Chain struct {
	ID          ledger.Chain  `json:"id"`      // CAIP-2
	Alias       string        `json:"alias"`   // bitcoin, or bitcoin-testnet4 and such
	Network     string        `json:"network"` // mainnet, testnet4, ...
	FirstHeight ledger.Height `json:"first_height"`
	Tip         *Tip          `json:"tip"` // null: no block yet
	Txs         uint64        `json:"txs"`
}

// Chain describes the ledger as of the view.
func (q *Query) Chain() (*Chain, error) {
	tip, err := TipOf(q.v)
	return &Chain{
		ID: q.network.Chain, Alias: q.network.Alias(), Network: q.network.Name,
		FirstHeight: q.v.Tip().FirstHeight, Tip: tip, Txs: q.v.Counts().Txs,
	}, err
}
