package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"clew.example/clew/question"
	"clew.example/clew/report/file"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
)

func newCase(e env) *cobra.Command {
	group := newGroup(&cobra.Command{
		Use:   "case",
		Short: "Carry cases between files and the server",
		Long: `A case in the console and a case file are the same thing: what 'clew trace --case' reads, with the lists that it names
beside it.`,
	})
	group.AddCommand(newCaseImport(e), newCaseList(e), newCaseExport(e))
	return group
}

func newCaseImport(e env) *cobra.Command {
	var db string
	var ask bool
	cmd := &cobra.Command{
		Use:   "import CASE.yaml | CASE.zip",
		Short: "Put a case into the database, with the files that it names",
		Args:  exactArgs("CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDB(cmd.Context(), e.dbPath(db), false, func(d *opsdb.DB) error {
				c, err := importCase(cmd.Context(), e, d, args[0])
				if err != nil {
					return err
				}
				fmt.Fprintln(e.Out, c.ID)
				if !ask {
					return nil
				}
				text, err := json.Marshal(job.FromCase(c.Content))
				if err == nil {
					_, err = d.AddTrace(cmd.Context(), auth.Owner, c.ID, text)
				}
				return err
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().BoolVar(&ask, "trace", false, "have the server trace it, now or when it starts")
	return cmd
}

func importCase(ctx context.Context, e env, d *opsdb.DB, path string) (*opsdb.Case, error) {
	if strings.EqualFold(filepath.Ext(path), ".zip") {
		return importArchive(ctx, e, d, path)
	}
	c, err := readCase(path)
	if err != nil {
		return nil, err
	}
	var files []opsdb.File
	for _, name := range c.Files() {
		r, err := question.Open(question.File{Folder: filepath.Dir(path), Name: name})
		if err != nil {
			return nil, fail(exitUsage, fmt.Errorf("file of the case: %w", err), "")
		}
		defer r.Close()
		files = append(files, opsdb.File{Name: name, Data: r})
	}
	return d.CreateCase(ctx, auth.Owner, c, files...)
}

func importArchive(ctx context.Context, e env, d *opsdb.DB, path string) (*opsdb.Case, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	c, skipped, err := d.ImportCase(ctx, auth.Owner, f, info.Size())
	for _, name := range skipped {
		warn(e.Err, "%s: the case does not name it: left out", name)
	}
	return c, err
}

// caseAnswer is a line of "clew case list --json".
type caseAnswer struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	Title    string `json:"title"`
	Changed  string `json:"changed"`
}

func newCaseList(e env) *cobra.Command {
	var db string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the cases of the database",
		Args:  exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDB(cmd.Context(), e.dbPath(db), true, func(d *opsdb.DB) error {
				list, err := allCases(cmd.Context(), d)
				if err != nil {
					return err
				}
				return printCases(e.Out, list, asJSON)
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func allCases(ctx context.Context, d *opsdb.DB) (all []opsdb.CaseHead, err error) {
	for after := ""; ; {
		page, err := d.Cases(ctx, opsdb.CaseFilter{}, opsdb.Page{After: after})
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1].ID
	}
}

func printCases(w io.Writer, list []opsdb.CaseHead, asJSON bool) error {
	if asJSON {
		answer := struct {
			Schema string       `json:"schema"`
			Cases  []caseAnswer `json:"cases"`
		}{"clew.cases/1", []caseAnswer{}}
		for _, c := range list {
			answer.Cases = append(answer.Cases, caseAnswer{c.ID, c.Revision, c.Title, c.Changed.UTC().Format(time.RFC3339)})
		}
		return writeJSON(w, answer)
	}
	p := file.NewPage(w)
	for _, c := range list {
		p.Linef("%s  %s  %s", c.ID, c.Changed.UTC().Format("2006-01-02 15:04"), c.Title)
	}
	if len(list) == 0 {
		p.Linef("no case")
	}
	return p.Err()
}

func newCaseExport(e env) *cobra.Command {
	var db, out string
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Write a case as a zip archive of its folder, or its file alone",
		Long: `Writes a case as 'clew trace --case' reads it: the file alone, or, where -o ends in .zip, an archive with the lists that
it names beside it.`,
		Args: exactArgs("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDB(cmd.Context(), e.dbPath(db), true, func(d *opsdb.DB) error {
				to, err := openOutput(e, out)
				if err != nil {
					return err
				}
				defer to.discard()
				if err := exportCase(cmd.Context(), d, args[0], strings.HasSuffix(out, ".zip"), to); err != nil {
					return err
				}
				return to.commit()
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().StringVarP(&out, "output", "o", "-", "file to write, - for standard output")
	return cmd
}

func exportCase(ctx context.Context, d *opsdb.DB, id string, archive bool, w io.Writer) error {
	if archive {
		return d.ExportCase(ctx, id, w)
	}
	c, err := d.Case(ctx, id)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, c.File)
	return err
}
