package page

import (
	"html/template"
	"strconv"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
)

// view is what the template reads.
type view struct {
	Style            template.HTML
	Symbols          template.HTML
	Security         string
	Title, Subtitle  string
	Starts           startList
	Facts            []fact
	Notes            []string // paragraphs, as the lines of the notes
	Money            []fact
	Policies         []policyView
	Bracket          *bracket
	Asset            string
	Backward         bool
	Alone            string // legend: what a solid line means
	Mixed            string // what a dashed line means, before a policy's name
	Part             string // what a fill means
	Exits            exitTable
	Chains           []chainRow
	MoreChains       string
	LeftOut, Assumed []string
	Made             []fact
	Rerun, Version   string
	ResultDigest     string
	ShortDigest      string
}

type fact struct {
	Name, Text string
	Missing    bool
	Mono       bool
}

type policyView struct {
	ID, Name, Meaning, Answer string
	Checked                   bool
	Bar                       []segment
	Whole                     string // what the bar sums to
	Flow                      template.HTML
	Twin                      template.HTML
	Folded                    string
	Scrolls                   bool // wider than the page
}

type startList struct {
	Shown []id
	More  string
}

// startsMax is the number of starts named in the head; the result has all.
const startsMax = 3

func (v *viewer) view() *view {
	in := &v.result.Input
	out := &view{
		Symbols: symbols(), Title: v.title(), Asset: v.coin.asset, Backward: in.Params.Backward,
		Notes: paragraphs(v.doc.Notes), Exits: v.exitTable(), Rerun: plain.Text(v.doc.Rerun), Version: plain.Text(v.doc.Version),
		ResultDigest: plain.Text(v.result.ResultDigest), ShortDigest: identifyDigest(v.result.ResultDigest),
	}
	out.Style, out.Security = styleOf(tokenStyle() + flowStyle + pageStyle)
	out.Starts.Shown = make([]id, min(len(in.Starts), startsMax))
	for i := range out.Starts.Shown {
		out.Starts.Shown[i] = identify(in.Starts[i].Outpoint)
	}
	if more := len(in.Starts) - startsMax; more > 0 {
		out.Starts.More = "and " + count(more) + " more"
	}
	out.Alone, out.Mixed, out.Part = v.legend()
	out.Facts, out.Money = v.facts(), v.moneyFacts()
	for i, p := range v.policies {
		out.Policies = append(out.Policies, v.policyView(i, p))
	}
	if len(v.policies) > 1 {
		out.Bracket = v.bracketOf()
	}
	out.Chains, out.MoreChains = v.chains()
	out.LeftOut, out.Assumed, out.Made = v.leftOut(), v.assumed(), v.made()
	return out
}

func (v *viewer) policyView(i int, p lot.Policy) policyView {
	pv := policyView{ID: policyID(i), Name: policyNames[p], Meaning: policyMeanings[p], Answer: v.answer(p), Checked: i == 0, Bar: v.bar(p)}
	pv.Whole = "100.000\u202f% = " + v.coin.with(v.result.Theft, v.coin.decimals)
	if p == lot.Poison {
		pv.Whole = "Poison apportions nothing: these are whole outputs, not parts of the theft"
	}
	if pic := v.picture(i); pic != nil {
		pv.Flow, pv.Twin, pv.Folded = template.HTML(pic.draw()), template.HTML(pic.twin()), v.folded(pic, p)
		pv.Scrolls = pic.l.width > pictureWidth
	}
	return pv
}

// legend says what lines and fills mean.
func (v *viewer) legend() (alone, mixed, part string) {
	if v.result.Input.Params.Backward {
		return "from one input", "from several inputs: shared by", "share of the output"
	}
	return "stolen coins only", "mixed with others: inferred by", "stolen share"
}

// title is the case's, or says what was stolen.
func (v *viewer) title() string {
	if t := plain.Text(v.doc.Title); t != "" {
		return t
	}
	if v.result.Input.Params.Backward {
		return "Origin of " + v.coin.with(v.result.Theft, listed)
	}
	return "Theft of " + v.coin.with(v.result.Theft, listed)
}

func (v *viewer) facts() []fact {
	in := &v.result.Input
	amount := fact{Name: "Stolen", Text: v.coin.with(v.result.Theft, v.coin.decimals)}
	if in.Params.Backward {
		amount.Name = "Traced back"
	}
	labels := fact{Name: "Labels", Text: "none given: no service has a name", Missing: true}
	if in.LabelSet != nil {
		labels = fact{Name: "Labels", Text: identifyDigest(*in.LabelSet), Mono: true}
	}
	return []fact{
		amount,
		{Name: "Chain", Text: plain.Text(v.doc.Network)},
		{Name: "As of block", Text: count(int(in.Tip.Height))},
		v.finality(),
		{Name: "Source", Text: plain.Text(in.Source)},
		labels,
	}
}

// finality says how deep the block lay when the answer was asked for.
func (v *viewer) finality() fact {
	final, onTop := v.result.Finalised, v.result.BlocksOnTop
	switch {
	case final == nil || onTop == nil:
		return fact{Name: "Final", Text: "not known", Missing: true}
	case *final:
		return fact{Name: "Final", Text: count(trace.FinalDepth) + " blocks or more on top"}
	}
	return fact{Name: "Not final", Text: many(int(*onTop), "block", "blocks") + " on top"}
}

// identifyDigest shortens a digest; all of it stands at the foot of the page.
func identifyDigest(s string) string {
	s = plain.Text(s)
	if len(s) > 7 && s[:7] == "sha256:" {
		s = s[7:]
	}
	return shorten(s)
}

func (v *viewer) moneyFacts() (facts []fact) {
	m := v.result.Money
	if m == nil {
		return nil
	}
	one := func(name string, q *trace.Quote, f trace.Fiat) {
		if q == nil {
			facts = append(facts, fact{Name: name, Text: "no price known", Missing: true})
			return
		}
		words := ""
		for _, x := range []struct {
			value *string
			unit  string
		}{{f.USD, " USD"}, {f.KRW, " KRW"}} {
			if x.value != nil {
				words = joinNote(words, money(*x.value)+x.unit)
			}
		}
		if words == "" {
			words = "not known"
		}
		facts = append(facts, fact{Name: name, Text: words + " (price of " + when(q.Time) + ", " + plain.Text(q.Source) + ")"})
	}
	one("Worth at the theft", m.Then, m.Theft.Then)
	one("Worth now", m.Now, m.Theft.Now)
	return facts
}

type chainRow struct {
	First, Last                    id
	Txs, Peels, Start, End, Peeled string
	Became, Gaps, Next             string
}

// chainsMax is the number of peel chains listed one by one.
const chainsMax = 100

func (v *viewer) chains() (rows []chainRow, more string) {
	chains := v.result.PeelChains
	for i := range chains[:min(len(chains), chainsMax)] {
		c := &chains[i]
		row := chainRow{First: identify(c.First), Last: identify(c.Last), Txs: count(c.Txs), Peels: count(c.Peels),
			Start: v.coin.cut(c.StartValue, listed), End: v.coin.cut(c.EndValue, listed), Peeled: v.coin.cut(c.Peeled, listed),
			Became: endName(c.End), Gaps: gaps(c.Gap)}
		if c.Next != nil {
			row.Next = "goes on: " + endName(c.Next.Form) + " in " + shorten(plain.Text(c.Next.TxID))
		}
		rows = append(rows, row)
	}
	if len(chains) > chainsMax {
		more = many(len(chains)-chainsMax, "more peel chain", "more peel chains")
	}
	return rows, more
}

// gaps says how regularly a chain went on. Seconds are cut to whole ones.
func gaps(g trace.Gap) string {
	return "median " + span(int64(g.Median)) + ", variation " + strconv.FormatFloat(g.CV, 'f', 2, 64)
}

// folded says what a picture does not show one by one.
func (v *viewer) folded(pic *picture, p lot.Policy) string {
	words := "Folded " + count(pic.folded) + "."
	n := 0
	var left trace.LeftOut
	for _, l := range v.result.LeftOut {
		if l.Policy == p {
			left.Amount, n = add(left.Amount, l.Amount), n+l.Count
		}
	}
	if n == 0 {
		return words + " Left out nothing."
	}
	return words + " Left out " + count(n) + ", " + v.coin.with(left.Amount, drawn) + "."
}

// paragraphs joins the lines of a text that no empty line parts, and makes each
// paragraph safe to show.
func paragraphs(text string) (list []string) {
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			list = append(list, plain.Text(part))
		}
	}
	return list
}
