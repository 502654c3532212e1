-- +goose Up

-- Who works here. Roles come with the gate; passkeys will stand in a table of
-- their own that refers to this one.
CREATE TABLE users (
  id       TEXT    NOT NULL PRIMARY KEY,
  role     TEXT    NOT NULL,
  made     INTEGER NOT NULL,
  disabled INTEGER
) STRICT;

CREATE TABLE links (
  hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  user_id TEXT    NOT NULL REFERENCES users (id),
  made    INTEGER NOT NULL,
  ends    INTEGER NOT NULL,
  taken   INTEGER
) STRICT;

CREATE TABLE sessions (
  hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  user_id TEXT    NOT NULL REFERENCES users (id),
  made    INTEGER NOT NULL,
  used    INTEGER NOT NULL,
  ends    INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
  id      TEXT    NOT NULL PRIMARY KEY,
  user_id TEXT    NOT NULL REFERENCES users (id),
  name    TEXT    NOT NULL,
  scopes  TEXT    NOT NULL,
  hash    BLOB    NOT NULL CHECK (length(hash) = 32),
  made    INTEGER NOT NULL,
  used    INTEGER,
  ends    INTEGER,
  revoked INTEGER
) STRICT;

CREATE TABLE requests (
  caller  TEXT    NOT NULL,
  route   TEXT    NOT NULL,
  key     TEXT    NOT NULL,
  hash    BLOB    NOT NULL CHECK (length(hash) = 32),
  made    INTEGER NOT NULL,
  status  INTEGER,
  header  TEXT,
  body    BLOB,
  PRIMARY KEY (caller, route, key)
) STRICT;

CREATE INDEX requests_made ON requests (made);

-- Bytes too large for a row: gzip, cut into chunks. A blob without a size is
-- being written, or was when its process died.
CREATE TABLE blobs (
  id     TEXT    NOT NULL PRIMARY KEY,
  made   INTEGER NOT NULL,
  size   INTEGER,
  sha256 BLOB
) STRICT;

CREATE TABLE blob_chunks (
  blob_id TEXT    NOT NULL REFERENCES blobs (id) ON DELETE CASCADE,
  n       INTEGER NOT NULL,
  gzip    BLOB    NOT NULL,
  PRIMARY KEY (blob_id, n)
) STRICT;

CREATE TABLE cases (
  id         TEXT    NOT NULL PRIMARY KEY,
  revision   INTEGER NOT NULL,
  title      TEXT    NOT NULL,
  file       TEXT    NOT NULL,
  made       INTEGER NOT NULL,
  made_by    TEXT    NOT NULL,
  changed    INTEGER NOT NULL,
  changed_by TEXT    NOT NULL,
  deleted    INTEGER
) STRICT;

CREATE TABLE case_versions (
  case_id    TEXT    NOT NULL REFERENCES cases (id),
  revision   INTEGER NOT NULL,
  file       TEXT    NOT NULL,
  changed    INTEGER NOT NULL,
  changed_by TEXT    NOT NULL,
  deleted    INTEGER,
  PRIMARY KEY (case_id, revision)
) STRICT;

CREATE TABLE attachments (
  case_id TEXT    NOT NULL REFERENCES cases (id),
  name    TEXT    NOT NULL,
  blob_id TEXT    NOT NULL REFERENCES blobs (id),
  made    INTEGER NOT NULL,
  made_by TEXT    NOT NULL,
  PRIMARY KEY (case_id, name)
) STRICT;

CREATE INDEX attachments_blob ON attachments (blob_id);

CREATE TABLE notes (
  id         TEXT    NOT NULL PRIMARY KEY,
  case_id    TEXT    NOT NULL REFERENCES cases (id),
  revision   INTEGER NOT NULL,
  target     TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  pinned     INTEGER NOT NULL,
  made       INTEGER NOT NULL,
  made_by    TEXT    NOT NULL,
  changed    INTEGER NOT NULL,
  changed_by TEXT    NOT NULL,
  deleted    INTEGER
) STRICT;

CREATE INDEX notes_case ON notes (case_id, id);

CREATE TABLE note_versions (
  note_id    TEXT    NOT NULL REFERENCES notes (id),
  revision   INTEGER NOT NULL,
  target     TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  pinned     INTEGER NOT NULL,
  changed    INTEGER NOT NULL,
  changed_by TEXT    NOT NULL,
  deleted    INTEGER,
  PRIMARY KEY (note_id, revision)
) STRICT;

CREATE TABLE traces (
  id            TEXT    NOT NULL PRIMARY KEY,
  case_id       TEXT    REFERENCES cases (id),
  question      TEXT    NOT NULL,
  status        TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  progress      TEXT,
  error         TEXT,
  input_digest  TEXT,
  result_digest TEXT,
  finalised     INTEGER,
  made          INTEGER NOT NULL,
  made_by       TEXT    NOT NULL,
  started       INTEGER,
  ended         INTEGER,
  result_blob   TEXT    REFERENCES blobs (id),
  saved_blob    TEXT    REFERENCES blobs (id)
) STRICT;

CREATE INDEX traces_case ON traces (case_id, id);
CREATE INDEX traces_status ON traces (status, id);
CREATE INDEX traces_result ON traces (result_blob);
CREATE INDEX traces_saved ON traces (saved_blob);

-- Who did what. Rows are never changed or removed: the triggers hold our own
-- code to that, not somebody with the file in his hands.
CREATE TABLE journal (
  seq     INTEGER NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  case_id TEXT,
  detail  TEXT
) STRICT;

CREATE INDEX journal_case ON journal (case_id, seq);

-- +goose StatementBegin
CREATE TRIGGER journal_kept BEFORE DELETE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is only added to');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER journal_unchanged BEFORE UPDATE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is only added to');
END;
-- +goose StatementEnd
