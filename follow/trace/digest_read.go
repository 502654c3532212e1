package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

const (
	// ResultBytesMax bounds a result that is read.
	ResultBytesMax = 1 << 30
	// itemBytesMin is less than any item of a list takes when we write it. It
	// stops a file of empty items, which take fifty times more room in memory.
	itemBytesMin = 32
	// aloneMax is how many objects a member may hold that are no items.
	aloneMax = 16
)

// ReadResult reads what was written with encoding/json, by whomever. It
// refuses what is too long, of another schema, with members that it does not
// know or that stand twice, with digests that do not fit, or with sums that do
// not come out.
func ReadResult(r io.Reader) (*Result, error) { return readResult(r, ResultBytesMax) }

// readResult takes the bound as an argument, so that tests can reach it.
func readResult(r io.Reader, most int64) (*Result, error) {
	limited := &io.LimitedReader{R: r, N: most + 1}
	d := json.NewDecoder(limited)
	d.DisallowUnknownFields()
	out := &Result{}
	err := readMembers(d, out)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something stands behind it")
		}
	}
	if limited.N == 0 {
		err = fmt.Errorf("longer than %d bytes", most)
	}
	if err == nil {
		err = out.sound()
	}
	if err == nil {
		err = out.Verify()
	}
	if err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	return out, nil
}

// readMembers reads a result member by member and its lists item by item.
func readMembers(d *json.Decoder, out *Result) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("want a JSON object: %w", orElse(err))
	}
	fields := map[string]reflect.Value{}
	for _, f := range membersOf(out) {
		fields[f.key] = f.value
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		v, ok := fields[key]
		if !ok {
			return fmt.Errorf("member %.40q is not known, or stands twice", key)
		}
		delete(fields, key)
		if err := readMember(d, v); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if key == "schema" && out.Schema != Schema {
			return fmt.Errorf("schema %.40q: this program reads %s", out.Schema, Schema)
		}
	}
	for _, key := range append([]string{moneyKey}, finalityKeys...) {
		delete(fields, key)
	}
	for key := range fields {
		return fmt.Errorf("%d members are not there, such as %s", len(fields), key)
	}
	_, err := d.Token()
	return err
}

// orElse gives a cause to what is no error of the decoder's.
func orElse(err error) error {
	if err == nil {
		return errors.New("it is something else")
	}
	return err
}

func readMember(d *json.Decoder, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return readWhole(d, v)
	}
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("want a list: %w", orElse(err))
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for n := 0; d.More(); n++ {
		item, from := reflect.New(v.Type().Elem()), d.InputOffset()
		if err := d.Decode(item.Interface()); err != nil {
			return fmt.Errorf("%d: %w", n, err)
		}
		if d.InputOffset()-from < itemBytesMin {
			return fmt.Errorf("%d: too short to be whole", n)
		}
		v.Set(reflect.Append(v, item.Elem()))
	}
	_, err := d.Token()
	return err
}

// readWhole reads a member that is no list, but may hold some.
func readWhole(d *json.Decoder, v reflect.Value) error {
	var text json.RawMessage
	if err := d.Decode(&text); err != nil {
		return err
	}
	if bytes.Count(text, []byte("{")) > aloneMax+len(text)/itemBytesMin {
		return errors.New("items too short to be whole")
	}
	again := json.NewDecoder(bytes.NewReader(text))
	again.DisallowUnknownFields()
	return again.Decode(v.Addr().Interface())
}

// sound checks what digests do not: anyone can compute those.
func (r *Result) sound() error {
	if err := r.soundFinality(); err != nil {
		return err
	}
	policies := r.Input.Params.Policies
	if len(policies) == 0 || len(policies) != len(r.Policies) {
		return fmt.Errorf("policies: %d in the input, %d in the answer", len(policies), len(r.Policies))
	}
	txs := 0
	for i := range r.Exits {
		txs += len(r.Exits[i].Path)
		if err := r.Exits[i].sound(policies); err != nil {
			return fmt.Errorf("exit %d: %w", i, err)
		}
	}
	if txs > pathTxsMax {
		return fmt.Errorf("paths hold %d transactions, more than %d", txs, pathTxsMax)
	}
	for _, p := range policies {
		have, ok := r.Policies[p]
		if !ok {
			return fmt.Errorf("policies: %s is in the input and not in the answer", p)
		}
		if err := r.sums(p, have); err != nil {
			return fmt.Errorf("under %s: %w", p, err)
		}
	}
	return nil
}

// sums adds up exits and absorbers under a policy.
func (r *Result) sums(p lot.Policy, have PolicyResult) error {
	var by [kindCount]ledger.Amount
	var carry, c uint64
	sum := func(to *ledger.Amount, a ledger.Amount) {
		*(*uint64)(to), c = bits.Add64(uint64(*to), uint64(a), 0)
		carry |= c
	}
	var total ledger.Amount
	for i := range r.Exits {
		sum(&by[r.Exits[i].Kind], r.Exits[i].Amounts[p])
		sum(&total, r.Exits[i].Amounts[p])
	}
	want := have.Sum
	if p == lot.Poison {
		want = have.ReachValue
	}
	switch {
	case carry != 0:
		return errors.New("amounts sum to 2^64 or more")
	case want == nil || total != *want:
		return fmt.Errorf("exits sum to %d, not to what is stated", total)
	case p == lot.Poison:
		return nil
	case total != r.Theft:
		return fmt.Errorf("exits sum to %d of a theft of %d", total, r.Theft)
	}
	for _, a := range have.Absorbers {
		if a.Kind == KindNone || by[a.Kind] != a.Amount {
			return fmt.Errorf("exits of kind %q sum to %d, the absorber to %d", a.Kind, by[a.Kind], a.Amount)
		}
		by[a.Kind] = 0
	}
	if slices.ContainsFunc(by[:], func(a ledger.Amount) bool { return a != 0 }) {
		return errors.New("exits of a kind without an absorber")
	}
	return nil
}

// sound checks the form of an exit.
func (e *Exit) sound(policies []lot.Policy) error {
	if e.Kind == KindNone || len(e.Amounts) == 0 {
		return errors.New("no kind, or no amounts")
	}
	for p := range e.Amounts {
		if !slices.Contains(policies, p) {
			return errors.New("an amount under a policy that is not in the input")
		}
	}
	if (e.Path == nil) != (e.Hops == nil) || e.Hops != nil && int64(*e.Hops) != int64(len(e.Path))-1 {
		return errors.New("hops and path differ")
	}
	for _, id := range e.Path {
		if _, err := ledger.ParseHash(id); err != nil {
			return err
		}
	}
	if e.Outpoint != nil {
		if _, err := ledger.ParseOutpoint(*e.Outpoint); err != nil {
			return err
		}
	}
	for _, t := range []string{e.FirstTime, e.LastTime} {
		if _, err := time.Parse(time.RFC3339, t); err != nil || !strings.HasSuffix(t, "Z") {
			return fmt.Errorf("time %.40q: want RFC 3339 in UTC", t)
		}
	}
	return nil
}
