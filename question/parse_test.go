package question_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/casefile"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/question"
)

// TestParse reads a question, a line "field value" each, of a network that the
// command may name; "case" reads a case instead.
func TestParse(t *testing.T) {
	datadriven.RunTest(t, "testdata/parse", func(t *testing.T, d *datadriven.TestData) string {
		var n *bitcoin.Network
		if d.HasArg("network") {
			var name string
			d.ScanArgs(t, "network", &name)
			n = network(t, name)
		}
		q, err := questionOf(d)
		if err != nil {
			return err.Error() + "\n"
		}
		p, err := q.Parse(n)
		if err != nil {
			return describeError(err)
		}
		return describe(q, p)
	})
}

func questionOf(d *datadriven.TestData) (*question.Question, error) {
	input := strings.NewReplacer("TX1", strings.Repeat("1a", 32), "TX2", strings.Repeat("2B", 32)).Replace(d.Input)
	if d.Cmd == "case" {
		c, err := casefile.Read(strings.NewReader(input))
		if err != nil {
			return nil, err
		}
		q := &question.Question{Starts: []string{"bitcoin:" + strings.Repeat("00", 32)}, AsOf: "7"}
		q.Add(c, "theft/")
		return q, nil
	}
	return readQuestion(input), nil
}

// readQuestion reads lines "field value"; what is no field is passed over.
func readQuestion(text string) *question.Question {
	q := new(question.Question)
	for line := range strings.Lines(text) {
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch field {
		case question.FieldStarts:
			q.Starts = append(q.Starts, value)
		case question.FieldStops:
			q.Stops = append(q.Stops, value)
		case question.FieldPolicies:
			q.Policies = append(q.Policies, value)
		case question.FieldAsOf:
			q.AsOf = value
		case question.FieldUntil:
			q.Until = value
		case question.FieldMinValue:
			q.MinValue = value
		case question.FieldMaxHops:
			q.MaxHops = value
		case "backward":
			q.Backward = true
		}
	}
	return q
}

func describeError(err error) string {
	var wrong *question.UsageError
	if !errors.As(err, &wrong) {
		return fmt.Sprintf("%T: %v\n", err, err)
	}
	text := fmt.Sprintf("%s wrong: %s\nas a flag: %s\n", wrong.Field, err, wrong.Named("--flag"))
	if wrong.Hint != "" {
		text += "hint: " + wrong.Hint + "\n"
	}
	return text
}

func describe(q *question.Question, p *question.Parsed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s under %v", p.Network.Name, p.Policies)
	if p.Backward {
		b.WriteString(" backward")
	}
	b.WriteString(moment(" as of", p.AsOf))
	b.WriteString(moment(" until", p.Until))
	if p.MinValue > 0 {
		fmt.Fprintf(&b, " from %d", p.MinValue)
	}
	if p.MaxHops != nil {
		fmt.Fprintf(&b, " within %d hops", *p.MaxHops)
	}
	b.WriteString("\n")
	for _, s := range p.Starts {
		switch {
		case s.Account != nil:
			fmt.Fprintf(&b, "  account %x%s%s\n", string(s.Account), moment(" from", s.From), moment(" to", s.To))
		case s.Whole:
			fmt.Fprintf(&b, "  transaction %.8s...\n", s.Outpoint.TxID)
		default:
			fmt.Fprintf(&b, "  output %d of %.8s...\n", s.Outpoint.Vout, s.Outpoint.TxID)
		}
	}
	for _, s := range q.Stops {
		fmt.Fprintf(&b, "  stop %s\n", s)
	}
	if f := q.Files; f.Starts != nil || f.Facts != nil {
		fmt.Fprintf(&b, "  files %v %v %v %v %v, title %q, notes %q\n", f.Starts, f.Stops, f.Labels, f.Prices, f.Facts, q.Title, q.Notes)
	}
	return b.String()
}

func moment(word string, m *question.Moment) string {
	switch {
	case m == nil:
		return ""
	case m.Timed:
		return fmt.Sprintf("%s time %d", word, m.Time)
	}
	return fmt.Sprintf("%s block %d", word, m.Height)
}

func TestMoments(t *testing.T) {
	for in, want := range map[string]string{
		"0": " block 0", "560086": " block 560086", "2147483647": " block 2147483647", "2147483648": "error", "99999999999999999999": "error",
		"2019-01-24": " time 1548288000", "2019-01-24T10:11:12Z": " time 1548324672", "2019-01-24T11:11:12+01:00": " time 1548324672",
		"1970-01-01": " time 0", "1969-12-31": "error", "2106-02-07T06:28:15Z": " time 4294967295", "2106-02-07T06:28:16Z": "error",
		"": "error", "-1": "error", "soon": "error", "2019-13-01": "error", "24.01.2019": "error", "2019-01-24 10:11:12": "error",
	} {
		m, err := question.ParseMoment(in)
		got := moment("", &m)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("ParseMoment(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestValues(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "50000": "50000", "50000sat": "50000", "0.5btc": "50000000", "0.5 BTC": "50000000", "1btc": "100000000",
		"0.00000001btc": "1", "18446744073709551615": "18446744073709551615", "18446744073709551616": "error", "0.000000001btc": "error",
		"1.btc": "error", ".5btc": "error", "1.5": "error", "1.5sat": "error", "-1": "error", "+1": "error", "1e8": "error", "": "error",
		"btc": "error", "184467440737.09551616btc": "error", "1_000": "error", "٣": "error",
	} {
		a, err := question.ParseValue(in)
		got := a.String()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("ParseValue(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

// TestManyStarts: there is a bound, and it is said.
func TestManyStarts(t *testing.T) {
	q := &question.Question{Starts: make([]string, question.StartsMax+1)}
	if _, err := q.Parse(nil); err == nil || !strings.Contains(err.Error(), "more than 1000000") {
		t.Error(err)
	}
}

// FuzzParse reads arbitrary texts as a question.
//
// Invariants: nothing panics; what is refused is a *UsageError with its field;
// what is accepted has starts, policies without repetition, and asked again for
// its own network says the same.
func FuzzParse(f *testing.F) {
	f.Add("starts bitcoin:" + strings.Repeat("1a", 32) + ":0\npolicies all\nas_of 2019-01-24\nmin_value 0.5btc\nmax_hops 3")
	f.Add("starts btc-regtest:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080@1..2009-01-04\nuntil 7\npolicies fifo,lifo\npolicies pure")
	f.Add("starts bip122:0f9188f13cb7b2c71f2a335e3a4fc328:x\nbackward\npolicies poison")
	f.Fuzz(func(t *testing.T, text string) {
		q := readQuestion(text)
		p, err := q.Parse(nil)
		if err != nil {
			var wrong *question.UsageError
			if !errors.As(err, &wrong) || wrong.Field == "" || p != nil {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if len(p.Starts) != len(q.Starts) || len(p.Starts) == 0 || len(p.Policies) == 0 || len(p.Policies) > 8 {
			t.Fatalf("%+v", p)
		}
		again, err := q.Parse(p.Network)
		if err != nil || describe(q, again) != describe(q, p) {
			t.Fatalf("asked of %s again: %v", p.Network.Name, err)
		}
	})
}
