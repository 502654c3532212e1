package opsdb

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"clew.example/clew/casefile"
)

// folder returns a case that is not deleted and the files beside it, as of one
// moment.
func (db *DB) folder(ctx context.Context, id string) (c *Case, files []Attachment, err error) {
	err = db.read(ctx, func(tx *sql.Tx) error {
		if c, err = fullCase(ctx, tx, id); err != nil {
			return err
		}
		if files, err = list(ctx, tx, scanAttachment, attachmentColumns+"WHERE case_id = ? ORDER BY name", id); err != nil {
			return err
		}
		return there(c.Deleted)
	})
	if err != nil {
		return nil, nil, err
	}
	return c, files, nil
}

// Missing lists the files that a case names and that are not beside it, sorted.
func (db *DB) Missing(ctx context.Context, id string) (names []string, err error) {
	c, files, err := db.folder(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, name := range c.Content.Files() {
		if !slices.ContainsFunc(files, func(a Attachment) bool { return a.Name == name }) {
			names = append(names, name)
		}
	}
	return names, nil
}

// ExportCase writes a case as a zip archive of its folder: case.yaml, then the
// files beside it in order of their names, without times. Unpacked, it is what
// clew trace --case reads; ImportCase makes the same case of it.
func (db *DB) ExportCase(ctx context.Context, id string, w io.Writer) error {
	c, files, err := db.folder(ctx, id)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	if err := addFile(archive, caseName, strings.NewReader(c.File)); err != nil {
		return err
	}
	for _, f := range files {
		data, err := db.Attachment(ctx, id, f.Name)
		if err == nil {
			err = addFile(archive, f.Name, data)
		}
		if err != nil {
			return fmt.Errorf("file %s: %w", f.Name, err)
		}
	}
	return archive.Close()
}

func addFile(archive *zip.Writer, name string, data io.Reader) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, data)
	return err
}

// ImportCase makes a case of a zip archive: case.yaml at its top, and beside it
// files. Only those that the case names are kept; skipped lists the others.
func (db *DB) ImportCase(ctx context.Context, by string, archive io.ReaderAt, size int64) (made *Case, skipped []string, err error) {
	r, err := zip.NewReader(archive, size)
	if err != nil {
		return nil, nil, &FieldError{"archive", err.Error()}
	}
	if len(r.File) > 10*attachmentsMax {
		return nil, nil, &LimitError{"entries in an archive", 10 * attachmentsMax}
	}
	c, err := caseOf(r)
	if err != nil {
		return nil, nil, err
	}
	files, skipped, err := filesOf(r, c)
	if err != nil {
		return nil, nil, err
	}
	made, err = db.CreateCase(ctx, by, c, files...)
	return made, skipped, err
}

func caseOf(r *zip.Reader) (*casefile.Case, error) {
	f, err := r.Open(caseName)
	if err != nil {
		return nil, &FieldError{caseName, "is not in the archive"}
	}
	defer f.Close()
	c, err := casefile.Read(f)
	if err != nil {
		return nil, &FieldError{caseName, err.Error()}
	}
	return c, nil
}

// filesOf returns the files of an archive that a case names. A file is opened
// when it is read; what does not unpack to its size is an error then, and how
// much is unpacked is bounded by who reads it.
func filesOf(r *zip.Reader, c *casefile.Case) (files []File, skipped []string, err error) {
	named := c.Files()
	for _, entry := range r.File {
		switch {
		case entry.Name == caseName || strings.HasSuffix(entry.Name, "/"):
		case !slices.Contains(named, entry.Name):
			skipped = append(skipped, entry.Name)
		case slices.ContainsFunc(files, func(f File) bool { return f.Name == entry.Name }):
			return nil, nil, &FieldError{"archive", fmt.Sprintf("%q is in it twice", entry.Name)}
		default:
			files = append(files, File{entry.Name, &lateFile{open: entry.Open}})
		}
	}
	slices.Sort(skipped)
	return files, skipped, nil
}

// lateFile opens a file when it is first read, and closes it at its end.
type lateFile struct {
	open func() (io.ReadCloser, error)
	file io.ReadCloser
}

func (f *lateFile) Read(into []byte) (n int, err error) {
	if f.file == nil {
		if f.file, err = f.open(); err != nil {
			return 0, &FieldError{"archive", err.Error()}
		}
	}
	n, err = f.file.Read(into)
	switch {
	case err == io.EOF:
		f.file.Close() // read to its end and checked
	case errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF):
		return n, &FieldError{"archive", err.Error()}
	}
	return n, err
}
