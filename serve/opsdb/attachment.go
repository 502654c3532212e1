package opsdb

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"clew.example/clew/casefile"
)

// Limits of the files beside a case. One is as large as a list of labels may
// be.
const (
	attachmentMax  = 64 << 20
	attachmentsMax = 100
	folderMax      = 256 << 20
)

// caseName is the case file in a folder or archive.
const caseName = "case.yaml"

// File is a file to be stored beside a case.
type File struct {
	Name string // as the case file names it: with / between, below its folder
	Data io.Reader
}

// Attachment is a file beside a case.
type Attachment struct {
	Name   string
	Made   time.Time
	MadeBy string
	Stored
}

// storedFile is a file whose bytes are stored, and which no case has yet.
type storedFile struct {
	name, blob string
	Stored
}

func blobsOf(files []storedFile) (ids []string) {
	for _, f := range files {
		ids = append(ids, f.blob)
	}
	return ids
}

// attachmentName checks and cleans a name. Nothing may take the place of the
// case file, on systems too that do not tell small letters from large ones.
func attachmentName(file string) (string, error) {
	clean, err := casefile.CleanFile(file)
	switch {
	case err != nil:
		return "", &FieldError{"file", err.Error()}
	case clean == "" || strings.EqualFold(clean, caseName):
		return "", &FieldError{"file", fmt.Sprintf("%q can not be the name of a file beside a case", clean)}
	}
	return clean, word("file", clean)
}

// putFile stores the bytes of a file.
func (db *DB) putFile(ctx context.Context, f File) (stored storedFile, err error) {
	if stored.name, err = attachmentName(f.Name); err != nil {
		return stored, err
	}
	stored.blob, stored.Stored, err = db.putBlob(ctx, "file "+stored.name, attachmentMax, func(w io.Writer) error {
		_, err := io.Copy(w, f.Data)
		return err
	})
	return stored, err
}

// putFiles stores the bytes of files; all or none.
func (db *DB) putFiles(ctx context.Context, files []File) (stored []storedFile, err error) {
	if len(files) > attachmentsMax {
		return nil, &LimitError{"files beside a case", attachmentsMax}
	}
	for _, f := range files {
		one, err := db.putFile(ctx, f)
		if err != nil {
			return nil, errors.Join(err, db.dropUnused(blobsOf(stored)...))
		}
		stored = append(stored, one)
	}
	return stored, nil
}

// attachAll gives stored files to a case.
func (db *DB) attachAll(ctx context.Context, tx *sql.Tx, by, id string, files []storedFile) error {
	for _, f := range files {
		if _, err := attach(ctx, tx, by, id, f, db.now()); err != nil {
			return err
		}
	}
	return nil
}

// attach gives a stored file to a case, in the place of one of the same name.
func attach(ctx context.Context, tx *sql.Tx, by, id string, f storedFile, at time.Time) (before *Attachment, err error) {
	before, blob, err := attachmentOf(ctx, tx, id, f.name)
	if err == nil {
		if err := dropAttachment(ctx, tx, id, f.name, blob); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if err := fits(ctx, tx, id, f); err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO attachments (case_id, name, blob_id, made, made_by) VALUES (?, ?, ?, ?, ?)", id, f.name, f.blob, at.UnixMilli(), by)
	return before, err
}

// fits says whether a file has a place beside those of a case: there is room,
// and no name is both a file and a folder, or the same but for large letters.
func fits(ctx context.Context, tx *sql.Tx, id string, f storedFile) error {
	files, err := list(ctx, tx, scanAttachment, attachmentColumns+"WHERE case_id = ?", id)
	if err != nil {
		return err
	}
	if len(files) >= attachmentsMax {
		return &LimitError{"files beside a case", attachmentsMax}
	}
	size := f.Size
	small := strings.ToLower(f.name)
	for _, other := range files {
		size += other.Size
		beside := strings.ToLower(other.Name)
		if small == beside || strings.HasPrefix(small, beside+"/") || strings.HasPrefix(beside, small+"/") {
			return &FieldError{"file", fmt.Sprintf("%q and %q have no place in one folder", f.name, other.Name)}
		}
	}
	if size > folderMax {
		return &LimitError{"bytes in the files beside a case", folderMax}
	}
	return nil
}

const attachmentColumns = "SELECT name, attachments.made, made_by, size, sha256 FROM attachments JOIN blobs ON blobs.id = blob_id "

func scanAttachment(row scanner) (a Attachment, err error) {
	var sum []byte
	err = row.Scan(&a.Name, stamp{&a.Made}, &a.MadeBy, &a.Size, &sum)
	copy(a.SHA256[:], sum)
	return a, err
}

func attachmentOf(ctx context.Context, q querier, id, name string) (*Attachment, string, error) {
	a, err := scanAttachment(q.QueryRowContext(ctx, attachmentColumns+"WHERE case_id = ? AND name = ?", id, name))
	if err != nil {
		return nil, "", explain(err)
	}
	var blob string
	err = q.QueryRowContext(ctx, "SELECT blob_id FROM attachments WHERE case_id = ? AND name = ?", id, name).Scan(&blob)
	return &a, blob, explain(err)
}

func dropAttachment(ctx context.Context, tx *sql.Tx, id, name, blob string) error {
	if err := changeOne(ctx, tx, "DELETE FROM attachments WHERE case_id = ? AND name = ?", id, name); err != nil {
		return err
	}
	return dropBlobs(ctx, tx, blob)
}

// PutAttachment stores a file of at most 64 MiB beside a case of which revision
// seen was read, in the place of one of the same name: a new revision of the
// case. Bytes of files have no versions; the journal keeps their SHA-256.
func (db *DB) PutAttachment(ctx context.Context, by, id string, seen int64, f File) (*Case, error) {
	stored, err := db.putFile(ctx, f)
	if err != nil {
		return nil, err
	}
	revised, err := db.reviseCase(ctx, by, id, seen, func(tx *sql.Tx, now *Case, next *caseChange) error {
		if err := there(now.Deleted); err != nil {
			return err
		}
		before, err := attach(ctx, tx, by, id, stored, next.at)
		told := map[string]string{"file": stored.name, "sha256": hex.EncodeToString(stored.SHA256[:])}
		if before != nil {
			told["before"] = hex.EncodeToString(before.SHA256[:])
		}
		next.action, next.detail = "case.attach", told
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.dropUnused(stored.blob))
	}
	return revised, nil
}

// DeleteAttachment removes a file from a case: a new revision of it.
func (db *DB) DeleteAttachment(ctx context.Context, by, id string, seen int64, file string) (*Case, error) {
	return db.reviseCase(ctx, by, id, seen, func(tx *sql.Tx, now *Case, next *caseChange) error {
		if err := there(now.Deleted); err != nil {
			return err
		}
		before, blob, err := attachmentOf(ctx, tx, id, file)
		if err != nil {
			return err
		}
		next.action, next.detail = "case.detach", map[string]string{"file": file, "before": hex.EncodeToString(before.SHA256[:])}
		return dropAttachment(ctx, tx, id, file, blob)
	})
}

// Attachments lists the files beside a case in order of their names; there are
// at most 100.
func (db *DB) Attachments(ctx context.Context, id string) ([]Attachment, error) {
	return list(ctx, db.reads, scanAttachment, attachmentColumns+"WHERE case_id = ? ORDER BY name", id)
}

// Attachment opens a file beside a case.
func (db *DB) Attachment(ctx context.Context, id, file string) (*Blob, error) {
	_, blob, err := attachmentOf(ctx, db.reads, id, file)
	if err != nil {
		return nil, err
	}
	return db.openBlob(ctx, blob)
}
