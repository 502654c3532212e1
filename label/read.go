package label

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"clew.example/clew/internal/lines"
)

// Limits of single fields, in bytes. A label is shown in one line of a page.
const (
	labelMax = 256
	wordMax  = 64 // of a chain or a category
)

// Read reads a list or a table of labels, whichever the first line that is
// neither empty nor a comment shows it to be. An empty file is an empty set.
// Bounds: lines.Table.
func Read(r io.Reader) (Set, error) {
	in := lines.NewReader(r, lines.Table)
	first, err := in.NextFilled()
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if fields, ok := headerOf(first); ok {
		return readTable(in, fields)
	}
	return readList(in, first)
}

// headerOf returns the fields of a table's header: single words, one of which
// is chain or address.
func headerOf(line string) ([]string, bool) {
	fields, err := lines.AppendFields(nil, line)
	if err != nil || len(fields) < 2 {
		return nil, false
	}
	known := func(f string) bool { return strings.EqualFold(f, "chain") || strings.EqualFold(f, "address") }
	blank := func(f string) bool { return strings.ContainsAny(f, " \t") }
	return fields, slices.ContainsFunc(fields, known) && !slices.ContainsFunc(fields, blank)
}

func readTable(in *lines.Reader, header []string) (set Set, err error) {
	h, err := lines.ParseHeader(header, 4, "chain", "address", "label", "category", "source")
	if err != nil {
		return nil, in.Errorf("%w", err)
	}
	var row []string
	var f [5]string
	for {
		line, err := in.NextFilled()
		if err == io.EOF {
			return set, nil
		}
		if err != nil {
			return nil, err
		}
		if row, err = lines.AppendFields(row[:0], line); err == nil {
			err = h.Pick(f[:], row)
		}
		c := Claim{Chain: strings.ToLower(f[0]), Subject: f[1], Label: f[2], Category: strings.ToLower(f[3]), Source: f[4], Line: in.Line()}
		if err == nil {
			err = c.check()
		}
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		set = append(set, c)
	}
}

func readList(in *lines.Reader, line string) (set Set, err error) {
	for {
		c, err := parseListed(line)
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		c.Line = in.Line()
		set = append(set, c)
		if line, err = in.NextFilled(); err == io.EOF {
			return set, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// parseListed reads "chain subject [role...]", up to a word that begins a
// comment. A single word is a subject whose chain is not stated.
func parseListed(line string) (c Claim, err error) {
	words := strings.Fields(line)
	if i := slices.IndexFunc(words, func(w string) bool { return w[0] == '#' }); i >= 0 {
		words = words[:i]
	}
	for _, w := range words[:min(2, len(words))] {
		if strings.Contains(w, ",") {
			return c, fmt.Errorf("a comma in %.80q: a list is \"chain address\" a line, a table begins with the header chain,address,label,category", w)
		}
	}
	switch len(words) {
	case 0: // blanks of other alphabets
	case 1:
		c.Subject = words[0]
	default:
		c = Claim{Chain: strings.ToLower(words[0]), Subject: words[1], Label: strings.Join(words[2:], " ")}
	}
	return c, c.check()
}

func (c *Claim) check() error {
	switch {
	case c.Subject == "":
		return errors.New("no address")
	case len(c.Chain) > wordMax:
		return fmt.Errorf("chain %.80q is longer than %d bytes", c.Chain, wordMax)
	case len(c.Category) > wordMax:
		return fmt.Errorf("category %.80q is longer than %d bytes", c.Category, wordMax)
	case len(c.Label) > labelMax:
		return fmt.Errorf("label %.80q is longer than %d bytes", c.Label, labelMax)
	case len(c.Source) > labelMax:
		return fmt.Errorf("source %.80q is longer than %d bytes", c.Source, labelMax)
	}
	return nil
}
