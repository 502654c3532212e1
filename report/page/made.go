package page

import (
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
)

// leftOut says what the trace did not follow.
func (v *viewer) leftOut() (said []string) {
	for _, l := range v.result.LeftOut {
		said = append(said, v.coin.with(l.Amount, listed)+" in "+many(l.Count, "output", "outputs")+" under "+policyNames[l.Policy]+": "+reasonWords(l.Reason))
	}
	if len(said) == 0 {
		said = append(said, "No limit cut anything off.")
	}
	for _, p := range v.policies {
		if sum, n, _ := amountOf(endedUnder(v.result, p), trace.KindUndecoded, trace.KindUnknownInput); sum > 0 {
			said = append(said, v.coin.with(sum, listed)+" in "+many(n, "output", "outputs")+" under "+policyNames[p]+
				" cannot be followed: what it went into is not decoded, or stood beside inputs of unknown value.")
		}
	}
	if h := v.result.Input.FirstHeight; h > 0 {
		said = append(said, "Nothing before block "+count(int(h))+" is known to the source.")
	}
	if v.result.Input.Params.Backward {
		return said
	}
	return append(said, "What is shown as at rest is not spent as of block "+count(int(v.result.Input.Tip.Height))+"; it may have moved since.")
}

func reasonWords(r trace.Reason) string {
	switch r {
	case trace.ReasonMinValue:
		return "less than the least value to follow"
	case trace.ReasonMaxHops:
		return "more hops away than were to be followed"
	case trace.ReasonUntil:
		return "spent after the last block to follow"
	}
	return r.String()
}

// assumed says what the trace took for granted.
func (v *viewer) assumed() (said []string) {
	a := v.result.Assumed
	if a.Fee > 0 {
		said = append(said, "The fee of "+many(a.Fee, "transaction", "transactions")+" is assumed, because the value of an input is not known.")
	}
	if a.Order > 0 {
		said = append(said, "The place of stolen value among the inputs of "+many(a.Order, "transaction", "transactions")+" is assumed, because the value of an input is not known.")
	}
	if len(said) == 0 {
		said = append(said, "Nothing was assumed: the value of every input that mattered is known.")
	}
	if n := v.result.PathsLeftOut; n > 0 {
		said = append(said, "The paths of "+many(n, "exit", "exits")+" are left out of the result.")
	}
	if v.result.Input.LabelSet == nil {
		said = append(said, "No labels were given: a service that is not labelled is followed as if it were anybody's.")
	}
	if v.result.Input.Params.Backward {
		return append(said, "Transactions are on the chain; which of their inputs paid for which output is inferred by the policy.")
	}
	return append(said, "Transactions are on the chain; which of their coins are the stolen ones is inferred by the policy.")
}

// made says what the page was made from, so that somebody else can make it.
func (v *viewer) made() []fact {
	in := &v.result.Input
	digest := func(name string, s *string) fact {
		if s == nil {
			return fact{Name: name, Text: "none"}
		}
		return fact{Name: name, Text: plain.Text(*s), Mono: true}
	}
	facts := []fact{
		{Name: "Result digest", Text: plain.Text(v.result.ResultDigest), Mono: true},
		{Name: "Input digest", Text: plain.Text(in.Digest), Mono: true},
		{Name: "Chain", Text: plain.Text(string(in.Chain)), Mono: true},
		{Name: "As of", Text: "block " + count(int(in.Tip.Height)) + " " + plain.Text(in.Tip.Hash), Mono: true},
		digest("Label set", in.LabelSet), digest("Stops", in.Params.Stops), digest("Prices", in.Params.Prices),
		{Name: "Parameters", Text: v.parameters()},
		{Name: "Rules", Text: "version " + count(in.Rules) + " of " + plain.Text(v.result.Schema)},
		{Name: "Size", Text: many(v.result.Counts.Txs, "transaction", "transactions") + ", " + many(v.result.Counts.Edges, "edge", "edges") + ", " +
			many(v.result.Counts.Outputs, "output", "outputs")},
	}
	return facts
}

func (v *viewer) parameters() string {
	in := &v.result.Input.Params
	names := make([]string, len(in.Policies))
	for i, p := range in.Policies {
		names[i] = p.String()
	}
	parts := []string{"policy " + strings.Join(names, ", ")}
	if in.Backward {
		parts = append(parts, "backward")
	}
	if in.MinValue > 0 {
		parts = append(parts, "at least "+v.coin.with(in.MinValue, v.coin.decimals))
	}
	if in.MaxHops != nil {
		parts = append(parts, "at most "+many(int(*in.MaxHops), "hop", "hops"))
	}
	if in.Until != nil {
		parts = append(parts, "until block "+count(int(*in.Until)))
	}
	return strings.Join(parts, "; ")
}

// endName puts the name of a kind or a form in words.
func endName(s string) string {
	var k trace.Kind
	if k.UnmarshalText([]byte(s)) == nil && k != trace.KindNone {
		if k == trace.KindUnspent {
			return "at rest"
		}
		return strings.ToLower(lookOf(k).name)
	}
	return strings.ReplaceAll(plain.Text(s), "_", " ")
}

// apportions reports whether a policy gives out what was stolen and no more.
func apportions(p lot.Policy) bool { return p != lot.Poison }
