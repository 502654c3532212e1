package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clew.example/clew/follow/trace"
	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
	"clew.example/clew/report/page"
)

// writeTrace writes an answer in one of traceFormats.
func writeTrace(w io.Writer, format string, a *traceAnswer) error {
	switch format {
	case "table":
		return file.Table(w, a.Result, file.Options{Chain: a.network, Rerun: a.rerun})
	case "json":
		return writeResult(w, a.Result)
	case "csv":
		return file.CSV(w, a.Result)
	case "graphml":
		return file.GraphML(w, a.Graph)
	case "holders":
		return file.Holders(w, a.Result)
	case "html":
		return page.HTML(w, docOf(a))
	case "svg":
		return page.SVG(w, docOf(a))
	}
	return errFormat(format)
}

// writeResult writes a result as writeJSON would: sorted keys on one line, safe
// for a terminal. Results can have a million exits, so it makes no tree of them.
func writeResult(w io.Writer, r *trace.Result) error {
	line, err := trace.Canonical(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(lookup.EscapeUnprintable(line), '\n'))
	return err
}

// docOf is what pages and pictures are made of.
func docOf(a *traceAnswer) *page.Doc {
	return &page.Doc{
		Title: a.title, Notes: a.notes, Result: a.Result, Graph: a.Graph, Rerun: a.rerun, Version: buildVersion().Version,
		Network: a.network, Decimals: file.CoinDigits, Asset: "BTC",
	}
}

// output is where an answer goes. A file is written beside its place and moved
// there when it is whole, so whoever finds it finds all of it.
type output struct {
	io.Writer
	path   string
	temp   *os.File // renamed to path when all is written; nil: another way, or done
	device *os.File // what is no file; nil: another way, or done
}

// openOutput opens a file, or standard output for "-". Its folder must be
// there: a folder that a typing error makes is found by nobody.
func openOutput(e env, path string) (*output, error) {
	if path == "-" || path == "" {
		return &output{Writer: e.Out}, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link stays a link
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, fail(exitUsage, fmt.Errorf("-o %s: it is a folder", path), "")
	case err == nil && !info.Mode().IsRegular():
		return openDevice(path)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fail(exitUsage, fmt.Errorf("-o %s: %w", path, err), "its folder must exist and be writable")
	}
	return &output{Writer: temp, path: path, temp: temp}, nil
}

// openDevice writes to what is no file, such as a terminal, a pipe or /dev/null:
// a file in its place would take it from everybody.
func openDevice(path string) (*output, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, fail(exitUsage, fmt.Errorf("-o %s: %w", path, err), "")
	}
	return &output{Writer: f, path: path, device: f}, nil
}

// commit puts the file in its place.
func (o *output) commit() error {
	if o.device != nil {
		err := o.device.Close()
		o.device = nil
		return err
	}
	if o.temp == nil {
		return nil
	}
	err := errors.Join(o.temp.Chmod(0o644), o.temp.Sync(), o.temp.Close())
	if err == nil {
		err = os.Rename(o.temp.Name(), o.path)
	}
	if err != nil {
		return fail(exitUsage, fmt.Errorf("-o %s: %w", o.path, err), "")
	}
	o.temp = nil
	return nil
}

// discard takes back what was not committed.
func (o *output) discard() {
	if o.device != nil {
		o.device.Close()
	}
	if o.temp != nil {
		o.temp.Close()
		os.Remove(o.temp.Name())
	}
}
