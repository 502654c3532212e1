package api_test

import (
	"fmt"
	"strings"
	"testing"

	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
)

// TestHistory: what was changed and deleted can be looked at and brought back,
// and the journal says who did it.
func TestHistory(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	made := h.makeCase(c, "first")
	at := "/v1/cases/" + made.ID
	c.send("PUT", at, `{"title":"second","question":{"chain":"bitcoin-regtest","starts":["`+h.txid("t2")+`"]},"revision":1}`).want(200)
	c.send("DELETE", at, "").want(204)
	var all, one api.Page[api.CaseVersion]
	c.get(at + "/versions").want(200).decode(&all)
	if len(all.Items) != 3 || all.Items[0].Deleted == nil || !strings.Contains(all.Items[2].File, "first") {
		t.Errorf("%+v", all)
	}
	c.get(at + "/versions?limit=2").want(200).decode(&one)
	c.get(at + "/versions?cursor=" + *one.Next).want(200).decode(&one)
	if len(one.Items) != 1 || one.Next != nil || one.Items[0] != all.Items[2] {
		t.Errorf("%+v", one)
	}
	c.send("POST", at+"/restore", `{"version":1,"revision":2}`).problem(409, "conflict")
	var back api.Case
	c.send("POST", at+"/restore", `{"version":1,"revision":3}`).want(200).decode(&back)
	if back.Title != "first" || back.Revision != 4 {
		t.Errorf("%+v", back)
	}
	c.send("POST", at+"/restore", `{"version":9,"revision":4}`).problem(404, "not_found")
	var j api.Page[api.Entry]
	c.get(at + "/journal").want(200).decode(&j)
	if len(j.Items) != 4 || j.Items[3].Action != "case.make" || !strings.HasPrefix(j.Items[0].By, "key:") {
		t.Errorf("%+v", j)
	}
}

func TestNoteHistory(t *testing.T) {
	h := newHouse(t)
	c := h.key(auth.ScopeRead, auth.ScopeWrite)
	notes := "/v1/cases/" + h.makeCase(c, "noted").ID + "/notes"
	var n api.Note
	c.send("POST", notes, `{"target":"case","text":"one","pinned":true}`).want(201).decode(&n)
	c.send("DELETE", notes+"/"+n.ID, "").want(204)
	var v api.Page[api.NoteVersion]
	c.get(notes + "/" + n.ID + "/versions").want(200).decode(&v)
	if len(v.Items) != 2 || v.Items[0].Deleted == nil {
		t.Fatalf("%+v", v)
	}
	c.send("POST", notes+"/"+n.ID+"/restore", fmt.Sprintf(`{"version":%d,"revision":%d}`, v.Items[1].Revision, v.Items[0].Revision)).want(200).decode(&n)
	if n.Text != "one" || !n.Pinned {
		t.Errorf("%+v", n)
	}
}
