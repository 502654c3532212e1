package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// TestDigestsAreOfCanonicalJSON computes digests from the text that is
// written: they are over it without the members that name them.
func TestDigestsAreOfCanonicalJSON(t *testing.T) {
	eachGraph(t, 50, func(t *testing.T, r *rand.Rand, g *trace.Graph, out *trace.Result) {
		if r.IntN(2) == 0 {
			var err error
			if out, err = g.Result(inputOf(g), &trace.Pricing{Asset: "BTC", Value: nil}); err != nil {
				t.Fatal(err)
			}
		}
		var members map[string]json.RawMessage
		var input map[string]any
		if json.Unmarshal(jsonOf(t, out), &members) != nil || json.Unmarshal(members["input"], &input) != nil {
			t.Fatal("the result is no object")
		}
		delete(members, "input")
		delete(members, "result_digest")
		delete(input, "digest")
		if d, err := trace.Digest(members); err != nil || d != out.ResultDigest {
			t.Errorf("result digest %s, want %s %v", out.ResultDigest, d, err)
		}
		if d, err := trace.Digest(input); err != nil || d != out.Input.Digest {
			t.Errorf("input digest %s, want %s %v", out.Input.Digest, d, err)
		}
	})
}

// TestDigestPinned holds the digests to a text written by hand.
func TestDigestPinned(t *testing.T) {
	r := trace.Result{Schema: "s", Class: "c", Policies: map[lot.Policy]trace.PolicyResult{}, Exits: []trace.Exit{}, PeelChains: []trace.PeelChain{},
		FanOuts: []trace.FanOut{}, Consolidations: []trace.Consolidation{}, LeftOut: []trace.LeftOut{}}
	r.Input.Starts, r.Input.Params.Policies = []trace.InputStart{}, []lot.Policy{}
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	input := `{"chain":"","first_height":0,"label_set":null,"params":{"backward":false,"max_hops":null,"min_value":"0","policies":[],"prices":null,"stops":null,"until":null},"rules":0,"source":"","starts":[],"tip":{"hash":"","height":0}}`
	body := `{"assumed":{"fee":0,"order":0},"class":"c","consolidations":[],"counts":{"edges":0,"outputs":0,"txs":0},"exits":[],"fan_outs":[],"left_out":[],"paths_left_out":0,"peel_chains":[],"policies":{},"schema":"s","theft":"0"}`
	for _, c := range []struct{ name, text, have string }{{"input", input, r.Input.Digest}, {"result", body, r.ResultDigest}} {
		if text, err := trace.Canonical(json.RawMessage(c.text)); err != nil || string(text) != c.text {
			t.Errorf("%s: the text is not canonical: %s %v", c.name, text, err)
		}
		if want, _ := trace.Digest(json.RawMessage(c.text)); want != c.have {
			t.Errorf("%s digest %s, want %s", c.name, c.have, want)
		}
	}
}

// TestFinalityIsNotHashed: the same answer lies deeper when it is asked again,
// and is the same by its digests, its difference and to who reads it.
func TestFinalityIsNotHashed(t *testing.T) {
	plain := readable(t)
	tip := plain.Input.Tip.Height
	for onTop, want := range map[ledger.Height]string{0: "false 0", 1: "false 1", 5: "false 5", 6: "true 6", 7: "true 6", 1 << 20: "true 6"} {
		out := readable(t)
		out.SetFinality(tip + onTop)
		if got := fmt.Sprint(*out.Finalised, *out.BlocksOnTop); got != want {
			t.Errorf("%d blocks on top: %s, want %s", onTop, got, want)
		}
		if err := out.Seal(); err != nil || out.ResultDigest != plain.ResultDigest || out.Input.Digest != plain.Input.Digest {
			t.Errorf("%d blocks on top change a digest, error %v", onTop, err)
		}
		again, err := trace.ReadResult(bytes.NewReader(jsonOf(t, out)))
		if err != nil || !bytes.Equal(jsonOf(t, again), jsonOf(t, out)) {
			t.Fatalf("%d blocks on top: not read as it was written, error %v", onTop, err)
		}
		if d := trace.Diff(plain, again); !d.Empty() || len(d.Input) > 0 {
			t.Errorf("%d blocks on top are a difference", onTop)
		}
	}
	if plain.SetFinality(tip - 1); plain.Finalised != nil || bytes.Contains(jsonOf(t, plain), []byte("finalised")) {
		t.Error("a source that ends below the result says how deep it lies")
	}
}

// readable is a result that has one of everything.
func readable(t *testing.T) *trace.Result {
	t.Helper()
	name, usd := "Exchange", "2.5"
	g := randomGraph(rand.New(rand.NewPCG(11, 1)), 9)
	g.Txs[0].Outs[0].Name = trace.Name{Entity: name, Category: "exchange"}
	for p := range g.Policies {
		g.Txs[0].Outs[0].Taint[p] = g.Txs[0].Outs[0].Value
	}
	in := inputOf(g)
	hops, until := uint32(9), ledger.Height(900)
	in.LabelSet, in.Params.Stops, in.Params.Prices, in.Params.MaxHops, in.Params.Until = &name, &name, &name, &hops, &until
	out, err := g.Result(in, &trace.Pricing{
		Asset: "BTC", Then: &trace.Quote{Time: "2020-01-01T00:00:00Z", USD: &usd, Source: "s"}, Now: &trace.Quote{},
		Value: func(a ledger.Amount, _ *trace.Quote) trace.Fiat { s := a.String(); return trace.Fiat{USD: &s, KRW: &s} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadResultReadsWhatWasWritten(t *testing.T) {
	eachGraph(t, 100, func(t *testing.T, _ *rand.Rand, _ *trace.Graph, out *trace.Result) {
		var indented bytes.Buffer
		if err := json.Indent(&indented, jsonOf(t, out), "", "  "); err != nil {
			t.Fatal(err)
		}
		canonical, err := trace.Canonical(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{jsonOf(t, out), indented.Bytes(), canonical} {
			again, err := trace.ReadResult(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(jsonOf(t, again), jsonOf(t, out)) {
				t.Error("another result was read")
			}
		}
	})
}

// TestEveryByteCounts changes each byte of a written result: either it cannot
// be read, or it is the same result (the case of a key inside a member).
// Cuts are at every fifth byte, for the time they take.
func TestEveryByteCounts(t *testing.T) {
	out := readable(t)
	text := jsonOf(t, out)
	if len(text) > 20_000 {
		t.Fatalf("the example has %d bytes: this takes too long", len(text))
	}
	same := 0
	for i := range text {
		bit := byte(1) << (i % 8)
		text[i] ^= bit
		again, err := trace.ReadResult(bytes.NewReader(text))
		text[i] ^= bit
		if err == nil {
			if same++; !bytes.Equal(jsonOf(t, again), text) {
				t.Errorf("byte %d of %.40q changed and nobody saw it", i, text[max(0, i-20):])
			}
		}
		if i%5 != 0 {
			continue
		}
		if _, err := trace.ReadResult(bytes.NewReader(text[:i])); err == nil {
			t.Fatalf("cut at byte %d it can be read", i)
		}
	}
	t.Logf("%d bytes, %d changes of case in keys", len(text), same)
}

// TestVerifyNamesTheDigest changes each field of a result in turn.
func TestVerifyNamesTheDigest(t *testing.T) {
	for _, part := range []struct{ member, want string }{{"input", "input digest"}, {"", "result digest"}} {
		out := readable(t)
		v := reflect.ValueOf(out).Elem()
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !slices.Contains([]string{"ResultDigest", "Finalised", "BlocksOnTop"}, name) && (name == "Input") == (part.member == "input") {
				changeEach(v.Field(i), func(path string) {
					if err := out.Verify(); err == nil || !strings.Contains(err.Error(), part.want) {
						t.Errorf("%s%s changed: %v, want %s", name, path, err, part.want)
					}
				})
			}
		}
		if err := out.Verify(); err != nil {
			t.Errorf("unchanged: %v", err)
		}
	}
}

// changeEach changes every leaf of a value, one at a time, and puts it back.
func changeEach(v reflect.Value, check func(path string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			changeEach(v.Field(i), func(path string) { check("." + v.Type().Field(i).Name + path) })
		}
		return
	case reflect.Slice:
		for i := range min(v.Len(), 3) {
			changeEach(v.Index(i), check)
		}
		v.Set(reflect.Append(slices3(v), reflect.Zero(v.Type().Elem())))
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		changeEach(v.Elem(), check)
		v.SetZero()
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	default:
		v.SetUint((v.Uint() + 1) % 7)
	}
	check("")
	v.Set(old)
}

// slices3 is a slice without room, so that appending leaves it alone.
func slices3(v reflect.Value) reflect.Value { return v.Slice3(0, v.Len(), v.Len()) }

func TestReadResultRefuses(t *testing.T) {
	text := string(jsonOf(t, readable(t)))
	sealed := func(change func(*trace.Result)) string {
		out := readable(t)
		change(out)
		if err := out.Seal(); err != nil {
			t.Fatal(err)
		}
		return string(jsonOf(t, out))
	}
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "EOF"},
		{"a list", "[]", "want a JSON object"},
		{"another schema", `{"schema":"clew.trace/2"}`, `schema "clew.trace/2"`},
		{"a difference", `{"schema":"clew.trace.diff/1","a":{}}`, "schema"},
		{"a member too many", strings.Replace(text, `{`, `{"more":1,`, 1), `"more" is not known`},
		{"a member twice", strings.Replace(text, `{`, `{"theft":"1",`, 1), `"theft" is not known, or stands twice`},
		{"capitals", strings.Replace(text, `"exits"`, `"Exits"`, 1), "is not known"},
		{"a member deep inside", strings.Replace(text, `"kind"`, `"color":1,"kind"`, 1), "unknown field"},
		{"no exits", strings.Replace(text, `"peel_chains":[],`, ``, 1), "not there"},
		{"null for a list", strings.Replace(text, `"peel_chains":[]`, `"peel_chains":null`, 1), "want a list"},
		{"something behind", text + "1", "behind"},
		{"empty exits", `{"schema":"clew.trace/1","exits":[` + strings.Repeat("{},", 9) + `{}]}`, "too short"},
		{"empty starts", `{"input":{"starts":[` + strings.Repeat("{},", 99) + `{}]}}`, "too short"},
		{"a negative amount", strings.Replace(text, `"theft":"`, `"theft":"-`, 1), "base units"},
		{"an unknown kind", strings.Replace(text, `"kind":"`, `"kind":"x`, 1), "not known"},
		{"another digest", strings.Replace(text, `"result_digest":"sha256:`, `"result_digest":"sha256:0`, 1), "result digest"},
		{"another input", strings.Replace(text, `"first_height":0`, `"first_height":1`, 1), "input digest"},
		{"final and not deep", sealed(func(r *trace.Result) { r.SetFinality(r.Input.Tip.Height); *r.Finalised = true }), "finalised is true with 0"},
		{"deep and not final", sealed(func(r *trace.Result) { r.SetFinality(r.Input.Tip.Height); *r.BlocksOnTop = 6 }), "finalised is false with 6"},
		{"deeper than is counted", sealed(func(r *trace.Result) { r.SetFinality(1 << 30); *r.BlocksOnTop = 7 }), "with 7"},
		{"final and no depth", sealed(func(r *trace.Result) { r.SetFinality(1 << 30); r.BlocksOnTop = nil }), "one without the other"},
		{"no policies", sealed(func(r *trace.Result) { r.Input.Params.Policies = nil }), "policies"},
		{"a theft of another size", sealed(func(r *trace.Result) { r.Theft++ }), "theft"},
		{"an exit too many", sealed(func(r *trace.Result) { r.Exits = append(r.Exits, r.Exits[0]) }), "sum to"},
		{"an exit without a kind", sealed(func(r *trace.Result) { r.Exits[0].Kind = 0 }), "no kind"},
		{"a time of its own", sealed(func(r *trace.Result) { r.Exits[0].LastTime = "\x1b[31m" }), "RFC 3339"},
		{"a path of its own", sealed(func(r *trace.Result) { r.Exits[0].Path[0] = "<script>" }), "hash"},
		{"hops that do not fit", sealed(func(r *trace.Result) { *r.Exits[0].Hops += 1 }), "hops"},
		{"endless paths", sealed(func(r *trace.Result) {
			r.Exits[0].Path = slices.Repeat(r.Exits[0].Path[:1], 1_000_001)
			*r.Exits[0].Hops = 1_000_000
		}), "more than 1000000"},
		{"sums beyond 64 bits", sealed(func(r *trace.Result) {
			r.Exits[0].Amounts[r.Input.Params.Policies[0]] = ^ledger.Amount(0)
			r.Exits[1].Amounts[r.Input.Params.Policies[0]] = ^ledger.Amount(0)
		}), "2^64"},
	} {
		if out, err := trace.ReadResult(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) || out != nil {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// FuzzReadResult: what can be read verifies, and is read again from what it is
// written as. The strategy: results with members cut, joined and changed.
func FuzzReadResult(f *testing.F) {
	for seed := range uint64(4) {
		g := randomGraph(rand.New(rand.NewPCG(seed, 1)), 9)
		out, err := g.Result(inputOf(g), nil)
		if err != nil {
			f.Fatal(err)
		}
		text, _ := json.Marshal(out)
		f.Add(text)
		out.SetFinality(out.Input.Tip.Height + ledger.Height(seed*2))
		text, _ = json.Marshal(out)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, err := trace.ReadResult(bytes.NewReader(text))
		if err != nil {
			return
		}
		if again, err := trace.ReadResult(bytes.NewReader(jsonOf(t, out))); err != nil || again.ResultDigest != out.ResultDigest {
			t.Errorf("read once, not twice: %v", err)
		}
		if d := trace.Diff(out, out); !d.Empty() || len(d.Input) > 0 {
			t.Error("a result differs from itself")
		}
	})
}
