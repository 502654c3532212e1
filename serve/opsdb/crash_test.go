package opsdb_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/opsdb"
)

// childVar names the database to a test binary that writes until it is killed.
const childVar = "CLEW_OPSDB_CHILD"

// child writes cases, notes and traces, and prints the id of each when the
// method has returned.
func child(path string) {
	db, err := opsdb.Open(ctx, path, opsdb.Options{Serve: true})
	for err == nil {
		var c *opsdb.Case
		if c, err = db.CreateCase(ctx, by, theft("a"), opsdb.File{Name: "labels.csv", Data: strings.NewReader("x")}); err != nil {
			break
		}
		fmt.Println("case", c.ID)
		var n opsdb.Note
		if n, err = db.CreateNote(ctx, by, c.ID, opsdb.NoteText{Target: "case", Text: "t"}); err != nil {
			break
		}
		fmt.Println("note", c.ID, n.ID)
		err = childTrace(db, c.ID)
	}
	fmt.Println("error", err)
	os.Exit(1)
}

func childTrace(db *opsdb.DB, caseID string) error {
	if _, err := db.AddTrace(ctx, by, caseID, []byte(`{}`)); err != nil {
		return err
	}
	tr, err := db.NextTrace(ctx)
	if err != nil {
		return err
	}
	large := func(w io.Writer) error { _, err := w.Write(noise(1 << 20)); return err }
	if err := db.FinishTrace(ctx, tr.ID, opsdb.Outcome{InputDigest: "a", ResultDigest: "b"}, large, large); err != nil {
		return err
	}
	fmt.Println("trace", tr.ID)
	return nil
}

// noise is what does not zip.
func noise(n int) []byte {
	b := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

// TestKill kills a process in the middle of its writes, again and again on the
// same file. Laws: what was said to be stored is there, whole; a trace that ran
// is interrupted; the file passes what a backup must pass.
func TestKill(t *testing.T) {
	rng := random(t)
	path := newPath(t)
	said := map[string]int{}
	for range 6 {
		for _, line := range killAfter(t, path, 3+rng.IntN(12), time.Duration(rng.IntN(8000))*time.Microsecond) {
			kind, _, _ := strings.Cut(line, " ")
			said[kind]++
		}
		db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{Serve: true}))
		for table, n := range map[string]int{"cases": said["case"], "notes": said["note"], "attachments": said["case"], "journal": said["case"] + said["note"]} {
			if got := opsdb.Rows(t, db, table); got < n {
				t.Fatalf("%d rows in %s, %d were said to be stored", got, table, n)
			}
		}
		checkTraces(t, db, said["trace"])
		ok(t, db.Close())
		ok(t, opsdb.Check(path))
	}
	t.Logf("said: %v", said)
	if said["trace"] == 0 {
		t.Error("nothing was stored between the kills")
	}
}

// killAfter starts a writer, kills it some time after so many lines, and
// returns all it said.
func killAfter(t *testing.T, path string, lines int, later time.Duration) (said []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childVar+"="+path)
	out := must[io.ReadCloser](t)(cmd.StdoutPipe())
	ok(t, cmd.Start())
	for in := bufio.NewScanner(out); in.Scan(); {
		if strings.HasPrefix(in.Text(), "error") {
			t.Fatal(in.Text())
		}
		if said = append(said, in.Text()); len(said) == lines {
			time.Sleep(later)
			ok(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); err == nil || len(said) < lines {
		t.Fatalf("%d lines, then %v", len(said), err)
	}
	return said
}

// checkTraces reads every trace that is done to its end.
func checkTraces(t *testing.T, db *opsdb.DB, said int) {
	t.Helper()
	done := 0
	for _, tr := range must[[]opsdb.Trace](t)(db.Traces(ctx, opsdb.TraceFilter{}, opsdb.Page{Limit: 1000})) {
		switch {
		case tr.Status == opsdb.Done:
			done++
			if n := must[int64](t)(io.Copy(io.Discard, must[*opsdb.Blob](t)(db.TraceResult(ctx, tr.ID)))); n != 1<<20 {
				t.Fatalf("trace %s: %d bytes", tr.ID, n)
			}
			must[int64](t)(io.Copy(io.Discard, must[*opsdb.Blob](t)(db.SavedTrace(ctx, tr.ID))))
		case tr.Status == opsdb.Queued && tr.Started.IsZero(), tr.Status == opsdb.Interrupted && !tr.Ended.IsZero():
		default:
			t.Fatalf("trace %+v", tr)
		}
	}
	if done < said {
		t.Fatalf("%d traces are done, %d were said to be", done, said)
	}
}
