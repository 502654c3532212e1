package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
	"clew.example/clew/store/flat"
)

// Hit is something that a search found.
type Hit struct {
	Kind      string   `json:"kind" enum:"tx,outpoint,address,block,case,trace"`
	Chain     *string  `json:"chain" doc:"its alias; null: of none"`
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	FirstSeen *string  `json:"first_seen" doc:"time of a block; null: not known"`
	LastSeen  *string  `json:"last_seen" doc:"time of a block; null: not known"`
	Labels    []string `json:"labels" doc:"who it is said to be; none is loaded yet"`
}

// Found is what a search found.
type Found struct {
	Query string `json:"query"`
	Hits  []Hit  `json:"hits"`
}

type (
	searchIn struct {
		Q string `query:"q" required:"true" minLength:"1" maxLength:"300" doc:"a txid, outpoint, address, height or hash of a block, title of a case, or id; a chain and a colon may stand before it"`
	}
	searchOut struct{ Body Found }
)

func (s *server) addSearch() {
	op := get("/v1/search", "search", "chains", "Find whatever is pasted")
	handle(s, route{op: op, scope: auth.ScopeRead}, s.search)
}

// casesFound bounds how many cases a search lists.
const casesFound = 20

func (s *server) search(ctx context.Context, in *searchIn) (*searchOut, error) {
	text := strings.TrimSpace(in.Q)
	out := &searchOut{Found{Query: text, Hits: []Hit{}}}
	n, rest, err := bitcoin.CutChain(text)
	if err != nil {
		n, rest = nil, text // an outpoint, or words with a colon
	}
	for i := range s.o.Ledgers {
		if l := &s.o.Ledgers[i]; n == nil || l.Network == n {
			hits, err := l.search(ctx, rest)
			if err != nil {
				return nil, err
			}
			out.Body.Hits = append(out.Body.Hits, hits...)
		}
	}
	if n != nil {
		return out, nil
	}
	more, err := s.searchWork(ctx, text)
	out.Body.Hits = append(out.Body.Hits, more...)
	return out, err
}

// searchWork finds cases by a part of their title, and traces by id.
func (s *server) searchWork(ctx context.Context, text string) (hits []Hit, err error) {
	if t, err := s.o.Traces.Trace(ctx, text); err == nil {
		hits = append(hits, Hit{Kind: "trace", ID: t.ID, Title: "trace, " + string(t.Status), Labels: []string{}})
	} else if !errors.Is(err, opsdb.ErrNotFound) && !isFieldError(err) {
		return nil, err
	}
	heads, err := s.o.Cases.Cases(ctx, opsdb.CaseFilter{Title: text}, opsdb.Page{Limit: casesFound})
	if err != nil && !isFieldError(err) {
		return nil, err
	}
	for i := range heads {
		hits = append(hits, Hit{Kind: "case", ID: heads[i].ID, Title: heads[i].Title, Labels: []string{}})
	}
	return hits, nil
}

// isFieldError tells text that can be no name from a store that fails.
func isFieldError(err error) bool {
	var field *opsdb.FieldError
	return errors.As(err, &field)
}

// search finds what a text means on a chain.
func (l *Ledger) search(ctx context.Context, text string) (hits []Hit, err error) {
	err = l.ask(ctx, flat.MaxHeight, func(q *lookup.Query) (err error) {
		if hits, err = l.searchTx(q, text); err != nil || len(hits) > 0 {
			return err
		}
		if hits, err = l.searchBlock(q, text); err != nil || len(hits) > 0 {
			return err
		}
		hits, err = l.searchAddress(q, text)
		return err
	})
	return hits, err
}

func (l *Ledger) hit(kind, id, title string, first, last *lookup.Event) Hit {
	chain := l.Network.Alias()
	h := Hit{Kind: kind, Chain: &chain, ID: id, Title: title, Labels: []string{}}
	if first != nil {
		h.FirstSeen, h.LastSeen = &first.Time, &last.Time
	}
	return h
}

// searchTx finds TXID, TXID@HEIGHT and TXID:VOUT.
func (l *Ledger) searchTx(q *lookup.Query, text string) ([]Hit, error) {
	id, vout, isOut := strings.Cut(text, ":")
	name, err := lookup.ParseTxName(id)
	if err != nil {
		return nil, nil
	}
	seen, outs, err := q.TxSeen(name)
	var missing *lookup.Missing
	switch {
	case errors.As(err, &missing):
		return nil, nil
	case err != nil:
		return nil, err
	case !isOut:
		return []Hit{l.hit("tx", name.String(), fmt.Sprintf("transaction in block %d", seen.Height), seen, seen)}, nil
	}
	n, err := strconv.ParseUint(vout, 10, 32)
	if err != nil || n >= uint64(outs) {
		return nil, nil
	}
	return []Hit{l.hit("outpoint", fmt.Sprintf("%s:%d", name.ID, n), fmt.Sprintf("output %d of a transaction in block %d", n, seen.Height), seen, seen)}, nil
}

// searchBlock finds blocks by height or hash.
func (l *Ledger) searchBlock(q *lookup.Query, text string) ([]Hit, error) {
	b, held, err := blockOf(q, text)
	if err != nil || !held {
		return nil, err
	}
	e := &lookup.Event{Height: b.Height, Time: b.Time}
	return []Hit{l.hit("block", strconv.FormatUint(uint64(b.Height), 10), "block "+b.Hash, e, e)}, nil
}

func blockOf(q *lookup.Query, text string) (*lookup.Tip, bool, error) {
	if h, err := strconv.ParseUint(text, 10, 31); err == nil {
		return q.BlockSeen(ledger.Height(h))
	}
	if hash, err := ledger.ParseHash(text); err == nil {
		return q.BlockNamed(hash)
	}
	return nil, false, nil
}

// searchAddress finds addresses that can be, paid or not: that one was never
// paid is an answer.
func (l *Ledger) searchAddress(q *lookup.Query, text string) ([]Hit, error) {
	account, err := bitcoin.ParseAddress(text, l.Network)
	if err != nil {
		return nil, nil
	}
	first, last, err := q.Seen(account)
	if err != nil {
		return nil, err
	}
	title := "never paid in this ledger"
	if first != nil {
		title = "address"
	}
	return []Hit{l.hit("address", text, title, first, last)}, nil
}
