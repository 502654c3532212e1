package question

import (
	"context"
	"errors"
	"math"
	"sort"
	"time"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/price"
)

// pricing says what coins were worth when the first start was paid and when the
// tip was made; nil without prices.
func (j *Job) pricing(ctx context.Context, p trace.Source, first *Found) (*trace.Pricing, error) {
	if j.Prices == nil {
		return nil, nil
	}
	now, err := tipTime(ctx, p, first.Time)
	if err != nil {
		return nil, err
	}
	quotes := map[*trace.Quote]price.Quote{}
	at := func(unix uint32) *trace.Quote {
		q, ok := j.Prices.At(price.BTC, int64(unix))
		if !ok {
			return nil
		}
		said := &trace.Quote{Time: time.Unix(q.Time, 0).UTC().Format(time.RFC3339), USD: stated(q.USD), KRW: stated(q.KRW), Source: q.Source}
		quotes[said] = q
		return said
	}
	return &trace.Pricing{
		Asset: price.BTC, Decimals: coinDigits, Then: at(first.Time), Now: at(now),
		Value: func(a ledger.Amount, q *trace.Quote) trace.Fiat {
			usd, krw := price.Value(uint64(a), coinDigits, quotes[q])
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

// tipTime returns the header time of the block that a source is pinned at: the
// least time for which it names that block. Since is the time of a block that
// is not much younger.
func tipTime(ctx context.Context, p trace.Source, since uint32) (uint32, error) {
	const hours = 6 * 3600 // header times go back by two hours and a half at most
	tip, low := p.Tip().Height, since-min(since, hours)
	var failed error
	reaches := func(unix uint32) bool {
		h, ok, err := p.HeightAt(ctx, unix)
		failed = errors.Join(failed, err)
		return ok && h == tip
	}
	if reaches(low) {
		low = 0
	}
	at := sort.Search(int(math.MaxUint32-low), func(i int) bool { return failed != nil || reaches(low+uint32(i)) })
	return low + uint32(at), failed
}
