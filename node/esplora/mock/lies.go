package mock

import (
	"encoding/json"
	"strings"

	"clew.example/clew/ledger"
)

// edit changes the JSON of one path.
func edit(path string, change func(v any) any) func(string, *Answer) {
	return func(p string, a *Answer) {
		if p != path || a.Status != 200 {
			return
		}
		d := json.NewDecoder(strings.NewReader(string(a.Body)))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			panic("BUG: " + err.Error())
		}
		b, err := json.Marshal(change(v))
		if err != nil {
			panic("BUG: " + err.Error())
		}
		a.Body = b
	}
}

// field leads into JSON: names of objects and numbers of lists.
func field(v any, way ...any) any {
	for _, step := range way {
		switch step := step.(type) {
		case string:
			v = v.(object)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

// ChangeAmount states another value of an output.
func ChangeAmount(id ledger.TxID, vout int) func(string, *Answer) {
	return edit("/tx/"+id.String(), func(v any) any {
		field(v, "vout", vout).(object)["value"] = 4711
		return v
	})
}

// ChangePrevout states another value of what an input spends.
func ChangePrevout(id ledger.TxID, vin int) func(string, *Answer) {
	return edit("/tx/"+id.String(), func(v any) any {
		field(v, "vin", vin, "prevout").(object)["value"] = 4711
		return v
	})
}

// ChangeStatus states another block, or none, of a transaction.
func ChangeStatus(id ledger.TxID, status map[string]any) func(string, *Answer) {
	return edit("/tx/"+id.String(), func(v any) any {
		v.(object)["status"] = status
		return v
	})
}

// ChangePlace states another place of a transaction in its block.
func ChangePlace(id ledger.TxID, pos int) func(string, *Answer) {
	return edit("/tx/"+id.String()+"/merkle-proof", func(v any) any {
		v.(object)["pos"] = pos
		return v
	})
}

// ChangeSpender states another spender of an output; nil: none.
func ChangeSpender(id ledger.TxID, vout int, spend map[string]any) func(string, *Answer) {
	return edit("/tx/"+id.String()+"/outspends", func(v any) any {
		if spend == nil {
			spend = object{"spent": false}
		}
		v.([]any)[vout] = spend
		return v
	})
}

// FewerSpends leaves the last of the outputs out.
func FewerSpends(id ledger.TxID) func(string, *Answer) {
	return edit("/tx/"+id.String()+"/outspends", func(v any) any {
		list := v.([]any)
		return list[:len(list)-1]
	})
}

// EndlessPages gives the first page of an account again, whatever page is asked for.
func EndlessPages() func(string, *Answer) {
	var first []byte
	return func(path string, a *Answer) {
		if !strings.HasSuffix(path, "/txs/chain") && !strings.Contains(path, "/txs/chain/") {
			return
		}
		if first == nil {
			first = a.Body
		}
		a.Body = first
	}
}

// On applies a change to paths that end so.
func On(suffix string, change func(a *Answer)) func(string, *Answer) {
	return func(path string, a *Answer) {
		if strings.HasSuffix(path, suffix) {
			change(a)
		}
	}
}

// Cut has the connection end in the middle of an answer.
func Cut(a *Answer) { a.Cut = true }

// Half leaves out the second half of the JSON.
func Half(a *Answer) { a.Body = a.Body[:len(a.Body)/2] }

// Endless has the body go on for ever.
func Endless(a *Answer) { a.Endless = true }

// First answers the first n requests with a status, such as 429, and where
// after is not empty with Retry-After.
func First(n, status int, after string) func(string, *Answer) {
	return func(_ string, a *Answer) {
		if n--; n < 0 {
			return
		}
		a.Status, a.Body = status, []byte("not now")
		if after != "" {
			a.Header.Set("Retry-After", after)
		}
	}
}
