package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// DiffSchema names the form of a difference.
const DiffSchema = "clew.trace.diff/1"

// Difference is what changed from one result, A, to another, B. Amounts are
// compared under the policies of both. Lists are never null; an exit is in one
// of new, gone and moved at most.
type Difference struct {
	Schema  string        `json:"schema"`
	A       DiffSide      `json:"a"`
	B       DiffSide      `json:"b"`
	Input   []InputChange `json:"input"`   // where the inputs differ
	Theft   *AmountChange `json:"theft"`   // null: as it was
	Sums    []SumChange   `json:"sums"`    // absorbers, and poison's reach
	New     []Exit        `json:"new"`     // in the order of B
	Gone    []Exit        `json:"gone"`    // in the order of A: in B no more, and not because they moved
	Moved   []MovedLots   `json:"moved"`   // in the order of A
	Changed []ExitChange  `json:"changed"` // in the order of B
	Labels  []LabelChange `json:"labels"`  // in the order of A
}

// DiffSide names a result.
type DiffSide struct {
	InputDigest  string        `json:"input_digest"`
	ResultDigest string        `json:"result_digest"`
	Tip          InputTip      `json:"tip"`
	Theft        ledger.Amount `json:"theft"`
}

// InputChange is a member of the input that differs. Of starts, it lists those
// that the other result does not have.
type InputChange struct {
	Field string          `json:"field"` // such as tip or params.policies
	A     json.RawMessage `json:"a"`
	B     json.RawMessage `json:"b"`
}

// AmountChange is an amount that differs.
type AmountChange struct {
	A ledger.Amount `json:"a"`
	B ledger.Amount `json:"b"`
}

// SumChange is an absorber that differs; of poison, its reach, without a kind.
// Counts are outpoints; of fees and of reach, transactions.
type SumChange struct {
	Policy lot.Policy   `json:"policy"`
	Kind   *Kind        `json:"kind"`
	Amount AmountChange `json:"amount"`
	CountA int          `json:"count_a"`
	CountB int          `json:"count_b"`
}

// Place names an exit: by account, by outpoint or by kind alone.
type Place struct {
	Kind     Kind    `json:"kind"`
	Account  *string `json:"account"`
	Address  *string `json:"address"`
	Outpoint *string `json:"outpoint"`
	Entity   *string `json:"entity"`
}

// ExitChange is an exit of both results whose amounts differ.
type ExitChange struct {
	Place
	Amounts map[lot.Policy]AmountChange `json:"amounts"` // those that differ
}

// LabelChange is an account of both results of which other things are said.
type LabelChange struct {
	Account string    `json:"account"`
	Address *string   `json:"address"`
	A       LabelSaid `json:"a"`
	B       LabelSaid `json:"b"`
}

// LabelSaid is what is said of an account.
type LabelSaid struct {
	Entity   *string `json:"entity"`
	Category *string `json:"category"`
}

// Diff says what changed from a to b.
func Diff(a, b *Result) *Difference {
	d := &differ{a: a, b: b, inA: places(a), inB: places(b)}
	for _, p := range a.Input.Params.Policies {
		if slices.Contains(b.Input.Params.Policies, p) {
			d.policies = append(d.policies, p)
		}
	}
	d.said = &Difference{
		Schema: DiffSchema, A: sideOf(a), B: sideOf(b), Input: inputChanges(&a.Input, &b.Input),
		Sums: []SumChange{}, New: []Exit{}, Gone: []Exit{}, Moved: []MovedLots{}, Changed: []ExitChange{}, Labels: []LabelChange{},
	}
	if a.Theft != b.Theft {
		d.said.Theft = &AmountChange{a.Theft, b.Theft}
	}
	d.sums()
	d.labels()
	d.moves()
	d.exits()
	return d.said
}

// Empty reports whether two results say the same, whatever their inputs.
func (d *Difference) Empty() bool {
	return d.Theft == nil && len(d.Sums)+len(d.New)+len(d.Gone)+len(d.Moved)+len(d.Changed)+len(d.Labels) == 0
}

// differ compares two results.
type differ struct {
	a, b     *Result
	inA, inB map[placeKey]int // exits
	policies []lot.Policy     // of both
	moved    map[int]bool     // exits of a that moved
	said     *Difference
}

// placeKey tells exits apart. Of one outpoint there are two where a duplicate
// txid (BIP 30) was paid again; nth counts them.
type placeKey struct {
	kind Kind
	at   string
	nth  int
}

func places(r *Result) map[placeKey]int {
	at := make(map[placeKey]int, len(r.Exits))
	for i := range r.Exits {
		key := keyOf(&r.Exits[i])
		for {
			if _, taken := at[key]; !taken {
				break
			}
			key.nth++
		}
		at[key] = i
	}
	return at
}

func keyOf(e *Exit) placeKey {
	switch {
	case e.Outpoint != nil:
		return placeKey{kind: e.Kind, at: *e.Outpoint}
	case e.Account != nil:
		return placeKey{kind: e.Kind, at: *e.Account}
	}
	return placeKey{kind: e.Kind}
}

func placeOf(e *Exit) Place { return Place{e.Kind, e.Account, e.Address, e.Outpoint, e.Entity} }

func sideOf(r *Result) DiffSide {
	return DiffSide{InputDigest: r.Input.Digest, ResultDigest: r.ResultDigest, Tip: r.Input.Tip, Theft: r.Theft}
}

// inputChanges compares inputs member by member, in canonical order, those of
// params as members of their own.
func inputChanges(a, b *Input) []InputChange {
	changes := []InputChange{}
	compare := func(prefix string, a, b []field) {
		for i := range a {
			if a[i].key == "params" || a[i].key == "starts" {
				continue
			}
			va, vb := rawText(a[i].value.Interface()), rawText(b[i].value.Interface())
			if !bytes.Equal(va, vb) {
				changes = append(changes, InputChange{prefix + a[i].key, va, vb})
			}
		}
	}
	compare("", membersOf(a, "digest"), membersOf(b, "digest"))
	compare("params.", membersOf(&a.Params), membersOf(&b.Params))
	only, other := without(a.Starts, b.Starts), without(b.Starts, a.Starts)
	if len(only)+len(other) > 0 {
		changes = append(changes, InputChange{"starts", rawText(only), rawText(other)})
	}
	return changes
}

// without returns the starts that the other list does not have.
func without(list, other []InputStart) []InputStart {
	has := make(map[InputStart]bool, len(other))
	for _, s := range other {
		has[s] = true
	}
	return slices.DeleteFunc(append([]InputStart{}, list...), func(s InputStart) bool { return has[s] })
}

// rawText is the JSON of a member, which was read from JSON or made for it.
func rawText(v any) json.RawMessage {
	text, err := json.Marshal(v)
	invariant.Check(err == nil, "a member of the input that cannot be written: %v", err)
	return text
}

// sums compares absorbers and reach.
func (d *differ) sums() {
	for _, p := range d.policies {
		a, b := d.a.Policies[p], d.b.Policies[p]
		if p == lot.Poison {
			d.sum(SumChange{p, nil, AmountChange{valueOr0(a.ReachValue), valueOr0(b.ReachValue)}, valueOr0(a.ReachTxs), valueOr0(b.ReachTxs)})
			continue
		}
		for k := KindNone + 1; k < kindCount; k++ {
			x, y := absorber(a, k), absorber(b, k)
			d.sum(SumChange{p, &k, AmountChange{x.Amount, y.Amount}, x.Count, y.Count})
		}
	}
}

func (d *differ) sum(c SumChange) {
	if c.Amount.A != c.Amount.B || c.CountA != c.CountB {
		d.said.Sums = append(d.said.Sums, c)
	}
}

func absorber(p PolicyResult, k Kind) Absorber {
	for _, a := range p.Absorbers {
		if a.Kind == k {
			return a
		}
	}
	return Absorber{}
}

func valueOr0[T any](v *T) (value T) {
	if v != nil {
		value = *v
	}
	return value
}

// exits compares exits under the policies of both results.
func (d *differ) exits() {
	d.eachOnly(d.b, d.inB, d.inA, func(i int, e Exit) { d.said.New = append(d.said.New, e) })
	d.eachOnly(d.a, d.inA, d.inB, func(i int, e Exit) {
		if !d.moved[i] {
			d.said.Gone = append(d.said.Gone, e)
		}
	})
	for _, at := range inOrder(d.inB) {
		if j, both := d.inA[at.key]; both {
			d.change(&d.a.Exits[j], &d.b.Exits[at.exit])
		}
	}
}

// placed is an exit and its key.
type placed struct {
	key  placeKey
	exit int
}

// inOrder lists a result's exits with their keys.
func inOrder(in map[placeKey]int) []placed {
	list := make([]placed, 0, len(in))
	for key, i := range in {
		list = append(list, placed{key, i})
	}
	slices.SortFunc(list, func(a, b placed) int { return cmp.Compare(a.exit, b.exit) })
	return list
}

// eachOnly calls with the exits of one result that the other does not have.
func (d *differ) eachOnly(r *Result, in, other map[placeKey]int, each func(int, Exit)) {
	for _, at := range inOrder(in) {
		if _, both := other[at.key]; !both && d.counts(&r.Exits[at.exit]) {
			each(at.exit, r.Exits[at.exit])
		}
	}
}

// counts reports whether anything came to an exit under a policy of both.
func (d *differ) counts(e *Exit) bool {
	return slices.ContainsFunc(d.policies, func(p lot.Policy) bool { return e.Amounts[p] > 0 })
}

func (d *differ) change(a, b *Exit) {
	c := ExitChange{placeOf(b), map[lot.Policy]AmountChange{}}
	for _, p := range d.policies {
		if a.Amounts[p] != b.Amounts[p] {
			c.Amounts[p] = AmountChange{a.Amounts[p], b.Amounts[p]}
		}
	}
	if len(c.Amounts) > 0 {
		d.said.Changed = append(d.said.Changed, c)
	}
}

// labels compares what is said of the accounts of both results.
func (d *differ) labels() {
	now, seen := map[string]LabelSaid{}, map[string]bool{}
	for i := range d.b.Exits {
		if e := &d.b.Exits[i]; e.Account != nil {
			now[*e.Account] = LabelSaid{e.Entity, e.Category}
		}
	}
	for i := range d.a.Exits {
		e := &d.a.Exits[i]
		if e.Account == nil || seen[*e.Account] {
			continue
		}
		seen[*e.Account] = true
		was := LabelSaid{e.Entity, e.Category}
		said, both := now[*e.Account]
		if both && (!same(was.Entity, said.Entity) || !same(was.Category, said.Category)) {
			d.said.Labels = append(d.said.Labels, LabelChange{*e.Account, e.Address, was, said})
		}
	}
}

// same compares what may be missing.
func same(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
