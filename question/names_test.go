package question_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/follow/trace"
	"clew.example/clew/label"
	"clew.example/clew/question"
	"clew.example/clew/sim/launder"
)

// list reads claims from text, in which @NAME is the address of a made-up name.
func list(t *testing.T, name, text string) question.List {
	t.Helper()
	set, err := label.Read(strings.NewReader(withAddresses(t, text)))
	if err != nil {
		t.Fatal(err)
	}
	return question.List{Name: name, Claims: set}
}

func withAddresses(t *testing.T, text string) string {
	for _, name := range []string{"desk", "svc", "mix", "thief"} {
		text = strings.ReplaceAll(text, "@"+name, address(t, name))
	}
	return text
}

const header = "chain,address,label,category,source\n"

// TestNames: labels stop by category, lists always, a stop that is labelled
// keeps the label's name; other chains' lines are left alone, bad ones told.
func TestNames(t *testing.T) {
	n := network(t, "regtest")
	labels := []question.List{list(t, "labels.csv", header+
		"bitcoin-regtest,@svc,Exchange,exchange,hand\nbtc-regtest,@mix,Mixer,mixer,\nbitcoin-regtest,@desk,Desk,other,\n"+
		"bitcoin,1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa,Genesis,,\nbitcoin-regtest,nonsense,,,\n")}
	stops := []question.List{list(t, "stops.txt", "bitcoin-regtest @desk\n@thief\n")}
	got, err := question.NamesOf(n, labels, stops, []string{"bitcoin-regtest:" + address(t, "thief")})
	if err != nil {
		t.Fatal(err)
	}
	want := trace.Names{
		string(launder.AccountOf("svc")):   {Stop: trace.KindService, Entity: "Exchange", Category: "exchange", Source: "hand"},
		string(launder.AccountOf("mix")):   {Stop: trace.KindMixer, Entity: "Mixer", Category: "mixer"},
		string(launder.AccountOf("desk")):  {Stop: trace.KindListed, Entity: "Desk", Category: "other"},
		string(launder.AccountOf("thief")): {Stop: trace.KindListed},
	}
	if !maps.Equal(got.Known, want) {
		t.Errorf("%+v, want %+v", got.Known, want)
	}
	if len(got.Warnings) != 2 || !strings.HasPrefix(got.Warnings[0], "labels.csv line 6: address \"nonsense\"") ||
		got.Warnings[1] != "stops.txt: 1 lines skipped that name no chain, as in 'bitcoin ADDRESS'" {
		t.Errorf("warnings %q", got.Warnings)
	}
	if got.LabelSet == nil || got.Stops == nil || *got.LabelSet == *got.Stops {
		t.Errorf("digests %v, %v", got.LabelSet, got.Stops)
	}
}

// TestNoNames: what was not named has no digest; an empty list was named.
func TestNoNames(t *testing.T) {
	n := network(t, "regtest")
	none, err := question.NamesOf(n, nil, nil, nil)
	if err != nil || none.LabelSet != nil || none.Stops != nil || len(none.Known) > 0 {
		t.Errorf("%+v, %v", none, err)
	}
	empty, err := question.NamesOf(n, []question.List{{Name: "empty"}}, nil, nil)
	if err != nil || empty.LabelSet == nil || empty.Stops != nil {
		t.Errorf("%+v, %v", empty, err)
	}
}

// TestManyWarnings: a list of nonsense is told of in a few lines.
func TestManyWarnings(t *testing.T) {
	text := header
	for i := range 1000 {
		text += fmt.Sprintf("bitcoin-regtest,a%d,,,\n", i)
	}
	got, err := question.NamesOf(network(t, "regtest"), []question.List{list(t, "l", text)}, nil, nil)
	if err != nil || len(got.Warnings) != 6 || got.Warnings[5] != "l: 995 more lines skipped" {
		t.Errorf("%q, %v", got.Warnings, err)
	}
}

// TestBadStop: a stop of the question itself is meant, so one that is no account
// is not skipped.
func TestBadStop(t *testing.T) {
	for _, stop := range []string{"beef", "eth:0x00", "bitcoin-regtest:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""} {
		_, err := question.NamesOf(network(t, "regtest"), nil, nil, []string{stop})
		var wrong *question.InputError
		if !errors.As(err, &wrong) || wrong.Field != question.FieldStops {
			t.Errorf("%q: %v", stop, err)
		}
	}
}

// folder is files in memory, as a server would keep them.
func folder(t *testing.T, files map[string]string) question.Opener {
	return func(f question.File) (io.ReadCloser, error) {
		text, ok := files[f.Name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(withAddresses(t, text))), nil
	}
}

// TestFiles: a job from files of any kind answers as one of what they hold.
func TestFiles(t *testing.T) {
	w := parse(t, theft)
	q := &question.Question{Files: question.Files{
		Starts: []question.File{{Name: "starts"}}, Stops: []question.File{{Name: "stops"}}, Labels: []question.File{{Name: "labels"}},
		Prices: &question.File{Name: "prices"},
	}}
	lists, err := q.Files.Read(folder(t, map[string]string{
		"starts": "bitcoin-regtest @thief\n" + strings.Replace(start(t, w, "t2"), ":", " ", 1) + "\n", "stops": "bitcoin-regtest @desk\n",
		"labels": header + "bitcoin-regtest,@svc,Exchange,exchange,\n", "prices": "time,asset,usd,krw,source\n2009-01-04T00:00:00Z,btc,10000,,by hand\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	q.Starts = append(q.Starts, lists.Starts...)
	src := ledgerOf(t, w)
	job, err := q.Job(src.Network, lists)
	if err != nil {
		t.Fatal(err)
	}
	a, err := job.Answer(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	r := a.Result
	if len(r.Input.Starts) != 3 || r.Input.LabelSet == nil || r.Input.Params.Stops == nil || r.Input.Params.Prices == nil || *r.Money.Theft.Then.USD != "0.02" {
		t.Errorf("%+v, %+v", r.Input, r.Money)
	}
	var kinds []trace.Kind
	for _, e := range r.Exits {
		kinds = append(kinds, e.Kind)
	}
	if !slices.Contains(kinds, trace.KindListed) || !slices.Contains(kinds, trace.KindService) {
		t.Errorf("exits %v", kinds)
	}
}

// TestBadFiles: what can not be opened is wrong use, what can not be read wrong
// input; each is named.
func TestBadFiles(t *testing.T) {
	open := folder(t, map[string]string{"bad": "bitcoin,1abc\n", "foreign": "eth 0x00\n", "empty": "# nothing\n"})
	one := func(name string) []question.File { return []question.File{{Folder: "case", Name: name}} }
	for _, c := range []struct {
		files question.Files
		field string
		input bool // wrong input
		want  string
	}{
		{question.Files{Labels: one("nowhere")}, question.FieldLabels, false, "labels: file does not exist"},
		{question.Files{Stops: one("nowhere")}, question.FieldStops, false, "not exist"},
		{question.Files{Starts: one("nowhere")}, question.FieldStarts, false, "not exist"},
		{question.Files{Prices: &question.File{Name: "nowhere"}}, question.FieldPrices, false, "not exist"},
		{question.Files{Labels: one("bad")}, question.FieldLabels, true, "case/bad: line 1: "},
		{question.Files{Prices: &question.File{Name: "bad"}}, question.FieldPrices, true, "bad: line 1"},
		{question.Files{Starts: one("foreign")}, question.FieldStarts, true, `case/foreign line 1: chain "eth" is not known`},
		{question.Files{Starts: one("empty")}, question.FieldStarts, true, "case/empty: no start in it"},
	} {
		lists, err := c.files.Read(open)
		var use *question.UsageError
		var input *question.InputError
		if lists != nil || err == nil || !strings.Contains(filepath.ToSlash(err.Error()), c.want) {
			t.Errorf("%+v: %v", c.files, err)
		}
		if errors.As(err, &use) == c.input || use != nil && use.Field != c.field || errors.As(err, &input) != c.input || input != nil && input.Field != c.field {
			t.Errorf("%+v: %T %v", c.files, err, err)
		}
	}
}

// TestOpenStaysBelow: a case's file is below its folder, links included.
func TestOpenStaysBelow(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "case")
	if err := errors.Join(os.Mkdir(inside, 0o755), os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o644),
		os.WriteFile(filepath.Join(inside, "list"), []byte("x"), 0o644), os.Symlink("../secret", filepath.Join(inside, "link"))); err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"list": true, "link": false, "../secret": false, "/etc/hostname": false} {
		r, err := question.Open(question.File{Folder: inside, Name: name})
		if (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			r.Close()
		}
	}
	if r, err := question.Open(question.File{Name: filepath.Join(dir, "secret")}); err != nil {
		t.Errorf("a file that the user names: %v", err)
	} else {
		r.Close()
	}
}
