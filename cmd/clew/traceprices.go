package main

import (
	"context"
	"fmt"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/price"
	"clew.example/clew/report/file"
)

// readPrices reads a table of prices, nil where no file was named.
func readPrices(path *inputFile) (*price.Table, error) {
	if path == nil {
		return nil, nil
	}
	f, err := path.open()
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	defer f.Close()
	t, err := price.Read(f)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", path, err), "")
	}
	return t, nil
}

// pricing says what coins were worth when the first start was paid and when the
// tip was made; nil without prices.
func (j *traceJob) pricing(ctx context.Context, p trace.Source, first *foundStart) (*trace.Pricing, error) {
	if j.prices == nil {
		return nil, nil
	}
	now, err := tipTime(ctx, p, first.time)
	if err != nil {
		return nil, err
	}
	quotes := map[*trace.Quote]price.Quote{}
	at := func(time uint32) *trace.Quote {
		q, ok := j.prices.At(price.BTC, int64(time))
		if !ok {
			return nil
		}
		said := &trace.Quote{Time: timeJSON(uint32(q.Time)), USD: stated(q.USD), KRW: stated(q.KRW), Source: q.Source}
		quotes[said] = q
		return said
	}
	return &trace.Pricing{
		Asset: price.BTC, Decimals: file.CoinDigits, Then: at(first.time), Now: at(now),
		Value: func(a ledger.Amount, q *trace.Quote) trace.Fiat {
			usd, krw := price.Value(uint64(a), file.CoinDigits, quotes[q])
			return trace.Fiat{USD: stated(usd), KRW: stated(krw)}
		},
	}, nil
}

// stated is nil for what nobody stated.
func stated(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
