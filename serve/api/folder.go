package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// Folders is where the files beside cases lie: lists of labels, prices, facts.
type Folders interface {
	Attachments(ctx context.Context, id string) ([]opsdb.Attachment, error)
	PutAttachment(ctx context.Context, by, id string, seen int64, f opsdb.File) (*opsdb.Case, error)
	DeleteAttachment(ctx context.Context, by, id string, seen int64, file string) (*opsdb.Case, error)
	ExportCase(ctx context.Context, id string, w io.Writer) error
	ImportCase(ctx context.Context, by string, archive io.ReaderAt, size int64) (made *opsdb.Case, skipped []string, err error)
}

// File is a file beside a case.
type File struct {
	Name   string    `json:"name"`
	Size   int64     `json:"size" doc:"bytes"`
	SHA256 string    `json:"sha256"`
	Made   time.Time `json:"made"`
	MadeBy string    `json:"made_by"`
}

// Imported is a case that was made of an archive.
type Imported struct {
	Case
	Skipped []string `json:"skipped" doc:"files of the archive that the case does not name, which were left out"`
}

// The most bytes of a file beside a case, and of an archive. opsdb holds the
// first, too, and bounds what an archive unpacks to.
const (
	fileMax    = 64<<20 + 1
	archiveMax = 128 << 20
	// uploadTime is how long such a body may take to come.
	uploadTime = 5 * time.Minute
)

type (
	filesOut struct {
		Body struct {
			Items []File `json:"items"`
		}
	}
	fileIn struct {
		SeenIn
		Name string `query:"name" required:"true" maxLength:"1000"`
	}
)

func (s *server) addFolders() {
	list := get("/v1/cases/{id}/files", "listFiles", "cases", "The files beside a case")
	handle(s, route{op: list, scope: auth.ScopeRead}, s.listFiles)
	add := explain(put("/v1/cases/{id}/files", "putFile", "cases", "Put a file beside a case"), "The body is the file, of at most 64 MiB. It is a new revision of the case.")
	add.Parameters = append(add.Parameters, pathParam("id", "of the case"), needed(queryParam("name", "as the case names it, with / between folders", 1000)),
		queryParam("revision", "of the case that was seen; left out: whichever it is", 20))
	add.MaxBodyBytes = fileMax
	add.RequestBody = binary("application/octet-stream")
	s.handleRaw(route{op: add, scope: auth.ScopeWrite, large: true, shape: reflect.TypeFor[Case]()}, s.putFile, "application/json")
	drop := del("/v1/cases/{id}/files", "deleteFile", "cases", "Remove a file from beside a case")
	handle(s, route{op: drop, scope: auth.ScopeWrite}, s.deleteFile)
	out := get("/v1/cases/{id}/archive", "exportCase", "cases", "A case with its files as a zip archive")
	out.Parameters = append(out.Parameters, pathParam("id", "of the case"))
	s.handleRaw(route{op: out, scope: auth.ScopeRead}, s.exportCase, "application/zip")
	in := explain(post("/v1/cases/archive", "importArchive", "cases", "Make a case of a zip archive"), "case.yaml stands at its top; of the files beside it those are kept that the case names.")
	in.MaxBodyBytes = archiveMax
	in.RequestBody = binary("application/zip")
	s.handleRaw(route{op: in, scope: auth.ScopeWrite, large: true, shape: reflect.TypeFor[Imported]()}, s.importArchive, "application/json")
}

func needed(p *huma.Param) *huma.Param {
	p.Required = true
	return p
}

// binary is a body of bytes.
func binary(kind string) *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
}

func (s *server) listFiles(ctx context.Context, in *CaseNamed) (*filesOut, error) {
	if _, err := s.o.Cases.Case(ctx, in.ID); err != nil {
		return nil, err
	}
	found, err := s.o.Folders.Attachments(ctx, in.ID)
	out := &filesOut{}
	out.Body.Items = []File{}
	for i := range found {
		f := &found[i]
		out.Body.Items = append(out.Body.Items, File{f.Name, f.Size, hex.EncodeToString(f.SHA256[:]), *someTime(f.Made), f.MadeBy})
	}
	return out, err
}

// seen is the revision that a change names, or the one of now.
func (s *server) seen(ctx context.Context, id string, revision int64) (int64, error) {
	if revision > 0 {
		return revision, nil
	}
	c, err := s.o.Cases.Case(ctx, id)
	if err != nil {
		return 0, err
	}
	return c.Revision, nil
}

func (s *server) deleteFile(ctx context.Context, in *fileIn) (*caseOut, error) {
	seen, err := s.seen(ctx, in.ID, in.Revision)
	if err != nil {
		return nil, err
	}
	return s.made(s.o.Folders.DeleteAttachment(ctx, actor(auth.PrincipalOf(ctx)), in.ID, seen, in.Name))
}

func (s *server) putFile(w http.ResponseWriter, r *http.Request) {
	ctx, id, q := r.Context(), r.PathValue("id"), r.URL.Query()
	var revision int64
	var err error
	if text := q.Get("revision"); text != "" {
		if revision, err = strconv.ParseInt(text, 10, 63); err != nil || revision < 0 {
			s.fail(w, r, wrong("query.revision", "want a number"))
			return
		}
	}
	seen, err := s.seen(ctx, id, revision)
	if err == nil {
		patience(w)
		var c *opsdb.Case
		if c, err = s.o.Folders.PutAttachment(ctx, actor(auth.PrincipalOf(ctx)), id, seen, opsdb.File{Name: q.Get("name"), Data: r.Body}); err == nil {
			s.write(w, http.StatusOK, caseOf(c))
			return
		}
	}
	s.failBody(w, r, err)
}

// patience gives a long body time to come.
func patience(w http.ResponseWriter) {
	c, until := http.NewResponseController(w), time.Now().Add(uploadTime)
	_ = c.SetReadDeadline(until) // not there in tests; the server's own hold then
	_ = c.SetWriteDeadline(until.Add(sendTime))
}

// failBody tells a body that is too long from other errors.
func (s *server) failBody(w http.ResponseWriter, r *http.Request, err error) {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		err = bodyProblem(err)
	}
	s.fail(w, r, err)
}

func (s *server) write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = lookup.WriteJSON(w, v) // who asked may be gone
}

func (s *server) exportCase(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if _, err := s.o.Cases.Case(r.Context(), id); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="case-%.12s.zip"`, id))
	s.send(w, r, func(w io.Writer) error { return s.o.Folders.ExportCase(r.Context(), id, w) })
}

// importArchive puts the archive on the disk first: a zip is read from its end,
// and in memory it would count for each who sends one.
func (s *server) importArchive(w http.ResponseWriter, r *http.Request) {
	patience(w)
	c, skipped, err := s.importFrom(r)
	if err != nil {
		s.failBody(w, r, err)
		return
	}
	s.write(w, http.StatusOK, Imported{caseOf(c), append([]string{}, skipped...)})
}

func (s *server) importFrom(r *http.Request) (c *opsdb.Case, skipped []string, err error) {
	f, err := os.CreateTemp("", "clew-case-*.zip")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	n, err := io.Copy(f, r.Body)
	if err != nil {
		return nil, nil, bodyProblem(err)
	}
	return s.o.Folders.ImportCase(r.Context(), actor(auth.PrincipalOf(r.Context())), f, n)
}
