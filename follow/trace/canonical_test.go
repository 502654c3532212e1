package trace_test

import (
	"encoding/json"
	"math"
	"math/rand"
	"strings"
	"testing"
	"testing/quick"

	"clew.example/clew/follow/trace"
)

// TestCanonical holds the writer to what RFC 8785 says of spaces, escapes
// (3.2.2.2), numbers (3.2.2.3) and the order of keys (3.2.3).
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"spaces", " [ 1 , { \"b\" : null , \"a\" : [ ] } ]\n", `[1,{"a":[],"b":null}]`},
		{"literals", `[true,false,null]`, `[true,false,null]`},
		{"nothing inside", `{"a":{},"b":[],"c":""}`, `{"a":{},"b":[],"c":""}`},
		{"short escapes", `"\u0008\u0009\u000a\u000c\u000d\u0022\u005c"`, `"\b\t\n\f\r\"\\"`},
		{"other controls", `"\u0000\u000B\u001F"`, `"\u0000\u000b\u001f"`},
		{"no other escapes", `"\/\u003c\u003e\u0026\u007f\u2028\u20ac"`, "\"/<>&\x7f\u2028€\""},
		{"a pair of surrogates", `"\ud83d\udd11"`, `"🔑"`},
		{"keys are escaped", `{"\n":1}`, `{"\n":1}`},
		{"prefix first", `{"aa":1,"a":2,"":3}`, `{"":3,"a":2,"aa":1}`},
		{"capitals first", `{"a":1,"B":2,"_":3}`, `{"B":2,"_":3,"a":1}`},
		{"by code units, not by code points", `{"\uff5e":1,"\ud83d\udd11":2,"z":3}`, "{\"z\":3,\"🔑\":2,\"～\":1}"},
		{"control, latin, kana, pair, last of the plane", `{"\uffee":5,"\ud840\udc00":4,"\u30a2":3,"\u00e9":2,"\t":1}`, "{\"\\t\":1,\"é\":2,\"ア\":3,\"𠀀\":4,\"￮\":5}"},
		{"deep keys", `{"b":{"d":1,"c":2},"a":[{"f":1,"e":2}]}`, `{"a":[{"e":2,"f":1}],"b":{"c":2,"d":1}}`},
		{"integers", `[0,-0,7,-7,9007199254740991,-9007199254740991]`, `[0,0,7,-7,9007199254740991,-9007199254740991]`},
		{"places", `[0.5,1.0,-1.50,-0.0,0.001,999999999999.999]`, `[0.5,1,-1.5,0,0.001,999999999999.999]`},
	} {
		if got, err := trace.Canonical(json.RawMessage(c.in)); err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		in   any
		want string
	}{
		{"beyond what doubles keep", json.RawMessage(`9007199254740992`), "below 2^53"},
		{"below that", json.RawMessage(`-9007199254740992`), "below 2^53"},
		{"four places", json.RawMessage(`[0.0001]`), "decimal places"},
		{"a long decimal", json.RawMessage(`1000000000000.5`), "decimal places"},
		{"an exponent", json.RawMessage(`1e3`), "decimal places"},
		{"a great float", math.MaxFloat64, "decimal places"},
		{"a key twice", json.RawMessage(`{"a":1,"b":2,"a":3}`), `"a" stands twice`},
		{"no number", math.NaN(), "NaN"},
	} {
		if got, err := trace.Canonical(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s %v, want an error with %q", c.name, got, err, c.want)
		}
	}
}

// TestCanonicalIsJSON reads back what was written: it is the same value, and
// its own canonical form.
func TestCanonicalIsJSON(t *testing.T) {
	law := func(m map[string]map[string]int32, s []string, n uint32) bool {
		for key, value := range m {
			m[key][strings.Repeat("é", len(value))] = 1
			break
		}
		v := map[string]any{"m": m, "s": s, "n": float64(n) / 1000}
		text, err := trace.Canonical(v)
		if err != nil {
			t.Log(err)
			return false
		}
		plain, _ := json.Marshal(v)
		var a, b any
		again, err := trace.Canonical(json.RawMessage(text))
		return err == nil && string(again) == string(text) &&
			json.Unmarshal(plain, &a) == nil && json.Unmarshal(text, &b) == nil && equalJSON(a, b)
	}
	const seed = 3 // any other does as well
	if err := quick.Check(law, &quick.Config{MaxCount: 30, Rand: rand.New(rand.NewSource(seed))}); err != nil {
		t.Error(err)
	}
}

func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
