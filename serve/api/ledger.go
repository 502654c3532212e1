package api

import (
	"context"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
	"clew.example/clew/store/flat"
)

// Ledger is one chain that the server reads. It may grow meanwhile, and its
// blocks may be taken back.
type Ledger struct {
	Network *bitcoin.Network
	Pinner  question.Pinner // *flat.Ledger is one
}

// ask answers from a view as of a block, flat.MaxHeight for the newest.
func (l *Ledger) ask(ctx context.Context, asOf ledger.Height, answer func(*lookup.Query) error) error {
	err := question.AskLedger(ctx, l.Pinner, asOf, func(v *flat.View) error { return answer(lookup.New(ctx, v, l.Network)) })
	if err != nil {
		return fmt.Errorf("%s: %w", l.Network.Alias(), err)
	}
	return nil
}

func (l *Ledger) describe(ctx context.Context) (a *lookup.Chain, err error) {
	err = l.ask(ctx, flat.MaxHeight, func(q *lookup.Query) (err error) {
		a, err = q.Chain()
		return err
	})
	return a, err
}

// tip returns height and time of the newest block; flat.ErrNotFound in an empty
// ledger.
func (l *Ledger) tip(ctx context.Context) (h ledger.Height, unix uint32, err error) {
	err = question.AskLedger(ctx, l.Pinner, flat.MaxHeight, func(v *flat.View) error {
		if v.Counts().Blocks == 0 {
			return flat.ErrNotFound
		}
		b, err := v.Block(v.Tip().Height)
		h, unix = b.Height, b.Time()
		return err
	})
	return h, unix, err
}

// ledgerOf returns the ledger of a chain's id or alias.
func (s *server) ledgerOf(chain string) (*Ledger, error) {
	n, err := bitcoin.NetworkByAlias(chain)
	if err != nil {
		return nil, notFound(err.Error())
	}
	for i := range s.o.Ledgers {
		if s.o.Ledgers[i].Network == n {
			return &s.o.Ledgers[i], nil
		}
	}
	return nil, notFound(fmt.Sprintf("no ledger of %s is served; GET /v1/chains lists those that are", n.Alias()))
}

// heightMax is the greatest height that as_of takes.
const heightMax = 1<<31 - 1

// AsOfIn says as of which block to answer. It is exported, as all that is
// embedded in a request is: huma fills in nothing else.
type AsOfIn struct {
	AsOf int64 `query:"as_of" minimum:"0" maximum:"2147483647" default:"2147483647" doc:"height of the block as of which to answer; left out: the newest"`
}

func (a AsOfIn) height() ledger.Height {
	if a.AsOf == heightMax {
		return flat.MaxHeight
	}
	return ledger.Height(a.AsOf)
}

type chainsOut struct {
	Body struct {
		Items []lookup.Chain `json:"items"`
	}
}

func (s *server) addChains() {
	op := get("/v1/chains", "listChains", "chains", "The chains that are served")
	handle(s, route{op: op, scope: auth.ScopeRead}, func(ctx context.Context, _ *struct{}) (*chainsOut, error) {
		out := &chainsOut{}
		out.Body.Items = []lookup.Chain{}
		for i := range s.o.Ledgers {
			c, err := s.o.Ledgers[i].describe(ctx)
			if err != nil {
				return nil, err
			}
			out.Body.Items = append(out.Body.Items, *c)
		}
		return out, nil
	})
}
