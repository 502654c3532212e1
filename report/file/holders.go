package file

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math/big"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
	"clew.example/clew/ledger"
)

// holder is an account at which value of the theft lies now.
type holder struct {
	account string // hex of its script
	name    string // as a list names it: its address, or its script
	kind    trace.Kind
	entity  string
	amounts []big.Int // by policy; sums of many exits
	count   int
}

// Holders writes who holds the theft now: a line for each address with unspent
// outputs and for each service, listed account and mixer that was paid, in the
// form of an address list, so that it can be fed back as a watch list. What
// each holds under each policy is in the comment behind it, in base units. The
// order is by amount under the first policy, the greatest first, then by
// account.
func Holders(w io.Writer, r *trace.Result) error {
	out := bufio.NewWriter(w)
	policies := r.Input.Params.Policies
	fmt.Fprintf(out, "# who holds the %s base units from %s, as of block %d %s\n", r.Theft, plain.Text(startsOf(r)),
		r.Input.Tip.Height, plain.Text(r.Input.Tip.Hash))
	fmt.Fprintf(out, "# %s\n", plain.Text(r.ResultDigest))
	held := holders(r)
	slices.SortFunc(held, func(a, b *holder) int {
		for p := range a.amounts {
			if c := b.amounts[p].Cmp(&a.amounts[p]); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.kind, b.kind))
	})
	for _, h := range held {
		fmt.Fprintf(out, "%s %s %s  # %s\n", chainWord(r.Input.Chain), h.name, h.kind, h.note(policies))
	}
	return out.Flush()
}

func startsOf(r *trace.Result) string {
	switch n := len(r.Input.Starts); n {
	case 0:
		return "nothing"
	case 1:
		return r.Input.Starts[0].Outpoint
	default:
		return fmt.Sprintf("%s and %d more", r.Input.Starts[0].Outpoint, n-1)
	}
}

// holders gathers exits by account and kind. Those without an account hold
// nothing that could be watched.
func holders(r *trace.Result) (held []*holder) {
	type key struct {
		account string
		kind    trace.Kind
	}
	known := map[key]*holder{}
	for i := range r.Exits {
		e := &r.Exits[i]
		holds := e.Kind == trace.KindUnspent || e.Kind == trace.KindService || e.Kind == trace.KindListed || e.Kind == trace.KindMixer
		if e.Account == nil || *e.Account == "" || !holds {
			continue
		}
		k := key{*e.Account, e.Kind}
		h := known[k]
		if h == nil {
			h = newHolder(e, len(r.Input.Params.Policies))
			known[k] = h
			held = append(held, h)
		}
		h.count += e.Count
		for p, policy := range r.Input.Params.Policies {
			h.amounts[p].Add(&h.amounts[p], new(big.Int).SetUint64(uint64(e.Amounts[policy])))
		}
	}
	return held
}

func newHolder(e *trace.Exit, policies int) *holder {
	h := &holder{account: *e.Account, name: "script:" + plain.Text(*e.Account), kind: e.Kind, amounts: make([]big.Int, policies)}
	if e.Address != nil && *e.Address != "" {
		h.name = plain.Text(*e.Address)
	}
	if e.Entity != nil {
		h.entity = *e.Entity
	}
	return h
}

func (h *holder) note(policies []lot.Policy) string {
	note := ""
	for p, policy := range policies {
		note += fmt.Sprintf("%s %s, ", policy, h.amounts[p].String())
	}
	note += Plural(h.count, "output")
	if h.entity != "" {
		note += ", " + plain.Text(h.entity)
	}
	return note
}

// chainWord is how a list names a chain.
func chainWord(c ledger.Chain) string {
	n, ok := bitcoin.NetworkByChain(c)
	switch {
	case !ok:
		return plain.Text(string(c))
	case n.Name == "mainnet":
		return "bitcoin"
	}
	return "bitcoin-" + n.Name
}
