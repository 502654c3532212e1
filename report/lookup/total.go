package lookup

import (
	"math/big"

	"clew.example/clew/ledger"
)

// total is a sum of amounts. Outputs of a made-up chain may add up to more
// than 64 bits hold.
type total struct{ big.Int }

func (t *total) add(a ledger.Amount) {
	t.Add(&t.Int, new(big.Int).SetUint64(uint64(a)))
}

func (t *total) minus(o *total) *total {
	d := new(total)
	d.Sub(&t.Int, &o.Int)
	return d
}
