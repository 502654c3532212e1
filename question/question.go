package question

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"clew.example/clew/casefile"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Question is what is asked, as text: a command line, a request or a case,
// joined. Empty means that it does not say.
type Question struct {
	Title, Notes string // for people; they change no answer

	Starts   []string // TXID, TXID:VOUT or ADDRESS[@FROM..TO], each after its chain and a colon, if that is said
	Stops    []string // addresses to stop at, likewise
	Policies []string // names, or with commas between them; "all" alone: every one
	AsOf     string   // a height or a time; empty: the newest block
	Until    string   // a height or a time
	MinValue string   // base units, or coins as in 0.5btc
	MaxHops  string
	Backward bool

	Files Files // named and not yet read
}

// PoliciesDefault are the policies where a question names none. Backward they
// are haircut and poison.
const PoliciesDefault = "fifo,haircut"

// FromCase is the question that a case asks by itself. Its files stand below a
// folder.
func FromCase(c *casefile.Case, folder string) *Question {
	q := new(Question)
	q.Add(c, folder)
	return q
}

// Add joins what a case asks: what the question says goes before what the case
// says, lists are joined, and Backward is the case's. Its files stand below a
// folder.
func (q *Question) Add(c *casefile.Case, folder string) {
	q.Title, q.Notes, q.Backward = c.Title, c.Notes, c.Backward
	q.Starts = append(slices.Clone(q.Starts), onChain(c.Chain, c.Starts)...)
	q.Stops = append(slices.Clone(q.Stops), onChain(c.Chain, c.Stops)...)
	if len(q.Policies) == 0 {
		q.Policies = c.Policies
	}
	for _, s := range []struct {
		said *string
		of   string
	}{{&q.AsOf, c.AsOf}, {&q.Until, c.Until}, {&q.MinValue, c.MinValue}, {&q.MaxHops, c.MaxHops}} {
		if *s.said == "" {
			*s.said = s.of
		}
	}
	q.Files.add(c, folder)
}

func (f *Files) add(c *casefile.Case, folder string) {
	folder = filepath.Clean(folder) // never empty: that would say that somebody named the file himself
	f.Starts = append(slices.Clone(f.Starts), filesOf(folder, c.StartFiles)...)
	f.Stops = append(slices.Clone(f.Stops), filesOf(folder, c.StopFiles)...)
	f.Labels = append(slices.Clone(f.Labels), filesOf(folder, c.Labels)...)
	if f.Prices == nil && c.Prices != "" {
		f.Prices = &File{folder, c.Prices}
	}
	if f.Facts == nil && c.Facts != "" {
		f.Facts = &File{folder, c.Facts}
	}
}

// onChain puts the chain of a case before what names none.
func onChain(chain string, names []string) (named []string) {
	for _, name := range names {
		if n, _, err := splitStart(name); err == nil && n == nil && chain != "" {
			name = chain + ":" + name
		}
		named = append(named, name)
	}
	return named
}

// Limits are what a question says besides its starts, checked.
type Limits struct {
	Policies    []lot.Policy
	AsOf, Until *Moment // nil: the newest block, no limit
	MinValue    ledger.Amount
	MaxHops     *uint32 // nil: no limit
	Backward    bool
}

// Parsed is a question that means something on a network.
type Parsed struct {
	Limits
	Network *bitcoin.Network
	Starts  []StartName
}

// Parse reads the question for the network of a source; nil stands for the one
// that its starts name, and mainnet where they name none. Errors are
// *UsageError.
func (q *Question) Parse(n *bitcoin.Network) (*Parsed, error) {
	limits, err := q.Limits()
	if err != nil {
		return nil, err
	}
	named, err := q.Network()
	switch {
	case err != nil:
		return nil, err
	case n == nil && named == nil:
		n = bitcoin.Networks()[0]
	case n == nil:
		n = named
	case named != nil && named != n:
		return nil, &UsageError{Field: FieldStarts, Err: clausef("are of %s, the source holds %s", named.Name, n.Name)}
	}
	starts, err := q.starts(n)
	if err != nil {
		return nil, err
	}
	return &Parsed{Limits: limits, Network: n, Starts: starts}, nil
}

// Limits reads what the question says besides its starts. Errors are
// *UsageError.
func (q *Question) Limits() (l Limits, err error) {
	l.Backward = q.Backward
	if l.Policies, err = q.policies(); err != nil {
		return l, &UsageError{Field: FieldPolicies, Err: err}
	}
	if l.AsOf, err = parseField(FieldAsOf, q.AsOf); err != nil {
		return l, err
	}
	if l.Until, err = parseField(FieldUntil, q.Until); err != nil {
		return l, err
	}
	if l.Until != nil && q.Backward {
		return l, &UsageError{Field: FieldUntil, Err: clause("says when coins were spent; backward it means nothing")}
	}
	if q.MinValue != "" {
		if l.MinValue, err = ParseValue(q.MinValue); err != nil {
			return l, &UsageError{Field: FieldMinValue, Err: err}
		}
	}
	if q.MaxHops != "" {
		n, err := strconv.ParseUint(q.MaxHops, 10, 32)
		if err != nil {
			return l, &UsageError{Field: FieldMaxHops, Err: clausef("%.40q: want a number of hops", q.MaxHops)}
		}
		hops := uint32(n)
		l.MaxHops = &hops
	}
	return l, nil
}

// policies reads the names of policies. Backward, only two mean anything.
func (q *Question) policies() ([]lot.Policy, error) {
	backward := []lot.Policy{lot.Haircut, lot.Poison}
	names := strings.Join(q.Policies, ",")
	switch {
	case q.Backward && (names == "all" || names == ""):
		return backward, nil
	case names == "all":
		return lot.Policies(), nil
	case names == "":
		names = PoliciesDefault
	}
	var all []lot.Policy
	for name := range strings.SplitSeq(names, ",") {
		p, err := lot.ParsePolicy(strings.TrimSpace(name))
		switch {
		case err != nil:
			return nil, err
		case slices.Contains(all, p):
			return nil, fmt.Errorf("%s is named twice", p)
		case q.Backward && !slices.Contains(backward, p):
			return nil, fmt.Errorf("%s says where coins went, not where they came from: backward there are haircut and poison", p)
		}
		all = append(all, p)
	}
	return all, nil
}
