package casefile

import (
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Limits: of the file and of a text in it in bytes, and of the entries of a
// list. What needs more is a list in a file beside.
const (
	sizeMax  = 1 << 20
	textMax  = 64 << 10
	itemsMax = 10_000
)

// Read reads and checks a case file of at most 1 MiB. An error names the line.
func Read(r io.Reader) (*Case, error) {
	root, err := parse(r)
	if err != nil {
		return nil, err
	}
	c := &Case{}
	seen := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if line, ok := seen[key.Value]; ok {
			return nil, fmt.Errorf("line %d: %.40q stands in line %d already", key.Line, key.Value, line)
		}
		seen[key.Value] = key.Line
		if err := c.set(key, value); err != nil {
			return nil, err
		}
	}
	if err := c.checkStarts(); err != nil {
		return nil, err
	}
	return c, nil
}

// parse returns the mapping that a case file is.
func parse(r io.Reader) (*yaml.Node, error) {
	text, err := io.ReadAll(io.LimitReader(r, sizeMax+1))
	if err != nil {
		return nil, err
	}
	if len(text) > sizeMax {
		return nil, fmt.Errorf("more than %d bytes", sizeMax)
	}
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		return nil, errors.New("the file is empty")
	} else if err != nil {
		return nil, plain(err)
	}
	if err := dec.Decode(&more); err == nil {
		return nil, fmt.Errorf("line %d: a second document: a case is one", more.Line)
	} else if err != io.EOF {
		return nil, plain(err)
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode || root.Anchor != "" {
		return nil, fmt.Errorf("line %d: want keys with values, such as title: a theft", root.Line)
	}
	return root, nil
}

// plain takes the name of the library off its errors: the line comes first.
func plain(err error) error { return errors.New(strings.TrimPrefix(err.Error(), "yaml: ")) }

// set sets what a key is for.
func (c *Case) set(key, value *yaml.Node) error {
	if key.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a key is a single word", key.Line)
	}
	f, ok := fieldOf(key.Value)
	if !ok {
		return fmt.Errorf("line %d: key %.40q is not known", key.Line, key.Value)
	}
	var err error
	switch {
	case f.text != nil:
		*f.text(c), err = text(value)
	case f.list != nil:
		*f.list(c), err = list(value)
	default:
		*f.truth(c), err = truth(value)
	}
	if err == nil {
		err = c.check(key.Value)
	}
	if err != nil {
		return fmt.Errorf("line %d: %s: %w", value.Line, key.Value, err)
	}
	return nil
}

// check checks and cleans what was set for a key.
func (c *Case) check(key string) (err error) {
	switch key {
	case "title":
		if strings.ContainsFunc(c.Title, unicode.IsControl) || len(c.Title) > 256 {
			return errors.New("want one line of at most 256 bytes")
		}
	case "policy":
		c.Policies, err = policies(c.Policies)
	case "start":
		return files(c.StartFiles)
	case "stop":
		return files(c.StopFiles)
	case "labels":
		return files(c.Labels)
	case "prices":
		c.Prices, err = CleanFile(c.Prices)
	case "facts":
		c.Facts, err = CleanFile(c.Facts)
	}
	return err
}

// scalar checks a single value as it was written: what YAML would make a
// number or a date stays text, so that 2019-01-25 means what it does in a flag.
func scalar(n *yaml.Node) (string, error) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return "", errors.New("anchors and aliases have no place in a case")
	case n.Kind != yaml.ScalarNode:
		return "", errors.New("want a single value")
	case n.Style&yaml.TaggedStyle != 0:
		return "", errors.New("tags have no place in a case")
	}
	return n.Value, checkText(n.Value)
}

// isNull says that a key has no value, which is as if it were not there.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func text(n *yaml.Node) (string, error) {
	if isNull(n) {
		return "", nil
	}
	return scalar(n)
}

// list reads a list of values, or one value as a list of one.
func list(n *yaml.Node) ([]string, error) {
	if isNull(n) {
		return nil, nil
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	switch {
	case n.Anchor != "":
		return nil, errors.New("anchors and aliases have no place in a case")
	case len(items) > itemsMax:
		return nil, fmt.Errorf("more than %d entries: put them into a file", itemsMax)
	}
	if len(items) == 0 {
		return nil, nil
	}
	values := make([]string, len(items))
	for i, item := range items {
		value, err := scalar(item)
		if value = strings.TrimSpace(value); err == nil && value == "" {
			err = errors.New("is empty")
		}
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		values[i] = value
	}
	return values, nil
}

func truth(n *yaml.Node) (bool, error) {
	value, err := scalar(n)
	switch {
	case err != nil:
		return false, err
	case value == "true", value == "false":
		return value == "true", nil
	}
	return false, errors.New("want true or false")
}

// policies splits names with commas between them, as the flag does.
func policies(values []string) (names []string, err error) {
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name == "" {
				return nil, errors.New("a name is empty")
			}
			names = append(names, name)
		}
	}
	return names, nil
}

// files checks paths and cleans them in place.
func files(names []string) (err error) {
	for i := range names {
		if names[i], err = CleanFile(names[i]); err != nil {
			return err
		}
	}
	return nil
}

// CleanFile checks that a path stays below the case's folder on any system, and
// returns it without . and .. in it: a case of somebody else must not read what
// he may not see.
func CleanFile(name string) (string, error) {
	clean := path.Clean(name)
	switch {
	case name == "":
		return "", nil
	case strings.Contains(name, `\`) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fmt.Errorf("file %.100q: want names with / between them", name)
	case path.IsAbs(name) || filepath.IsAbs(name) || filepath.VolumeName(name) != "":
		return "", fmt.Errorf("file %.100q: want a path relative to the case file", name)
	case clean == "." || !filepath.IsLocal(filepath.FromSlash(clean)):
		return "", fmt.Errorf("file %.100q: leaves the folder of the case file", name)
	}
	return clean, nil
}
