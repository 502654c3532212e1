package opsdb_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/casefile"
	"clew.example/clew/serve/opsdb"
)

// TestCaseLife makes, changes, deletes and restores a case, and reads what is
// kept of it.
func TestCaseLife(t *testing.T) {
	db := fresh(t)
	c := create(t, db, "first")
	if c.Revision != 1 || c.MadeBy != by || c.Made.IsZero() || !c.Deleted.IsZero() || c.Content.Title != "first" {
		t.Fatalf("%+v", c)
	}
	changed := theft("second")
	changed.Labels = nil
	c2 := must[*opsdb.Case](t)(db.UpdateCase(ctx, "key:k1", c.ID, 1, changed))
	if c2.Revision != 2 || c2.ChangedBy != "key:k1" || !c2.Changed.After(c.Changed) || c2.Made != c.Made {
		t.Fatalf("%+v", c2)
	}
	var conflict *opsdb.ConflictError
	if _, err := db.UpdateCase(ctx, by, c.ID, 1, theft("third")); !errors.As(err, &conflict) || conflict.Now != 2 || conflict.Seen != 1 {
		t.Fatal(err)
	}
	ok(t, db.DeleteCase(ctx, by, c.ID, 2))
	if _, err := db.Case(ctx, c.ID); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := db.UpdateCase(ctx, by, c.ID, 3, theft("third")); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	back := must[*opsdb.Case](t)(db.RestoreCase(ctx, by, c.ID, 3, 1))
	if back.Revision != 4 || back.File != c.File || back.Title != "first" {
		t.Fatalf("%+v", back)
	}
	versions := must[[]opsdb.CaseVersion](t)(db.CaseVersions(ctx, c.ID, 0, 3))
	if len(versions) != 3 || versions[0].Revision != 4 || versions[1].Deleted.IsZero() || versions[2].File != c2.File {
		t.Fatalf("%+v", versions)
	}
	var told []string
	for _, e := range must[[]opsdb.Entry](t)(db.Journal(ctx, c.ID, 0, 0)) {
		told = append(told, e.By+" "+e.Action+" "+string(e.Detail))
	}
	want := []string{`user:owner case.restore {"revision":4,"what":{"keys":["title","labels"],"version":1}}`, `user:owner case.delete {"revision":3}`,
		`key:k1 case.update {"revision":2,"what":["title","labels"]}`, `user:owner case.make {"revision":1}`}
	if !slices.Equal(told, want) {
		t.Fatalf("journal\n%s", strings.Join(told, "\n"))
	}
}

// TestCaseSame: what is exported as YAML or as an archive, imported, is the
// same case, and it is exported as the same bytes.
func TestCaseSame(t *testing.T) {
	db := fresh(t)
	labels := strings.Repeat("bitcoin a theft\n", 1000)
	c := must[*opsdb.Case](t)(db.CreateCase(ctx, by, theft("one"), opsdb.File{Name: "./labels.csv", Data: strings.NewReader(labels)},
		opsdb.File{Name: "more/labels.csv", Data: strings.NewReader("")}))
	if missing := must[[]string](t)(db.Missing(ctx, c.ID)); !slices.Equal(missing, []string{"prices.csv"}) {
		t.Fatal(missing)
	}
	read := must[*casefile.Case](t)(casefile.Read(strings.NewReader(c.File)))
	twin := must[*opsdb.Case](t)(db.CreateCase(ctx, by, read))
	if twin.File != c.File || !reflect.DeepEqual(twin.Content, c.Content) || len(casefile.Diff(twin.Content, c.Content)) > 0 {
		t.Fatal(twin.File)
	}
	var archive, again bytes.Buffer
	ok(t, db.ExportCase(ctx, c.ID, &archive))
	copied, skipped, err := db.ImportCase(ctx, by, bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	ok(t, err)
	ok(t, db.ExportCase(ctx, copied.ID, &again))
	if len(skipped) > 0 || copied.ID == c.ID || !bytes.Equal(archive.Bytes(), again.Bytes()) {
		t.Fatalf("skipped %q, %d and %d bytes", skipped, archive.Len(), again.Len())
	}
	b := must[*opsdb.Blob](t)(db.Attachment(ctx, copied.ID, "labels.csv"))
	if got := must[[]byte](t)(io.ReadAll(b)); string(got) != labels || b.Size != int64(len(labels)) {
		t.Fatalf("%d bytes, size %d", len(got), b.Size)
	}
}

// TestImportRefuses: archives of strangers.
func TestImportRefuses(t *testing.T) {
	db := fresh(t)
	const good = "starts: a:b\nlabels: [l.csv]\n"
	for _, tc := range []struct {
		what    string
		entries []string // name, text
		want    string
	}{
		{"no case", []string{"a", "b"}, "case.yaml: is not in the archive"},
		{"not a case", []string{"case.yaml", "x: y"}, "key \"x\" is not known"},
		{"twice", []string{"case.yaml", good, "l.csv", "1", "l.csv", "2"}, "twice"},
		{"itself", []string{"case.yaml", "starts: a:b\nlabels: CASE.yaml\n", "CASE.yaml", "1"}, "can not be the name"},
		{"bomb", []string{"case.yaml", good, "l.csv", strings.Repeat("\x00", 64<<20+1)}, "file l.csv: more than 67108864 bytes"},
		{"fine", []string{"case.yaml", good, "l.csv", "1", "../../etc/passwd", "2", "README.md", "3"}, ""},
	} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := 0; i < len(tc.entries); i += 2 {
			io.WriteString(must[io.Writer](t)(w.Create(tc.entries[i])), tc.entries[i+1])
		}
		w.Close()
		_, skipped, err := db.ImportCase(ctx, by, bytes.NewReader(b.Bytes()), int64(b.Len()))
		switch {
		case tc.want == "" && err == nil:
			if !slices.Equal(skipped, []string{"../../etc/passwd", "README.md"}) {
				t.Errorf("%s: skipped %q", tc.what, skipped)
			}
		case err == nil || tc.want == "" || !strings.Contains(err.Error(), tc.want):
			t.Errorf("%s: error %v, want %q", tc.what, err, tc.want)
		}
	}
	if n := len(must[[]opsdb.CaseHead](t)(db.Cases(ctx, opsdb.CaseFilter{}, opsdb.Page{}))); n != 1 {
		t.Errorf("%d cases were made", n)
	}
	if n := opsdb.Rows(t, db, "blobs"); n != 1 {
		t.Errorf("%d blobs are left", n)
	}
}

// TestAttachments puts, replaces and removes files beside a case.
func TestAttachments(t *testing.T) {
	db := fresh(t)
	c := create(t, db, "one")
	put := func(seen int64, name, text string) error {
		_, err := db.PutAttachment(ctx, by, c.ID, seen, opsdb.File{Name: name, Data: strings.NewReader(text)})
		return err
	}
	ok(t, put(1, "labels.csv", "one"))
	ok(t, put(2, "labels.csv", "two"))
	ok(t, put(3, "more/labels.csv", "x"))
	for _, tc := range []struct{ name, want string }{
		{"more", "have no place in one folder"}, {"labels.csv/x", "have no place"}, {"Labels.CSV", "have no place"}, {"case.yaml", "can not be the name"},
		{"../a", "leaves the folder"}, {"/etc/passwd", "relative"}, {"a\x00b", "names with /"}, {"a\xff", "UTF-8"}, {"", "can not be"},
	} {
		var field *opsdb.FieldError
		if err := put(4, tc.name, "x"); !errors.As(err, &field) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v", tc.name, err)
		}
	}
	var conflict *opsdb.ConflictError
	if err := put(1, "z", "x"); !errors.As(err, &conflict) {
		t.Error(err)
	}
	must[*opsdb.Case](t)(db.DeleteAttachment(ctx, by, c.ID, 4, "more/labels.csv"))
	files := must[[]opsdb.Attachment](t)(db.Attachments(ctx, c.ID))
	if len(files) != 1 || files[0].Name != "labels.csv" || files[0].Size != 3 {
		t.Errorf("%+v", files)
	}
	if n := opsdb.Rows(t, db, "blobs"); n != 1 {
		t.Errorf("%d blobs are left", n)
	}
}

// TestCasePages reads lists page by page: each case once, the newest first.
func TestCasePages(t *testing.T) {
	db := fresh(t)
	var made []string
	for _, title := range []string{"Bybit", "100%", "under_score", "bybit two", "100 per cent"} {
		made = append(made, create(t, db, title).ID)
	}
	slices.Reverse(made)
	var got []string
	for p := (opsdb.Page{Limit: 2}); ; {
		heads := must[[]opsdb.CaseHead](t)(db.Cases(ctx, opsdb.CaseFilter{}, p))
		if len(heads) == 0 {
			break
		}
		for _, h := range heads {
			got = append(got, h.ID)
		}
		p.After = heads[len(heads)-1].ID
	}
	if !slices.Equal(got, made) {
		t.Errorf("%q, want %q", got, made)
	}
	for find, want := range map[string]int{"bybit": 2, "0%": 1, "r_s": 1, "%": 1, "nothing": 0, `\`: 0} {
		if n := len(must[[]opsdb.CaseHead](t)(db.Cases(ctx, opsdb.CaseFilter{Title: find}, opsdb.Page{Limit: 1 << 30}))); n != want {
			t.Errorf("%q: %d cases, want %d", find, n, want)
		}
	}
	ok(t, db.DeleteCase(ctx, by, made[0], 1))
	if n := len(must[[]opsdb.CaseHead](t)(db.Cases(ctx, opsdb.CaseFilter{Deleted: true}, opsdb.Page{}))); n != 1 {
		t.Errorf("%d are deleted", n)
	}
}
