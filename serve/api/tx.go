package api

import (
	"context"

	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
)

type txIn struct {
	Chain string `path:"chain" maxLength:"80" doc:"CAIP-2 id or alias"`
	TxID  string `path:"txid" maxLength:"75" doc:"64 hex digits; TXID@HEIGHT for the older of two with one id (BIP 30)"`
	AsOfIn
}

type txOut struct{ Body *lookup.Tx }

func (s *server) addTxs() {
	op := get("/v1/txs/{chain}/{txid}", "getTx", "chains", "A transaction: what it spends, what it pays, and who spent that")
	handle(s, route{op: op, scope: auth.ScopeRead}, func(ctx context.Context, in *txIn) (*txOut, error) {
		l, err := s.ledgerOf(in.Chain)
		if err != nil {
			return nil, err
		}
		name, err := lookup.ParseTxName(in.TxID)
		if err != nil {
			return nil, wrong("path.txid", err.Error())
		}
		out := &txOut{}
		err = l.ask(ctx, in.height(), func(q *lookup.Query) (err error) {
			out.Body, err = q.Tx(name)
			return err
		})
		return out, err
	})
}
