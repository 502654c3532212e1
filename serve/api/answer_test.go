package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/question"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/sim/launder"
)

func addressOf(t *testing.T, name string) string {
	t.Helper()
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	return question.Addresses(n)(launder.AccountOf(name))
}

// TestDocuments compares answers with files, byte for byte.
func TestDocuments(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	for name, path := range map[string]string{
		"chains":            "/v1/chains",
		"tx":                "/v1/txs/bitcoin-regtest/" + h.txid("t2"),
		"tx_as_of":          "/v1/txs/bip122:0f9188f13cb7b2c71f2a335e3a4fc328/" + h.txid("t2") + "?as_of=102",
		"address":           "/v1/addresses/bitcoin-regtest/" + addressOf(t, "thief"),
		"address_unpaid":    "/v1/addresses/bitcoin-regtest/script:51",
		"moves":             "/v1/addresses/btc-regtest/" + addressOf(t, "miner") + "/txs",
		"search_tx":         "/v1/search?q=" + h.txid("t3"),
		"search_outpoint":   "/v1/search?q=" + h.txid("t3") + ":1",
		"search_address":    "/v1/search?q=%20" + addressOf(t, "cash"),
		"search_block":      "/v1/search?q=bitcoin-regtest:101",
		"search_block_hash": "/v1/search?q=" + h.world.Chain()[1].Hash.String(),
		"search_nothing":    "/v1/search?q=%1b%5b31m%e2%80%aex",
		"missing_tx":        "/v1/txs/bitcoin-regtest/" + strings.Repeat("ab", 32),
		"missing_height":    "/v1/txs/bitcoin-regtest/" + h.txid("t2") + "?as_of=7",
		"missing_chain":     "/v1/txs/bitcoin/" + h.txid("t2"),
		"not_an_address":    "/v1/addresses/bitcoin-regtest/nonsense",
		"too_early_as_tx":   "/v1/txs/bitcoin-regtest/" + h.txid("t4") + "?as_of=102",
		"health":            "/healthz",
		"ready":             "/readyz",
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, key.get(path)) })
	}
}

// golden compares an answer with its file, without what differs each time.
func golden(t *testing.T, name string, a *answer) {
	t.Helper()
	var tree map[string]any
	a.decode(&tree)
	text := a.body
	if id, ok := tree["request_id"].(string); ok {
		text = []byte(strings.Replace(string(text), id, "REQUEST", 1))
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(text) {
		t.Errorf("%s:\n%s\nwant\n%s", a.what, text, want)
	}
}

// TestMovesPages: pages of any length are the same list, and move sums agree
// with the address.
func TestMovesPages(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	path := "/v1/addresses/bitcoin-regtest/" + addressOf(t, "miner")
	var whole api.Page[lookup.Move]
	key.get(path + "/txs").want(200).decode(&whole)
	if len(whole.Items) != 2 || whole.Next != nil {
		t.Fatalf("%+v", whole)
	}
	var pages []lookup.Move
	for cursor := ""; ; {
		var p api.Page[lookup.Move]
		key.get(path + "/txs?limit=1" + cursor).want(200).decode(&p)
		pages = append(pages, p.Items...)
		if p.Next == nil {
			break
		}
		cursor = "&cursor=" + *p.Next
	}
	a, _ := json.Marshal(whole.Items)
	b, _ := json.Marshal(pages)
	if string(a) != string(b) {
		t.Errorf("by ones %s, at once %s", b, a)
	}
}

// TestCursors: only the list that gave a cursor takes it, as it was.
func TestCursors(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	miner := "/v1/addresses/bitcoin-regtest/" + addressOf(t, "miner") + "/txs?limit=1&cursor="
	var p api.Page[lookup.Move]
	key.get(miner).want(200).decode(&p)
	key.get(miner + *p.Next).want(200)
	damaged := []byte(*p.Next)
	damaged[30] ^= 1
	for _, bad := range []string{string(damaged), *p.Next + "A", (*p.Next)[:20], "AAAA"} {
		key.get(miner+bad).problem(422, "invalid")
	}
	key.get("/v1/addresses/bitcoin-regtest/"+addressOf(t, "thief")+"/txs?cursor="+*p.Next).problem(422, "invalid")
}

func TestMetrics(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	key.get("/v1/chains").want(200)
	key.get("/x" + strings.Repeat("y", 50))
	text := string(key.get("/metrics").want(200).body)
	for _, line := range []string{`clew_http_requests_total{route="GET /v1/chains",status="200"} 1`, `clew_ledger_height{chain="bitcoin-regtest"} 104`,
		`clew_http_requests_total{route="other",status="404"} 1`, "clew_http_requests_in_flight 1"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
}

// TestDocs: the page names every operation and schema, and loads nothing.
func TestDocs(t *testing.T) {
	h := newHouse(t)
	page := string(h.as().get("/docs").want(200).body)
	for _, c := range []string{"getTx", "askTrace", "schema-Problem", "schema-Flow", "/v1/cases/{id}/notes/{note}", "Needs: write"} {
		if !strings.Contains(page, c) {
			t.Errorf("the page does not have %s", c)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "style=") || strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("the page loads from elsewhere, or runs something")
	}
	held, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if served := h.as().get("/openapi.json").want(200).body; string(served) != string(held) {
		t.Error("what is served is not what is checked in")
	}
	if css := h.as().get("/docs.css").want(200); css.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Error(css.header)
	}
}

func TestSessionAnswers(t *testing.T) {
	h := newHouse(t)
	c, csrf := h.session()
	var s api.Session
	c.get("/v1/session").want(200).decode(&s)
	if s.User != "owner" || *s.CSRF != csrf || s.Via != "session" || s.Expires == nil {
		t.Errorf("%+v", s)
	}
	h.key(auth.ScopeRead).get("/v1/session").want(200).decode(&s)
	c.but(header(auth.HeaderCSRF, csrf)).send("DELETE", "/v1/session", "").want(204)
	c.get("/v1/session").problem(401, auth.CodeSession)
	h.as().send("POST", "/v1/session", `{"token":"x"}`).problem(401, auth.CodeLink)
	h.as(header("X-Forwarded-For", "1.2.3.4")).send("POST", "/v1/session", `{"token":"x"}`).problem(403, auth.CodePeer)
}

func TestKeys(t *testing.T) {
	h := newHouse(t)
	c, csrf := h.session()
	c = c.but(header(auth.HeaderCSRF, csrf), header("Idempotency-Key", "same"))
	var made api.Key
	a := c.send("POST", "/v1/keys", `{"name":"bot \u202e","scopes":["read"]}`).want(201)
	a.decode(&made)
	if again := c.send("POST", "/v1/keys", `{"name":"bot2","scopes":["read"]}`).want(201); again.header.Get("Idempotency-Replayed") != "" {
		t.Error("the answer with a key was kept")
	}
	bot := h.as(header("Authorization", "Bearer "+made.Key))
	bot.get("/v1/chains").want(200)
	bot.send("POST", "/v1/keys", `{"name":"x","scopes":["read"]}`).problem(403, auth.CodeScope)
	h.key(auth.ScopeWrite).send("POST", "/v1/keys", `{"name":"x","scopes":["read"]}`).problem(403, auth.CodeScope)
	var p api.Page[api.Key]
	list := c.get("/v1/keys?limit=1").want(200)
	list.decode(&p)
	if len(p.Items) != 1 || p.Next == nil || p.Items[0].Key != "" || strings.Contains(string(list.body), made.Key) {
		t.Errorf("%s", list.body)
	}
	c.but(header("Idempotency-Key", "")).send("DELETE", "/v1/keys/"+made.ID, "").want(204)
	bot.get("/v1/chains").problem(401, auth.CodeKey)
	c.but(header("Idempotency-Key", "")).send("DELETE", "/v1/keys/nothing", "").problem(404, "not_found")
	for _, body := range []string{`{"name":"","scopes":["read"]}`, `{"name":"x","scopes":[]}`, `{"name":"x","scopes":["admin"]}`, `{"name":"x","scopes":["read"],"ends":"2020-01-01T00:00:00Z"}`} {
		c.but(header("Idempotency-Key", "")).send("POST", "/v1/keys", body).problem(422, "invalid")
	}
}
