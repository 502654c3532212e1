package trace

import "clew.example/clew/ledger"

// Pricing is what turns amounts into money. The arithmetic is another's, since
// prices decide nothing here.
type Pricing struct {
	Asset     string
	Decimals  int    // of the asset: base units to a whole coin are 10^Decimals
	Then, Now *Quote // at the time of the first start and of the tip; nil: no price
	Value     func(amount ledger.Amount, q *Quote) Fiat
}

// money writes down what the theft was worth.
func (b *builder) money() {
	if p := b.priced; p != nil {
		b.out.Money = &Money{Asset: p.Asset, Then: p.Then, Now: p.Now, Theft: p.valued(b.out.Theft)}
	}
}

// worth is what an exit's amount under the first policy was worth; nil where
// there is none, or no prices were asked for.
func (b *builder) worth(a ledger.Amount) *Valued {
	if b.priced == nil || a == 0 {
		return nil
	}
	v := b.priced.valued(a)
	return &v
}

func (p *Pricing) valued(a ledger.Amount) Valued {
	return Valued{Then: p.fiat(a, p.Then), Now: p.fiat(a, p.Now)}
}

// fiat leaves an amount without a price missing.
func (p *Pricing) fiat(a ledger.Amount, q *Quote) Fiat {
	if q == nil {
		return Fiat{}
	}
	return p.Value(a, q)
}
