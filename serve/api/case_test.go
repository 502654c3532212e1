package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
)

func (h *house) makeCase(c *caller, title string) api.Case {
	h.t.Helper()
	var made api.Case
	c.send("POST", "/v1/cases", fmt.Sprintf(`{"title":%q,"notes":"n","question":{"chain":"bitcoin-regtest","starts":[%q],"policies":["fifo"]}}`, title, h.txid("t2"))).want(201).decode(&made)
	return made
}

func TestCases(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	made := h.makeCase(c, "first")
	if made.Revision != 1 || made.Title != "first" || made.Question.Title != "first" || made.MadeBy[:4] != "key:" {
		t.Errorf("%+v", made)
	}
	// What was read is sent back changed, with all its members.
	text := string(c.get("/v1/cases/" + made.ID).want(200).body)
	var changed api.Case
	c.send("PUT", "/v1/cases/"+made.ID, strings.Replace(text, `"notes":"n"`, `"notes":"more"`, 1)).want(200).decode(&changed)
	if changed.Revision != 2 || changed.Notes != "more" || changed.Question.Starts[0] != h.txid("t2") {
		t.Errorf("%+v", changed)
	}
	c.send("PUT", "/v1/cases/"+made.ID, text).problem(409, "conflict")
	c.send("PUT", "/v1/cases/nothing", text).problem(404, "not_found")
	h.makeCase(c, "second")
	var p api.Page[api.Case]
	c.get("/v1/cases?limit=1").want(200).decode(&p)
	if len(p.Items) != 1 || p.Next == nil {
		t.Fatalf("%+v", p)
	}
	c.get("/v1/cases?limit=1&cursor=" + *p.Next).want(200).decode(&p)
	if len(p.Items) != 1 || p.Next != nil {
		t.Errorf("%+v", p)
	}
	c.get("/v1/cases?title=SECOND").want(200).decode(&p)
	if len(p.Items) != 1 || p.Items[0].Title != "second" {
		t.Errorf("%+v", p)
	}
	var found api.Found
	c.get("/v1/search?q=first").want(200).decode(&found)
	if len(found.Hits) != 1 || found.Hits[0].Kind != "case" || found.Hits[0].ID != made.ID {
		t.Errorf("%+v", found)
	}
	c.send("DELETE", "/v1/cases/"+made.ID+"?revision=1", "").problem(409, "conflict")
	c.send("DELETE", "/v1/cases/"+made.ID, "").want(204)
	c.get("/v1/cases/"+made.ID).problem(404, "not_found")
	c.send("POST", "/v1/cases", `{"title":"x\u0000","question":{"chain":"bitcoin"}}`).problem(422, "invalid")
}

// TestCaseFile: a case goes out as a file and comes back the same.
func TestCaseFile(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	made := h.makeCase(c, "a case: \"quoted\"")
	file := c.get("/v1/cases/" + made.ID + "/file").want(200)
	if file.header.Get("Content-Type") != "application/yaml" || !strings.Contains(file.header.Get("Content-Disposition"), "case.yaml") {
		t.Error(file.header)
	}
	yaml := c.but(header("Content-Type", "application/yaml"))
	var back api.Case
	yaml.send("POST", "/v1/cases/import", string(file.body)).want(201).decode(&back)
	again := c.get("/v1/cases/" + back.ID + "/file").want(200)
	if string(again.body) != string(file.body) || back.ID == made.ID {
		t.Errorf("%s\n%s", again.body, file.body)
	}
	var d api.CaseDiff
	yaml.send("POST", "/v1/cases/"+made.ID+"/diff", string(file.body)).want(200).decode(&d)
	if !d.Same || len(d.Lines) != 0 {
		t.Errorf("%+v", d)
	}
	other := strings.Replace(string(file.body), "fifo", "haircut", 1) + "max_hops: 3\n"
	yaml.send("POST", "/v1/cases/"+made.ID+"/diff", other).want(200).decode(&d)
	if d.Same || len(d.Lines) != 3 {
		t.Errorf("%+v", d)
	}
	yaml.send("POST", "/v1/cases/import", "title: [").problem(422, "invalid")
	yaml.send("POST", "/v1/cases/import", "labels: [../../etc/passwd]").problem(422, "invalid")
}

// TestCaseTrace: a trace belongs to a case, and the list of the case has it.
func TestCaseTrace(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	made := h.makeCase(c, "with a trace")
	r := h.ask(c, `,"case":"`+made.ID+`"`)
	h.ask(c, "")
	var p api.Page[api.Run]
	c.get("/v1/traces?case=" + made.ID).want(200).decode(&p)
	if len(p.Items) != 1 || p.Items[0].ID != r.ID || *p.Items[0].Case != made.ID {
		t.Errorf("%+v", p)
	}
}

func TestNotes(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	made := h.makeCase(c, "noted")
	notes := "/v1/cases/" + made.ID + "/notes"
	var n api.Note
	c.send("POST", notes, `{"target":"tx:`+h.txid("t3")+`","text":"asked the exchange","pinned":true}`).want(201).decode(&n)
	if n.Revision != 1 || !n.Pinned || n.Text != "asked the exchange" {
		t.Errorf("%+v", n)
	}
	c.send("PUT", notes+"/"+n.ID, `{"target":"case","text":"answered","revision":1}`).want(200).decode(&n)
	if n.Revision != 2 || n.Pinned || n.Target != "case" {
		t.Errorf("%+v", n)
	}
	c.send("PUT", notes+"/"+n.ID, `{"target":"case","text":"late","revision":1}`).problem(409, "conflict")
	c.send("PUT", notes+"/"+n.ID, `{"target":"case","text":"whatever it is"}`).want(200)
	var p api.Page[api.Note]
	c.get(notes).want(200).decode(&p)
	if len(p.Items) != 1 || p.Items[0].Text != "whatever it is" {
		t.Errorf("%+v", p)
	}
	c.send("DELETE", notes+"/"+n.ID, "").want(204)
	c.send("DELETE", notes+"/"+n.ID, "").problem(404, "not_found")
	c.get(notes).want(200).decode(&p)
	if len(p.Items) != 0 {
		t.Errorf("%+v", p)
	}
	c.send("POST", "/v1/cases/nothing/notes", `{"target":"case","text":"x"}`).problem(404, "not_found")
}

// zipped is an archive of the files of a folder.
func zipped(t *testing.T, folder string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := w.AddFS(os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestShippedCase: the case that comes with the program is imported with its
// facts, traced without a ledger, taken away and brought back; both times the
// same is found.
func TestShippedCase(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	archive := zipped(t, filepath.Join("..", "..", "cases", "peel-2019"))
	var digests []string
	for range 2 {
		var made api.Imported
		c.sendBody("POST", "/v1/cases/archive", bytes.NewReader(archive)).want(200).decode(&made)
		question, err := json.Marshal(made.Question)
		if err != nil {
			t.Fatal(err)
		}
		var r api.Run
		c.send("POST", "/v1/traces", strings.TrimSuffix(string(question), "}")+`,"case":"`+made.ID+`"}`).want(202).decode(&r)
		c.listen(r.ID, 0)
		c.get("/v1/traces/" + r.ID).want(200).decode(&r)
		if r.ResultDigest == nil {
			t.Fatalf("%+v", r.Error)
		}
		digests = append(digests, *r.ResultDigest)
		c.get("/v1/traces/" + r.ID + "/graph").want(200)
		archive = c.get("/v1/cases/" + made.ID + "/archive").want(200).body
	}
	if digests[0] != digests[1] {
		t.Errorf("%v", digests)
	}
}

func TestFiles(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	var made api.Case
	c.send("POST", "/v1/cases", fmt.Sprintf(`{"title":"labelled","question":{"chain":"bitcoin-regtest","starts":[%q],"labels":["who.csv"]}}`, h.txid("t2"))).want(201).decode(&made)
	files := "/v1/cases/" + made.ID + "/files"
	ask := fmt.Sprintf(`{"chain":"bitcoin-regtest","starts":[%q],"labels":["who.csv"],"case":%q}`, h.txid("t2"), made.ID)
	c.send("POST", "/v1/traces", ask).problem(422, "invalid")
	list := "chain,address,label,category,source\nbitcoin-regtest," + addressOf(t, "cash") + ",The Exchange,exchange,us\n"
	var changed api.Case
	c.send("PUT", files+"?name=who.csv", list).want(200).decode(&changed)
	if changed.Revision != 2 {
		t.Errorf("%+v", changed)
	}
	c.send("PUT", files+"?name=who.csv&revision=1", list).problem(409, "conflict")
	for _, name := range []string{"..%2Fx", "%2Fetc%2Fpasswd", "case.yaml", "a%00b", ""} {
		c.send("PUT", files+"?name="+name, list).problem(422, "invalid")
	}
	c.send("PUT", files+"?name=who.csv&revision=x", list).problem(422, "invalid")
	if a := c.get(files).want(200); !strings.Contains(string(a.body), `"name":"who.csv"`) {
		t.Errorf("%s", a.body)
	}
	var r api.Run
	c.send("POST", "/v1/traces", ask).want(202).decode(&r)
	c.listen(r.ID, 0)
	if text := c.get("/v1/traces/" + r.ID + "/result").want(200).body; !strings.Contains(string(text), "The Exchange") {
		t.Errorf("%s", text)
	}
	c.send("DELETE", files+"?name=who.csv", "").want(200)
	c.send("DELETE", files+"?name=who.csv", "").problem(404, "not_found")
	c.sendBody("POST", "/v1/cases/archive", strings.NewReader("no zip")).problem(422, "invalid")
}
