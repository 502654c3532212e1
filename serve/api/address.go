package api

import (
	"context"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
	"clew.example/clew/store/flat"
)

// AddressNamed names an address of a chain. The longest is script: and the hex
// of a script, which has 10,000 bytes at most to be spendable.
type AddressNamed struct {
	Chain   string `path:"chain" maxLength:"80" doc:"CAIP-2 id or alias"`
	Address string `path:"address" maxLength:"20010" doc:"or script:HEX for a script that has none"`
}

type addressIn struct {
	AddressNamed
	AsOfIn
	Outputs int `query:"outputs" minimum:"0" maximum:"1000" default:"100" doc:"how many outputs to list, the newest first; what is left out is counted"`
}

type movesIn struct {
	AddressNamed
	PageIn
}

type (
	addressOut struct{ Body *lookup.Address }
	movesOut   struct{ Body Page[lookup.Move] }
)

func (s *server) addAddresses() {
	op := get("/v1/addresses/{chain}/{address}", "getAddress", "chains", "What an address was paid and what of it is spent")
	explain(op, "An address that the ledger never saw is an answer and says so.")
	handle(s, route{op: op, scope: auth.ScopeRead}, s.getAddress)
	moves := get("/v1/addresses/{chain}/{address}/txs", "listMoves", "chains", "The transactions that paid an address or spent from it, the newest first")
	handle(s, route{op: moves, scope: auth.ScopeRead}, s.listMoves)
}

func (s *server) account(in *AddressNamed) (*Ledger, ledger.Account, error) {
	l, err := s.ledgerOf(in.Chain)
	if err != nil {
		return nil, nil, err
	}
	account, err := bitcoin.ParseAddress(in.Address, l.Network)
	if err != nil {
		return nil, nil, wrong("path.address", err.Error())
	}
	return l, account, nil
}

func (s *server) getAddress(ctx context.Context, in *addressIn) (*addressOut, error) {
	l, account, err := s.account(&in.AddressNamed)
	if err != nil {
		return nil, err
	}
	out := &addressOut{}
	err = l.ask(ctx, in.height(), func(q *lookup.Query) (err error) {
		out.Body, err = q.Address(account, in.Outputs)
		return err
	})
	return out, err
}

// listMoves pages from the newest block on. The cursor names a transaction, so
// pages hold together while the chain grows.
func (s *server) listMoves(ctx context.Context, in *movesIn) (*movesOut, error) {
	l, account, err := s.account(&in.AddressNamed)
	if err != nil {
		return nil, err
	}
	list := "moves " + string(l.Network.Chain) + " " + in.Address
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return nil, err
	}
	var before *lookup.TxName
	if after != "" {
		name, err := lookup.ParseTxName(after)
		if err != nil {
			return nil, wrong("query.cursor", err.Error())
		}
		before = &name
	}
	var found []lookup.Move
	err = l.ask(ctx, flat.MaxHeight, func(q *lookup.Query) (err error) {
		found, err = q.Moves(account, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &movesOut{pageOf(s, list, found, in.Limit, (*lookup.Move).Name)}, nil
}
