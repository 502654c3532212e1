package file

import (
	"io"
	"maps"
	"slices"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Diff writes what changed from one trace to another for a terminal: first
// what moved and where to, then what is new, gone and different. Nothing is
// left out but the rest of long inputs.
func Diff(w io.Writer, d *trace.Difference) error {
	t := &diffPage{NewPage(w), d}
	t.Linef("from block %s, %s BTC followed  %s", Count(d.A.Tip.Height), Coins(d.A.Theft.String()), d.A.ResultDigest)
	t.Linef("to   block %s, %s BTC followed  %s", Count(d.B.Tip.Height), Coins(d.B.Theft.String()), d.B.ResultDigest)
	if d.Empty() {
		t.Linef("they say the same")
	}
	t.moved()
	t.exits("new", d.New)
	t.exits("gone", d.Gone)
	t.changed()
	t.sums()
	t.labels()
	t.inputs()
	return t.Err()
}

type diffPage struct {
	*Page
	d *trace.Difference
}

func (t *diffPage) title(text string, n int) bool {
	if n > 0 {
		t.Linef("")
		t.Linef("%s", text)
	}
	return n > 0
}

func (t *diffPage) moved() {
	t.title("moved", len(t.d.Moved))
	for i := range t.d.Moved {
		m := &t.d.Moved[i]
		for _, l := range m.Lots {
			t.Linef("  %s  %s  %s", l.Outpoint, text(l.Address), amounts(l.Amounts))
		}
		if len(m.To) == 0 {
			t.Linef("    to where no path says")
		}
		for _, to := range m.To {
			t.Linef("    to %s  %s", placeName(&to.Place), amounts(to.Amounts))
		}
	}
}

func (t *diffPage) exits(which string, exits []trace.Exit) {
	t.title(which, len(exits))
	for i := range exits {
		e := &exits[i]
		t.Linef("  %s  %s", placeName(&trace.Place{Kind: e.Kind, Account: e.Account, Address: e.Address, Outpoint: e.Outpoint, Entity: e.Entity}), amounts(e.Amounts))
	}
}

func (t *diffPage) changed() {
	t.title("changed", len(t.d.Changed))
	for i := range t.d.Changed {
		c := &t.d.Changed[i]
		parts := []string{}
		for _, p := range slices.Sorted(maps.Keys(c.Amounts)) {
			parts = append(parts, p.String()+" "+change(c.Amounts[p]))
		}
		t.Linef("  %s  %s", placeName(&c.Place), strings.Join(parts, ", "))
	}
}

func (t *diffPage) sums() {
	if !t.title("sums", len(t.d.Sums)) {
		return
	}
	c := Columns{Right: map[int]bool{}}
	for _, s := range t.d.Sums {
		kind := "reach"
		if s.Kind != nil {
			kind = s.Kind.String()
		}
		c.Add(s.Policy.String(), kind, change(s.Amount), Count(s.CountA)+" to "+Count(s.CountB))
	}
	c.Write(t.Page, "  ")
}

func (t *diffPage) labels() {
	t.title("labels", len(t.d.Labels))
	for _, l := range t.d.Labels {
		t.Linef("  %s  %s, was %s", nonempty(text(l.Address), "script:"+l.Account), said(l.B), said(l.A))
	}
}

func said(l trace.LabelSaid) string {
	if l.Entity == nil && l.Category == nil {
		return "nothing said"
	}
	return strings.TrimSpace(text(l.Entity) + " (" + nonempty(text(l.Category), "no category") + ")")
}

// inputs lists what differs in what the two depend on.
func (t *diffPage) inputs() {
	t.title("asked otherwise", len(t.d.Input))
	for _, c := range t.d.Input {
		t.Linef("  %s: %s, was %s", c.Field, beginning(c.B), beginning(c.A))
	}
}

// inputShown is how many bytes of an input are written: a list of starts can
// have a million.
const inputShown = 400

func beginning(b []byte) string {
	if len(b) > inputShown {
		return string(b[:inputShown]) + "... (--json has all)"
	}
	return string(b)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func nonempty(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func change(c trace.AmountChange) string {
	return Coins(c.A.String()) + " to " + Coins(c.B.String()) + " BTC"
}

// amounts lists what came under each policy.
func amounts(of map[lot.Policy]ledger.Amount) string {
	parts := []string{}
	for _, p := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, p.String()+" "+coinsOf(of[p]))
	}
	return strings.Join(parts, ", ")
}

func placeName(p *trace.Place) string {
	parts := []string{p.Kind.String()}
	for _, s := range []*string{p.Entity, p.Address, p.Outpoint} {
		if s != nil && *s != "" {
			parts = append(parts, *s)
		}
	}
	if len(parts) == 1 && p.Account != nil {
		parts = append(parts, "script:"+*p.Account)
	}
	return strings.Join(parts, "  ")
}
