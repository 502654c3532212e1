package bitcoind

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"clew.example/clew/ledger"
)

// call is one request.
type call struct {
	method string
	params []any
}

// String returns the call as errors name it.
func (c call) String() string {
	if len(c.params) == 0 {
		return c.method
	}
	return fmt.Sprintf("%s %v", c.method, c.params[0])
}

// request is a call as it is sent. Version 2.0 is what btcd wants in batches;
// Core before 28 does not look at it.
type request struct {
	Version string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Method  string `json:"method"`
	Params  []any  `json:"params"`
}

func requestOf(id int, c call) request {
	params := c.params
	if params == nil {
		params = []any{}
	}
	return request{"2.0", id, c.method, params}
}

// reply is an answer as it comes, in either version of JSON-RPC.
type reply struct {
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// answer is a result, or what was said instead.
type answer struct {
	result json.RawMessage
	fault  *RPCError // without Node and Call
}

func (r *reply) answer() answer {
	if r.Error != nil {
		return answer{fault: &RPCError{Code: r.Error.Code, Message: clean(r.Error.Message)}}
	}
	return answer{result: r.Result}
}

// parseOne reads the answer to a single request, whose id is 0.
func parseOne(body []byte) (answer, error) {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return answer{}, notJSON(body)
	}
	if id := string(r.ID); r.Error == nil && id != "0" {
		return answer{}, fmt.Errorf("answers request %s, not 0", clean(id))
	}
	if r.Error == nil && r.Result == nil {
		return answer{}, errors.New("neither result nor error")
	}
	return r.answer(), nil
}

// parseBatch reads the answers to requests 0 to n-1, which come in any order.
func parseBatch(body []byte, n int) ([]answer, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil, notJSON(body)
	}
	answers, seen := make([]answer, n), make([]bool, n)
	count := 0
	for ; d.More(); count++ {
		var r reply
		if err := d.Decode(&r); err != nil {
			return nil, notJSON(body)
		}
		var id int
		if err := json.Unmarshal(r.ID, &id); err != nil || id < 0 || id >= n || seen[id] {
			return nil, fmt.Errorf("a list of %d answers with one to request %s", n, clean(string(r.ID)))
		}
		if r.Error == nil && r.Result == nil {
			return nil, errors.New("neither result nor error")
		}
		seen[id], answers[id] = true, r.answer()
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(body)
	}
	if count != n {
		return nil, fmt.Errorf("%d answers to %d requests", count, n)
	}
	return answers, nil
}

func notJSON(body []byte) error {
	return fmt.Errorf("no answer of JSON-RPC, but %q", clean(string(body[:min(len(body), 40)])))
}

// hash reads a result that is a hash.
func (a answer) hash() (ledger.Hash, error) {
	var s string
	if err := json.Unmarshal(a.result, &s); err != nil {
		return ledger.Hash{}, wants("a hash", a.result)
	}
	h, err := ledger.ParseHash(s)
	if err != nil {
		return h, wants("a hash", a.result)
	}
	return h, nil
}

// height reads a result that is the height of a block.
func (a answer) height() (ledger.Height, error) {
	var n int64
	if err := json.Unmarshal(a.result, &n); err != nil || n < 0 || n > heightMax {
		return 0, wants("a height", a.result)
	}
	return ledger.Height(n), nil
}

// heightMax is more than any chain has in the next 200 years. It ends the
// headers of a node that never ends.
const heightMax = 1 << 24

// header reads a result that is the hex of a header.
func (a answer) header() (h [ledger.HeaderSize]byte, err error) {
	b, err := a.bytes()
	if err != nil || len(b) != len(h) {
		return h, wants("a header in hex", a.result)
	}
	return [ledger.HeaderSize]byte(b), nil
}

// bytes reads a result that is hex. Hex needs no unquoting, so that a block is
// not copied once more.
func (a answer) bytes() ([]byte, error) {
	s := a.result
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return nil, wants("hex", a.result)
	}
	b := make([]byte, hex.DecodedLen(len(s)-2))
	if _, err := hex.Decode(b, s[1:len(s)-1]); err != nil {
		return nil, wants("hex", a.result)
	}
	return b, nil
}

func wants(what string, have []byte) error {
	return fmt.Errorf("want %s, have %s", what, clean(string(have[:min(len(have), 80)])))
}
