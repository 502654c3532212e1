package opsdb

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// chunkLen is the gzip bytes of one row: what a writer or reader of a blob
// holds in memory, and how long it keeps others from writing.
const chunkLen = 1 << 20

// Stored tells of the bytes of a blob.
type Stored struct {
	Size   int64
	SHA256 [sha256.Size]byte
}

// putBlob stores what write writes, up to most bytes, in a transaction for each
// chunk, and returns its id. It is nobody's until a row refers to it, and is
// forgotten if there is an error.
func (db *DB) putBlob(ctx context.Context, field string, most int64, write func(io.Writer) error) (id string, s Stored, err error) {
	id = newID(db.now())
	if err := db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO blobs (id, made) VALUES (?, ?)", id, db.now().UnixMilli())
		return err
	}); err != nil {
		return "", s, err
	}
	w := &blobWriter{ctx: ctx, db: db, id: id, field: field, left: most, sum: sha256.New()}
	w.zip = gzip.NewWriter((*chunkWriter)(w))
	if err = write(w); err == nil {
		err = w.finish(&s)
	}
	if err != nil {
		return "", Stored{}, errors.Join(err, db.dropUnused(id))
	}
	return id, s, nil
}

// dropUnused forgets blobs that no row refers to, also when the caller has
// given up by now. What it can not forget soon, Prune does in a day.
func (db *DB) dropUnused(ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return db.write(ctx, func(tx *sql.Tx) error { return dropBlobs(ctx, tx, ids...) })
}

// dropBlobs forgets blobs and their chunks; empty ids are none.
func dropBlobs(ctx context.Context, tx *sql.Tx, ids ...string) error {
	for _, id := range ids {
		if _, err := tx.ExecContext(ctx, "DELETE FROM blobs WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

// blobWriter takes the bytes of a blob: they are hashed, zipped, and cut.
type blobWriter struct {
	ctx   context.Context
	db    *DB
	id    string
	field string
	left  int64
	size  int64
	sum   hash.Hash
	zip   *gzip.Writer
	chunk []byte
	n     int
}

func (w *blobWriter) Write(b []byte) (int, error) {
	if int64(len(b)) > w.left {
		return 0, &FieldError{w.field, fmt.Sprintf("more than %d bytes", w.size+w.left)}
	}
	w.left -= int64(len(b))
	w.size += int64(len(b))
	w.sum.Write(b)
	return w.zip.Write(b)
}

func (w *blobWriter) finish(s *Stored) error {
	if err := w.zip.Close(); err != nil {
		return err
	}
	if err := w.put(); err != nil {
		return err
	}
	s.Size = w.size
	w.sum.Sum(s.SHA256[:0])
	return w.db.changeOne(w.ctx, "UPDATE blobs SET size = ?, sha256 = ? WHERE id = ?", s.Size, s.SHA256[:], w.id)
}

// put stores a chunk.
func (w *blobWriter) put() error {
	err := w.db.write(w.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(w.ctx, "INSERT INTO blob_chunks (blob_id, n, gzip) VALUES (?, ?, ?)", w.id, w.n, w.chunk)
		return err
	})
	w.n, w.chunk = w.n+1, w.chunk[:0]
	return err
}

// chunkWriter is the side of a blobWriter that takes zipped bytes.
type chunkWriter blobWriter

func (w *chunkWriter) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), chunkLen-len(w.chunk))
		w.chunk, rest = append(w.chunk, rest[:n]...), rest[n:]
		if len(w.chunk) == chunkLen {
			if err := (*blobWriter)(w).put(); err != nil {
				return 0, err
			}
		}
	}
	return len(b), nil
}

// Blob reads stored bytes. At their end it checks their size and SHA-256:
// ErrDamaged if they are others. It holds one chunk in memory and no
// transaction, so it may be read slowly; what is forgotten meanwhile is
// ErrNotFound.
type Blob struct {
	Stored
	sum  hash.Hash
	left int64
	zip  *gzip.Reader
}

// openBlob opens a blob. The context is that of all reads.
func (db *DB) openBlob(ctx context.Context, id string) (*Blob, error) {
	b := &Blob{sum: sha256.New()}
	var sum []byte
	if err := db.reads.QueryRowContext(ctx, "SELECT size, sha256 FROM blobs WHERE id = ? AND size IS NOT NULL", id).Scan(&b.Size, &sum); err != nil {
		return nil, explain(err)
	}
	copy(b.SHA256[:], sum)
	b.left = b.Size
	zip, err := gzip.NewReader(&chunkReader{ctx: ctx, db: db, id: id})
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // of an empty blob there is a header too
	}
	if err != nil {
		return nil, damaged(err)
	}
	b.zip = zip
	return b, nil
}

// damaged tells what is wrong with the bytes from what is wrong with reading.
func damaged(err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Read reads on.
func (b *Blob) Read(into []byte) (int, error) {
	n, err := b.zip.Read(into)
	b.sum.Write(into[:n])
	b.left -= int64(n)
	switch {
	case b.left < 0:
		return 0, fmt.Errorf("%w: a blob is longer than its size", ErrDamaged)
	case err == io.EOF && (b.left != 0 || string(b.sum.Sum(nil)) != string(b.SHA256[:])):
		return n, fmt.Errorf("%w: a blob is not what was stored", ErrDamaged)
	case err == io.EOF:
		return n, io.EOF
	}
	return n, damaged(err)
}

// chunkReader reads the rows of a blob, one after the other.
type chunkReader struct {
	ctx   context.Context
	db    *DB
	id    string
	chunk []byte
	n     int
}

func (r *chunkReader) Read(into []byte) (int, error) {
	for len(r.chunk) == 0 {
		err := r.db.reads.QueryRowContext(r.ctx, "SELECT gzip FROM blob_chunks WHERE blob_id = ? AND n = ?", r.id, r.n).Scan(&r.chunk)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, r.end()
		} else if err != nil {
			return 0, explain(err)
		}
		r.n++
	}
	n := copy(into, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

// end is io.EOF if the blob is still there.
func (r *chunkReader) end() error {
	var n int
	if err := r.db.reads.QueryRowContext(r.ctx, "SELECT count(*) FROM blobs WHERE id = ?", r.id).Scan(&n); err != nil {
		return explain(err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return io.EOF
}
