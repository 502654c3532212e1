package casefile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// field is a key of a case file and where its value stands in a Case. One of
// the three is set.
type field struct {
	key   string
	text  func(*Case) *string
	list  func(*Case) *[]string
	truth func(*Case) *bool
}

// fields are all keys, in the order of a canonical file: what it is about, in
// what, from where to where, with what beside, and how.
var fields = []field{
	{key: "title", text: func(c *Case) *string { return &c.Title }},
	{key: "notes", text: func(c *Case) *string { return &c.Notes }},
	{key: "chain", text: func(c *Case) *string { return &c.Chain }},
	{key: "facts", text: func(c *Case) *string { return &c.Facts }},
	{key: "starts", list: func(c *Case) *[]string { return &c.Starts }},
	{key: "start", list: func(c *Case) *[]string { return &c.StartFiles }},
	{key: "stops", list: func(c *Case) *[]string { return &c.Stops }},
	{key: "stop", list: func(c *Case) *[]string { return &c.StopFiles }},
	{key: "labels", list: func(c *Case) *[]string { return &c.Labels }},
	{key: "prices", text: func(c *Case) *string { return &c.Prices }},
	{key: "policy", list: func(c *Case) *[]string { return &c.Policies }},
	{key: "as_of", text: func(c *Case) *string { return &c.AsOf }},
	{key: "until", text: func(c *Case) *string { return &c.Until }},
	{key: "min_value", text: func(c *Case) *string { return &c.MinValue }},
	{key: "max_hops", text: func(c *Case) *string { return &c.MaxHops }},
	{key: "backward", truth: func(c *Case) *bool { return &c.Backward }},
}

// fieldOf returns the field of a key.
func fieldOf(key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// Check says whether a case could be read from a file: the error names the
// key. Files are cleaned in place.
func (c *Case) Check() error {
	for _, f := range fields {
		if err := c.checkField(f); err != nil {
			return fmt.Errorf("%s: %w", f.key, err)
		}
	}
	return c.checkStarts()
}

func (c *Case) checkField(f field) error {
	switch {
	case f.text != nil:
		if err := checkText(*f.text(c)); err != nil {
			return err
		}
	case f.list != nil:
		if err := checkList(f.key, *f.list(c)); err != nil {
			return err
		}
	}
	return c.check(f.key)
}

// checkStarts: a case says where its trace begins.
func (c *Case) checkStarts() error {
	if len(c.Starts) == 0 && len(c.StartFiles) == 0 {
		return errors.New("no starts: a case says where its trace begins")
	}
	return nil
}

// checkText refuses what a file can not hold. NUL can be written in YAML, but
// databases and C programs end a text there.
func checkText(s string) error {
	switch {
	case len(s) > textMax:
		return fmt.Errorf("longer than %d bytes", textMax)
	case !utf8.ValidString(s):
		return errors.New("is not UTF-8")
	case strings.ContainsRune(s, 0):
		return errors.New("holds a NUL")
	}
	return nil
}

// checkList refuses lists that would come back changed from a file.
func checkList(key string, items []string) error {
	if len(items) > itemsMax {
		return fmt.Errorf("more than %d entries: put them into a file", itemsMax)
	}
	for i, item := range items {
		err := checkText(item)
		switch {
		case err != nil:
		case item == "":
			err = errors.New("is empty")
		case item != strings.TrimSpace(item):
			err = errors.New("begins or ends with a blank")
		case key == "policy" && strings.Contains(item, ","):
			err = errors.New("holds a comma: want one name")
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return nil
}
