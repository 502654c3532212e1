package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/report/flow"
	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
)

// ask starts a trace of the theft and returns it.
func (h *house) ask(c *caller, more string) api.Run {
	h.t.Helper()
	var r api.Run
	a := c.send("POST", "/v1/traces", fmt.Sprintf(`{"chain":"bitcoin-regtest","starts":["%s:0"],"title":"the theft"%s}`, h.txid("t2"), more)).want(202)
	a.decode(&r)
	if a.header.Get("Location") != "/v1/traces/"+r.ID {
		h.t.Errorf("Location %s", a.header.Get("Location"))
	}
	return r
}

// sse is an event as it came.
type sse struct{ id, kind, data string }

// listen reads the events of a trace until the stream ends, or most came.
func (c *caller) listen(id string, most int, edit ...func(*http.Request)) (events []sse, status int) {
	c.h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", c.h.url+"/v1/traces/"+id+"/events", nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	for _, f := range append(c.edit, edit...) {
		f(r)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var e sse
	for lines := bufio.NewScanner(resp.Body); (most == 0 || len(events) < most) && lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case name == "id":
			e.id = value
		case name == "event":
			e.kind = value
		case name == "data":
			e.data = value
		case name == "" && e.kind != "":
			events = append(events, e)
			e = sse{}
		}
	}
	return events, resp.StatusCode
}

func TestTrace(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	r := h.ask(key, "")
	if r.Status != "queued" || r.Title != "the theft" || r.MadeBy[:4] != "key:" || r.Case != nil || r.ResultDigest != nil {
		t.Errorf("%+v", r)
	}
	events, _ := key.listen(r.ID, 0)
	if last := events[len(events)-1]; last != (sse{"end", "done", `{"status":"done"}`}) {
		t.Errorf("%+v", events)
	}
	key.get("/v1/traces/" + r.ID).want(200).decode(&r)
	if r.Status != "done" || r.ResultDigest == nil || r.Ended == nil || r.Finalised == nil || *r.Finalised {
		t.Errorf("%+v", r)
	}
	a := key.get("/v1/traces/" + r.ID + "/result").want(200)
	result, err := trace.ReadResult(strings.NewReader(string(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	if result.ResultDigest != *r.ResultDigest || result.Theft != 2500 || a.header.Get("ETag") != `"`+*r.ResultDigest+`"` {
		t.Errorf("%+v", result)
	}
	var p api.Page[api.Run]
	key.get("/v1/traces").want(200).decode(&p)
	if len(p.Items) != 1 || p.Items[0].ID != r.ID {
		t.Errorf("%+v", p)
	}
	key.send("DELETE", "/v1/traces/"+r.ID, "").want(204)
	key.get("/v1/traces/"+r.ID).problem(404, "not_found")
	key.get("/v1/traces/"+r.ID+"/events").problem(404, "not_found")
}

// TestGraph: the graph is the same when it was forgotten and made again, in
// pages, and by whoever asks at once.
func TestGraph(t *testing.T) {
	fetch := func(kept int) []string {
		h := newHouse(t, many, func(_ *api.Options, o *job.Options) { o.TxsKept = kept })
		key := h.key(auth.ScopeRead, auth.ScopeWrite)
		r := h.ask(key, "")
		key.listen(r.ID, 0)
		var group sync.WaitGroup
		texts := make([]string, 8)
		for i := range texts {
			group.Go(func() { texts[i] = string(key.get("/v1/traces/" + r.ID + "/graph?strip=true").body) })
		}
		group.Wait()
		var whole flow.Flow
		key.get("/v1/traces/" + r.ID + "/graph").want(200).decode(&whole)
		paged := 0
		for cursor := ""; ; {
			var f flow.Flow
			key.get("/v1/traces/" + r.ID + "/graph?limit=1" + cursor).want(200).decode(&f)
			if paged += len(f.Nodes); f.Next == nil {
				break
			}
			cursor = "&cursor=" + *f.Next
		}
		if paged != len(whole.Nodes) || paged < 4 {
			t.Errorf("%d nodes in pages, %d at once", paged, len(whole.Nodes))
		}
		key.get("/v1/traces/"+r.ID+"/graph?cursor=AAAA").problem(422, "invalid")
		var path flow.Path
		key.get("/v1/traces/" + r.ID + "/path?to=" + whole.Nodes[len(whole.Nodes)-1].ID).want(200).decode(&path)
		if len(path.Nodes) < 2 {
			t.Errorf("%+v", path)
		}
		key.get("/v1/traces/"+r.ID+"/path?to=tx:nothing").problem(422, "invalid")
		key.get("/v1/traces/"+r.ID+"/path?policy=9&to=x").problem(422, "invalid")
		return texts
	}
	kept, again := fetch(0), fetch(-1)
	if kept[0] == "" || !strings.HasPrefix(kept[0], `{"backward":false`) {
		t.Fatalf("%.300s", kept[0])
	}
	for _, text := range append(kept, again...) {
		if text != kept[0] {
			t.Fatalf("%.500s\nand\n%.500s", text, kept[0])
		}
	}
}

func TestExport(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	r := h.ask(key, `,"policies":["all"]`)
	key.listen(r.ID, 0)
	result := key.get("/v1/traces/" + r.ID + "/result").body
	for format, begins := range map[string]string{"csv": "kind,", "graphml": "<?xml", "holders": "", "html": "<!doctype html>", "svg": "<svg", "json": string(result)} {
		a := key.get("/v1/traces/" + r.ID + "/export?format=" + format).want(200)
		if !strings.HasPrefix(strings.ToLower(string(a.body)), strings.ToLower(begins)) || len(a.body) == 0 {
			t.Errorf("%s: %.200s", format, a.body)
		}
		if d := a.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; ") || strings.ContainsAny(d, "\r\n") {
			t.Errorf("%s: %s", format, d)
		}
	}
	key.get("/v1/traces/"+r.ID+"/export?format=exe").problem(422, "invalid")
}

func TestAskWrong(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	for body, field := range map[string]string{
		`{"chain":"bitcoin-regtest"}`:                                                                 "starts",
		`{"chain":"bitcoin","starts":["x"]}`:                                                          "chain",
		`{"chain":"bitcoin-regtest","starts":["nonsense"]}`:                                           "starts",
		`{"chain":"bitcoin-regtest","starts":["` + h.txid("t2") + `"],"policies":["best"]}`:           "policies",
		`{"chain":"bitcoin-regtest","starts":["` + h.txid("t2") + `"],"as_of":"soon"}`:                "as_of",
		`{"chain":"bitcoin-regtest","starts":["` + h.txid("t2") + `"],"min_value":"1.5"}`:             "min_value",
		`{"chain":"bitcoin-regtest","starts":["` + h.txid("t2") + `"],"labels":["../../etc/passwd"]}`: "",
		`{"chain":"bitcoin-regtest","starts":["` + h.txid("t2") + `"],"case":"nothing"}`:              "404",
	} {
		a := key.send("POST", "/v1/traces", body)
		if field == "404" {
			a.problem(404, "not_found")
			continue
		}
		p := a.problem(422, "invalid")
		if field != "" && (len(p.Errors) != 1 || p.Errors[0].Location != "body."+field) {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	r := h.ask(key, `,"as_of":"102"`)
	key.listen(r.ID, 0)
	missing := api.Run{}
	key.send("POST", "/v1/traces", `{"chain":"bitcoin-regtest","starts":["`+strings.Repeat("ab", 32)+`"]}`).want(202).decode(&missing)
	key.listen(missing.ID, 0)
	key.get("/v1/traces/" + missing.ID).want(200).decode(&missing)
	if missing.Status != "failed" || missing.Error == nil || !strings.Contains(missing.Error.Detail, "abab") {
		t.Errorf("%+v", missing)
	}
	key.get("/v1/traces/"+missing.ID+"/result").problem(409, "conflict")
	key.get("/v1/traces/"+missing.ID+"/graph").problem(409, "conflict")
}

// gate is a source that waits where a test wants it to.
type gate struct {
	trace.Source
	pass func(context.Context) error
}

func (g gate) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	if err := g.pass(ctx); err != nil {
		return dst, err
	}
	return g.Source.AppendTxs(ctx, dst, refs)
}

// gated makes the sources wait: a value in the channel lets one step pass.
func gated(steps chan struct{}) func(*api.Options, *job.Options) {
	return func(_ *api.Options, o *job.Options) {
		inner := *o.Sources[0]
		pin := inner.Pin
		inner.Pin = func(ctx context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
			return pin(ctx, asOf, func(p trace.Source) error {
				return ask(gate{p, func(ctx context.Context) error {
					select {
					case <-steps:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}})
			})
		}
		o.Sources = []*question.Source{&inner}
	}
}

// TestCancel: a trace that waits and one that runs are ended, who listens is
// told, and the place is free again.
func TestCancel(t *testing.T) {
	steps := make(chan struct{})
	h := newHouse(t, many, gated(steps))
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	running, waiting := h.ask(key, ""), h.ask(key, "")
	for status := ""; status != "running"; {
		var r api.Run
		key.get("/v1/traces/" + running.ID).decode(&r)
		status = string(r.Status)
	}
	told := make(chan []sse)
	for _, r := range []api.Run{running, waiting} {
		go func() {
			events, _ := key.listen(r.ID, 0)
			told <- events
		}()
	}
	for _, r := range []api.Run{waiting, running} {
		key.send("DELETE", "/v1/traces/"+r.ID, "").want(204)
		key.get("/v1/traces/" + r.ID).want(200).decode(&r)
		if r.Status != "cancelled" {
			t.Errorf("%+v", r)
		}
	}
	for range 2 {
		if events := <-told; len(events) == 0 || events[len(events)-1].kind != "cancelled" {
			t.Errorf("%+v", events)
		}
	}
	close(steps)
	next := h.ask(key, "")
	if events, _ := key.listen(next.ID, 0); events[len(events)-1].kind != "done" {
		t.Errorf("%+v", events)
	}
}

// TestGoneAndBack: a trace goes on when who listens goes away; who comes back
// gets what came behind the event that was seen last, and the last one once.
func TestGoneAndBack(t *testing.T) {
	steps := make(chan struct{})
	h := newHouse(t, many, gated(steps))
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	r := h.ask(key, "")
	ctx, leave := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", h.url+"/v1/traces/"+r.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	key.edit[0](req)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	resp.Body.Close()
	close(steps)
	events, _ := key.listen(r.ID, 0)
	if events[len(events)-1].id != "end" {
		t.Fatalf("%+v", events)
	}
	for i, e := range events[:len(events)-1] {
		rest, _ := key.listen(r.ID, 0, header("Last-Event-ID", e.id))
		if !slices.Equal(rest, events[i+1:]) && !slices.Equal(rest, events[len(events)-1:]) {
			t.Errorf("behind %s: %+v", e.id, rest)
		}
	}
	if rest, status := key.listen(r.ID, 0, header("Last-Event-ID", "end")); len(rest) > 0 || status != 204 {
		t.Errorf("%d %+v", status, rest)
	}
	if rest, _ := key.listen(r.ID, 0, header("Last-Event-ID", "of another life-7")); len(rest) == 0 || rest[len(rest)-1].kind != "done" {
		t.Errorf("%+v", rest)
	}
}

// TestTooLarge: a trace that would hold too much ends and says so.
func TestTooLarge(t *testing.T) {
	h := newHouse(t, func(_ *api.Options, o *job.Options) { o.TxsMax = 1 })
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	r := h.ask(key, "")
	events, _ := key.listen(r.ID, 0)
	key.get("/v1/traces/" + r.ID).want(200).decode(&r)
	if events[len(events)-1].kind != "failed" || r.Error == nil || !strings.Contains(r.Error.Detail, "too many transactions") {
		t.Errorf("%+v %+v", events, r)
	}
}

// TestOnce: a write under a key is done once, whatever is sent again.
func TestOnce(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite).but(header("Idempotency-Key", "a"))
	body := fmt.Sprintf(`{"chain":"bitcoin-regtest","starts":["%s"]}`, h.txid("t2"))
	first := key.send("POST", "/v1/traces", body).want(202)
	again := key.send("POST", "/v1/traces", body).want(202)
	if string(first.body) != string(again.body) || again.header.Get("Idempotency-Replayed") != "true" || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("%s\n%s %v", first.body, again.body, again.header)
	}
	key.send("POST", "/v1/traces", body+" ").problem(422, "idempotency_key_reused")
	h.key(auth.ScopeWrite).but(header("Idempotency-Key", "a")).send("POST", "/v1/traces", body).want(202)
	key.but(header("Idempotency-Key", strings.Repeat("k", 201))).send("POST", "/v1/traces", body).problem(422, "invalid")
	h.wait(25 * time.Hour)
	if a := key.send("POST", "/v1/traces", body).want(202); a.header.Get("Idempotency-Replayed") != "" {
		t.Error("a day later it is not asked anew")
	}
	// A refusal is an answer too.
	wrong := key.but(header("Idempotency-Key", "b"))
	wrong.send("POST", "/v1/traces", "{}").want(422)
	if a := wrong.send("POST", "/v1/traces", "{}").want(422); a.header.Get("Idempotency-Replayed") != "true" {
		t.Error("a refusal is not repeated")
	}
	var p api.Page[json.RawMessage]
	key.get("/v1/traces").want(200).decode(&p)
	if len(p.Items) != 3 {
		t.Errorf("%d traces", len(p.Items))
	}
}
