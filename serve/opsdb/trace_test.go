package opsdb_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/serve/opsdb"
)

func writes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(b); return err }
}

func outcome() opsdb.Outcome {
	final := true
	return opsdb.Outcome{InputDigest: "sha256:in", ResultDigest: "sha256:out", Finalised: &final}
}

// TestTraceLife asks for a trace, runs it, and reads what it left.
func TestTraceLife(t *testing.T) {
	db := fresh(t)
	c := create(t, db, "one")
	asked := must[opsdb.Trace](t)(db.AddTrace(ctx, by, c.ID, []byte(`{"starts":["a:b"]}`)))
	if got := must[opsdb.Trace](t)(db.Trace(ctx, asked.ID)); got.Status != opsdb.Queued || got.Case != c.ID || got.Finalised != nil || got.Progress != nil || string(got.Question) != `{"starts":["a:b"]}` {
		t.Fatalf("%+v", got)
	}
	var state *opsdb.StateError
	if err := db.SetProgress(ctx, asked.ID, []byte(`{}`)); !errors.As(err, &state) || state.Status != opsdb.Queued {
		t.Fatal(err)
	}
	if err := db.DeleteTrace(ctx, by, asked.ID); !errors.As(err, &state) {
		t.Fatal(err)
	}
	ok(t, db.StartTrace(ctx, asked.ID))
	ok(t, db.SetProgress(ctx, asked.ID, []byte(`{"height":5}`)))
	result := noise(3<<20 + 7)
	ok(t, db.FinishTrace(ctx, asked.ID, outcome(), writes(result), writes([]byte("saved"))))
	done := must[opsdb.Trace](t)(db.Trace(ctx, asked.ID))
	if done.Status != opsdb.Done || !done.Result || !done.Saved || !*done.Finalised || done.ResultDigest != "sha256:out" || done.Ended.IsZero() || string(done.Progress) != `{"height":5}` {
		t.Fatalf("%+v", done)
	}
	if got := must[[]byte](t)(io.ReadAll(must[*opsdb.Blob](t)(db.TraceResult(ctx, asked.ID)))); !bytes.Equal(got, result) {
		t.Fatalf("%d bytes", len(got))
	}
	if err := db.CancelTrace(ctx, by, asked.ID); !errors.As(err, &state) || state.Status != opsdb.Done {
		t.Fatal(err)
	}
	ok(t, db.DeleteTrace(ctx, by, asked.ID))
	if n := opsdb.Rows(t, db, "blobs") + opsdb.Rows(t, db, "blob_chunks") + opsdb.Rows(t, db, "traces"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// TestTraceQueue: the one that waits longest is next, each once; what failed
// and what was cancelled say so.
func TestTraceQueue(t *testing.T) {
	db := fresh(t)
	var ids []string
	for range 4 {
		ids = append(ids, must[opsdb.Trace](t)(db.AddTrace(ctx, by, "", []byte(`{}`))).ID)
	}
	ok(t, db.CancelTrace(ctx, by, ids[1]))
	for _, want := range []string{ids[0], ids[2], ids[3]} {
		if got := must[opsdb.Trace](t)(db.NextTrace(ctx)); got.ID != want || got.Status != opsdb.Running || got.Started.IsZero() {
			t.Fatalf("%+v, want %s", got, want)
		}
	}
	if _, err := db.NextTrace(ctx); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	ok(t, db.FailTrace(ctx, ids[0], strings.Repeat("é", 10_000)))
	ok(t, db.FailTrace(ctx, ids[2], "a\xff"))
	failed := must[[]opsdb.Trace](t)(db.Traces(ctx, opsdb.TraceFilter{Status: opsdb.Failed}, opsdb.Page{}))
	if len(failed) != 2 || failed[0].Error != "the reason could not be kept: reason: is not UTF-8" || failed[1].Error != strings.Repeat("é", 8192) {
		t.Fatalf("%d failed, %d bytes", len(failed), len(failed[1].Error))
	}
	if _, err := db.AddTrace(ctx, by, "no such case", []byte(`{}`)); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
}

// TestFinishFails: what a writer fails with comes back, and nothing is left.
func TestFinishFails(t *testing.T) {
	db := fresh(t)
	id := must[opsdb.Trace](t)(db.AddTrace(ctx, by, "", []byte(`{}`))).ID
	broken := errors.New("broken")
	fails := func(w io.Writer) error {
		_, err := w.Write(noise(2 << 20))
		return errors.Join(err, broken)
	}
	var state *opsdb.StateError
	if err := db.FinishTrace(ctx, id, outcome(), writes(nil), nil); !errors.As(err, &state) {
		t.Error(err)
	}
	ok(t, db.StartTrace(ctx, id))
	if err := db.FinishTrace(ctx, id, outcome(), writes(nil), fails); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got := must[opsdb.Trace](t)(db.Trace(ctx, id)); got.Status != opsdb.Running || opsdb.Rows(t, db, "blobs")+opsdb.Rows(t, db, "blob_chunks") != 0 {
		t.Errorf("%+v", got)
	}
	ok(t, db.FinishTrace(ctx, id, outcome(), writes(nil), nil))
	if _, err := db.SavedTrace(ctx, id); !errors.Is(err, opsdb.ErrNotFound) {
		t.Error(err)
	}
}

// TestInterrupted: a server finds what ran when the last one ended; a process
// that is no server leaves it alone.
func TestInterrupted(t *testing.T) {
	path, now := newPath(t), clock()
	db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{Serve: true, Now: now}))
	for range 3 {
		must[opsdb.Trace](t)(db.AddTrace(ctx, by, "", []byte(`{}`)))
	}
	for _, tc := range []struct {
		opt  opsdb.Options
		want []opsdb.Status
	}{
		{opsdb.Options{}, []opsdb.Status{opsdb.Queued, opsdb.Queued, opsdb.Running}},
		{opsdb.Options{Serve: true, Requeue: true}, []opsdb.Status{opsdb.Queued, opsdb.Queued, opsdb.Queued}},
		{opsdb.Options{Serve: true}, []opsdb.Status{opsdb.Queued, opsdb.Queued, opsdb.Interrupted}},
		{opsdb.Options{Serve: true}, []opsdb.Status{opsdb.Queued, opsdb.Interrupted, opsdb.Interrupted}},
	} {
		if len(must[[]opsdb.Trace](t)(db.Traces(ctx, opsdb.TraceFilter{Status: opsdb.Running}, opsdb.Page{}))) == 0 {
			must[opsdb.Trace](t)(db.NextTrace(ctx))
		}
		ok(t, db.Close())
		tc.opt.Now = now
		db = must[*opsdb.DB](t)(opsdb.Open(ctx, path, tc.opt))
		var got []opsdb.Status
		for _, tr := range must[[]opsdb.Trace](t)(db.Traces(ctx, opsdb.TraceFilter{}, opsdb.Page{})) {
			got = append(got, tr.Status)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %q, want %q", tc.opt, got, tc.want)
		}
	}
	ok(t, db.Close())
}

// TestBlobDamage changes and removes chunks of a result: reading it fails,
// whatever was changed.
func TestBlobDamage(t *testing.T) {
	db := fresh(t)
	result := noise(2<<20 + 5)
	for what, query := range map[string]string{
		"byte":    "UPDATE blob_chunks SET gzip = CAST(substr(gzip, 1, 1000) || x'00' || substr(gzip, 1002) AS BLOB) WHERE n = 1",
		"end":     "DELETE FROM blob_chunks WHERE n = 2",
		"begin":   "DELETE FROM blob_chunks WHERE n = 0",
		"order":   "UPDATE blob_chunks SET gzip = (SELECT gzip FROM blob_chunks AS b WHERE b.blob_id = blob_chunks.blob_id AND n = 0) WHERE n = 1",
		"size":    "UPDATE blobs SET size = size - 1",
		"larger":  "UPDATE blobs SET size = size + 1",
		"digest":  "UPDATE blobs SET sha256 = zeroblob(32)",
		"trailer": "UPDATE blob_chunks SET gzip = CAST(gzip || x'00' AS BLOB) WHERE n = 2",
	} {
		id := must[opsdb.Trace](t)(db.AddTrace(ctx, by, "", []byte(`{}`))).ID
		ok(t, db.StartTrace(ctx, id))
		ok(t, db.FinishTrace(ctx, id, outcome(), writes(result), nil))
		ok(t, opsdb.Exec(db, query))
		b, err := db.TraceResult(ctx, id)
		if err == nil {
			_, err = io.Copy(io.Discard, b)
		}
		if !errors.Is(err, opsdb.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		ok(t, db.DeleteTrace(ctx, by, id))
	}
}

// TestBlobGone: a result that is forgotten while it is read ends in an error,
// not early.
func TestBlobGone(t *testing.T) {
	db := fresh(t)
	id := must[opsdb.Trace](t)(db.AddTrace(ctx, by, "", []byte(`{}`))).ID
	ok(t, db.StartTrace(ctx, id))
	ok(t, db.FinishTrace(ctx, id, outcome(), writes(noise(3<<20)), nil))
	b := must[*opsdb.Blob](t)(db.TraceResult(ctx, id))
	must[int64](t)(io.CopyN(io.Discard, b, 1000))
	ok(t, db.DeleteTrace(ctx, by, id))
	if _, err := io.Copy(io.Discard, b); !errors.Is(err, opsdb.ErrNotFound) {
		t.Error(err)
	}
}
