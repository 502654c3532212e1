package question

import (
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/label"
	"clew.example/clew/ledger"
)

// Names are who is who for a trace, and what that was read from.
type Names struct {
	Known    trace.Names
	LabelSet *string // digest of all labels; nil: none were named
	Stops    *string // digest of all stops; nil: none were named
	Warnings []string
}

// NamesOf joins labels and stops that were read with stops that a question
// says itself. A stop that is labelled too is a stop with the label's name.
// Lines of lists that name no account of the network are told in Warnings,
// never guessed; a stop of the question that is no account is an *InputError.
func NamesOf(n *bitcoin.Network, labels, stopLists []List, stops []string) (Names, error) {
	labelled, listed := newClaims(n), newClaims(n)
	labelled.addLists(labels)
	listed.addLists(stopLists)
	if err := listed.addStops(stops); err != nil {
		return Names{}, err
	}
	t := Names{
		Known:    trace.Names{},
		LabelSet: labelled.digest(len(labels) > 0),
		Stops:    listed.digest(len(stopLists)+len(stops) > 0),
		Warnings: append(labelled.warnings, listed.warnings...),
	}
	for account, c := range labelled.named {
		t.Known[account] = nameOf(c)
	}
	for account, c := range listed.named {
		name, known := t.Known[account]
		if !known {
			name = trace.Name{Entity: c.Label, Category: c.Category, Source: c.Source}
		}
		name.Stop = trace.KindListed
		t.Known[account] = name
	}
	return t, nil
}

func nameOf(c label.Claim) trace.Name {
	name := trace.Name{Entity: c.Label, Category: c.Category, Source: c.Source}
	switch service, mixer := label.Stops(c.Category); {
	case service:
		name.Stop = trace.KindService
	case mixer:
		name.Stop = trace.KindMixer
	}
	return name
}

// claims are those of several lists about the accounts of a network.
type claims struct {
	network  *bitcoin.Network
	all      label.Set
	named    map[string]label.Claim // by account: the one that names it
	warnings []string
}

func newClaims(n *bitcoin.Network) *claims {
	return &claims{network: n, named: map[string]label.Claim{}}
}

func (c *claims) addLists(lists []List) {
	for _, l := range lists {
		c.warnSkipped(l.Name, c.add(l.Claims))
		c.warnChainless(l)
	}
}

// add joins claims, and returns those that are about no account.
func (c *claims) add(set label.Set) []label.Skipped {
	c.all = append(c.all, set...)
	named, skipped := ofNetwork(set, c.network).Accounts(c.network.Alias(), func(s string) (ledger.Account, error) {
		return bitcoin.ParseAddress(s, c.network)
	})
	for account, claim := range named {
		if best, ok := c.named[account]; !ok || label.Compare(claim, best) < 0 {
			c.named[account] = claim
		}
	}
	return skipped
}

// addStops joins the addresses that a question says itself. They are few and
// meant, so one that is none is a fault of the question.
func (c *claims) addStops(stops []string) error {
	for _, s := range stops {
		chain, address, err := splitStart(s)
		if err != nil {
			return &InputError{Field: FieldStops, Err: fmt.Errorf("case: stop %.100q: %w", s, err)}
		}
		if chain == nil {
			chain = c.network
		}
		if skipped := c.add(label.Set{{Chain: chain.Alias(), Subject: address}}); len(skipped) > 0 {
			return &InputError{Field: FieldStops, Err: fmt.Errorf("case: stop %.100q: %w", s, skipped[0].Err)}
		}
	}
	return nil
}

// digest is that of all claims, nil where nothing was named that could hold any.
func (c *claims) digest(named bool) *string {
	if !named {
		return nil
	}
	digest := c.all.Digest()
	return &digest
}

// ofNetwork returns the claims about a network, its chain named in one way.
func ofNetwork(set label.Set, n *bitcoin.Network) label.Set {
	var of label.Set
	known := map[string]bool{}
	for _, c := range set {
		is, seen := known[c.Chain]
		if !seen {
			chain, _, err := bitcoin.CutChain(c.Chain + ":")
			is = err == nil && chain == n
			known[c.Chain] = is
		}
		if is && c.Chain != "" {
			c.Chain = n.Alias()
			of = append(of, c)
		}
	}
	return of
}

// warnedMax is how many lines of a file are named that were skipped.
const warnedMax = 5

func (c *claims) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

func (c *claims) warnSkipped(list string, skipped []label.Skipped) {
	for _, s := range skipped[:min(len(skipped), warnedMax)] {
		c.warn("%s line %d: %v: skipped", list, s.Claim.Line, s.Err)
	}
	if more := len(skipped) - warnedMax; more > 0 {
		c.warn("%s: %d more lines skipped", list, more)
	}
}

// warnChainless tells of claims that name no chain: they match nothing, which
// is easily overlooked.
func (c *claims) warnChainless(l List) {
	n := 0
	for i := range l.Claims {
		if l.Claims[i].Chain == "" {
			n++
		}
	}
	if n > 0 {
		c.warn("%s: %d lines skipped that name no chain, as in 'bitcoin ADDRESS'", l.Name, n)
	}
}
