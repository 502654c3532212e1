package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"clew.example/clew/report/file"
	"clew.example/clew/serve/opsdb"
)

func newBackup(e env) *cobra.Command {
	var db string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database of cases, notes, traces and keys, also while it is in use",
		Long: `Writes the database as of one moment to a new file, while the server goes on, and checks what it wrote. The file is there
only when it is whole. Keep the SHA-256 that is printed apart from it. The ledger is copied by 'clew ledger copy'.`,
		Args: exactArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDB(cmd.Context(), e.dbPath(db), true, func(d *opsdb.DB) error {
				r, err := d.Backup(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return printReport(e.Out, "backup", &r, asJSON)
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newRestore(e env) *cobra.Command {
	var db, sum string
	var asJSON, force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the database",
		Long: `Checks a backup and puts a copy of it in the place of the database, which no process may have open. After a crash there
is the old database or the new one. Sessions and one-time links are not restored; keys that were revoked after the
backup are valid again.`,
		Args: exactArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt := opsdb.RestoreOptions{Force: force}
			if sum != "" {
				b, err := hex.DecodeString(sum)
				if err != nil || len(b) != sha256.Size {
					return fail(exitUsage, errors.New("--sha256: want 64 hex digits"), helpHint(cmd))
				}
				opt.SHA256 = (*[sha256.Size]byte)(b)
			}
			path := e.dbPath(db)
			r, err := opsdb.Restore(cmd.Context(), args[0], path, opt)
			if errors.Is(err, opsdb.ErrExists) {
				return fail(exitUsage, err, "--force puts the backup in its place")
			}
			if err != nil {
				return dbFailure(path, err)
			}
			return printReport(e.Out, "restored", &r, asJSON)
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().BoolVar(&force, "force", false, "replace the database that is there")
	cmd.Flags().StringVar(&sum, "sha256", "", "what the backup's SHA-256 must be")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// backupAnswer is what "clew backup --json" and "clew restore --json" print.
type backupAnswer struct {
	Schema string `json:"schema"`
	Done   string `json:"done"` // backup or restored
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Cases  int64  `json:"cases"`
	Notes  int64  `json:"notes"`
	Traces int64  `json:"traces"`
	Keys   int64  `json:"keys"`
}

func printReport(w io.Writer, done string, r *opsdb.Report, asJSON bool) error {
	sum := hex.EncodeToString(r.SHA256[:])
	if asJSON {
		return writeJSON(w, backupAnswer{"clew.backup/1", done, r.Path, r.Size, sum, r.Cases, r.Notes, r.Traces, r.Keys})
	}
	p := file.NewPage(w)
	p.Linef("%s: %s, %s", done, r.Path, size(r.Size))
	p.Linef("%s, %s, %s, %s", file.Plural(r.Cases, "case"), file.Plural(r.Notes, "note"), file.Plural(r.Traces, "trace"), file.Plural(r.Keys, "key"))
	p.Linef("sha256 %s", sum)
	return p.Err()
}
