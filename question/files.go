package question

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clew.example/clew/label"
	"clew.example/clew/price"
)

// File is a file that a question names.
type File struct {
	Folder string // of the case that names it, which it must not leave; empty: named by who asks
	Name   string // below Folder with / between names
}

// String is the path as it is shown.
func (f File) String() string { return filepath.Join(f.Folder, f.Name) }

// Opener opens a file of a question for reading.
type Opener func(File) (io.ReadCloser, error)

// Open opens a file of this machine. What a case names stays below the case's
// folder, links included: a case comes from somebody else.
func Open(f File) (io.ReadCloser, error) {
	if f.Folder == "" {
		return os.Open(f.Name)
	}
	return os.OpenInRoot(f.Folder, filepath.FromSlash(f.Name))
}

// Files are those that a question names. Facts is left to who opens a source.
type Files struct {
	Starts, Stops, Labels []File
	Prices, Facts         *File // nil: none
}

func filesOf(folder string, names []string) (files []File) {
	for _, name := range names {
		files = append(files, File{folder, name})
	}
	return files
}

// List is a file of claims that was read.
type List struct {
	Name   string // as warnings say it
	Claims label.Set
}

// Lists are what files of a question hold, or what somebody else read.
type Lists struct {
	Starts        []string     // to be added to those of the question
	Labels, Stops []List       // each counts as named, if it is empty too
	Prices        *price.Table // nil: none was named
}

// Read reads all files but Facts. A file that can not be opened is a
// *UsageError, one that can not be read an *InputError.
func (f *Files) Read(open Opener) (l *Lists, err error) {
	l = &Lists{}
	if l.Starts, err = readStarts(f.Starts, open); err != nil {
		return nil, err
	}
	if f.Prices != nil {
		if l.Prices, err = readFile(*f.Prices, FieldPrices, open, price.Read); err != nil {
			return nil, err
		}
	}
	if l.Labels, err = readLists(f.Labels, FieldLabels, open); err != nil {
		return nil, err
	}
	if l.Stops, err = readLists(f.Stops, FieldStops, open); err != nil {
		return nil, err
	}
	return l, nil
}

// readFile reads a file of a field.
func readFile[T any](file File, field string, open Opener, read func(io.Reader) (T, error)) (content T, err error) {
	r, err := open(file)
	if err != nil {
		return content, &UsageError{Field: field, Err: err}
	}
	if content, err = read(r); err != nil {
		err = &InputError{Field: field, Err: fmt.Errorf("%s: %w", file, err)}
	}
	return content, errors.Join(err, r.Close())
}

func readLists(files []File, field string, open Opener) (lists []List, err error) {
	for _, file := range files {
		set, err := readFile(file, field, open, label.Read)
		if err != nil {
			return nil, err
		}
		lists = append(lists, List{file.String(), set})
	}
	return lists, nil
}

// readStarts reads starts from files of lines "chain address-or-txid". All are
// used: one that is skipped would be money that nobody follows.
func readStarts(files []File, open Opener) (starts []string, err error) {
	lists, err := readLists(files, FieldStarts, open)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if len(l.Claims) == 0 {
			return nil, &InputError{FieldStarts, fmt.Errorf("%s: no start in it", l.Name), StartForms}
		}
		for _, c := range l.Claims {
			start := c.Subject
			if c.Chain != "" {
				start = c.Chain + ":" + start
			}
			if _, _, err := splitStart(start); err != nil {
				return nil, &InputError{FieldStarts, fmt.Errorf("%s line %d: %w", l.Name, c.Line, err), StartForms}
			}
			starts = append(starts, start)
		}
	}
	return starts, nil
}
