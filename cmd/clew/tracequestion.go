package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"clew.example/clew/casefile"
	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// inputFile is a file that a command line or a case names.
type inputFile struct {
	folder string // of the case that names it, which it must not leave; empty: named by the user
	name   string
}

// open opens the file. What a case names stays below the case's folder, links
// included: a case comes from somebody else.
func (f inputFile) open() (*os.File, error) {
	if f.folder == "" {
		return os.Open(f.name)
	}
	return os.OpenInRoot(f.folder, filepath.FromSlash(f.name))
}

func (f inputFile) String() string { return filepath.Join(f.folder, f.name) }

func inputFiles(folder string, names []string) (files []inputFile) {
	for _, name := range names {
		files = append(files, inputFile{folder, name})
	}
	return files
}

// traceQuestion is what a command line and a case ask together, as text: what
// the command line says goes before what the case says, lists are joined.
type traceQuestion struct {
	title, notes                           string
	starts, stops                          []string // each after its chain and a colon, if that is said
	startFiles, stopFiles, labels          []inputFile
	prices, facts                          *inputFile // nil: none
	policy, asOf, until, minValue, maxHops string
	backward                               bool
}

// question gathers what is asked.
func (f *traceFlags) question(args []string) (*traceQuestion, error) {
	q := &traceQuestion{
		starts: args, startFiles: inputFiles("", f.starts), stopFiles: inputFiles("", f.stops), labels: inputFiles("", f.labels),
		prices: oneFile("", f.prices), facts: oneFile("", f.facts),
		policy: f.policy, asOf: f.asOf, until: f.until, minValue: f.minValue, maxHops: f.maxHops, backward: f.backward,
	}
	if f.caseFile == "" {
		return q, nil
	}
	c, err := readCase(f.caseFile)
	if err != nil {
		return nil, err
	}
	q.add(c, filepath.Dir(f.caseFile), f.backwardSaid)
	if f.ledger != "" || f.esplora != "" || f.offline {
		q.facts = oneFile("", f.facts) // another source was named
	}
	return q, nil
}

func oneFile(folder, name string) *inputFile {
	if name == "" {
		return nil
	}
	return &inputFile{folder, name}
}

func readCase(path string) (*casefile.Case, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	defer f.Close()
	c, err := casefile.Read(f)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", path, err), "")
	}
	return c, nil
}

// add joins what a case asks.
func (q *traceQuestion) add(c *casefile.Case, folder string, backwardSaid bool) {
	q.title, q.notes = c.Title, c.Notes
	q.starts = append(slices.Clone(q.starts), onChain(c.Chain, c.Starts)...)
	q.stops = onChain(c.Chain, c.Stops)
	q.startFiles = append(q.startFiles, inputFiles(folder, c.StartFiles)...)
	q.stopFiles = append(q.stopFiles, inputFiles(folder, c.StopFiles)...)
	q.labels = append(q.labels, inputFiles(folder, c.Labels)...)
	if q.prices == nil {
		q.prices = oneFile(folder, c.Prices)
	}
	if q.facts == nil {
		q.facts = oneFile(folder, c.Facts)
	}
	for _, s := range []struct {
		said *string
		of   string
	}{{&q.policy, strings.Join(c.Policies, ",")}, {&q.asOf, c.AsOf}, {&q.until, c.Until}, {&q.minValue, c.MinValue}, {&q.maxHops, c.MaxHops}} {
		if *s.said == "" {
			*s.said = s.of
		}
	}
	if !backwardSaid {
		q.backward = c.Backward
	}
}

// onChain puts the chain of a case before what names none.
func onChain(chain string, names []string) (named []string) {
	for _, name := range names {
		if n, _, err := splitStart(name); err == nil && n == nil && chain != "" {
			name = chain + ":" + name
		}
		named = append(named, name)
	}
	return named
}

// traceParams are what a question asks for, checked.
type traceParams struct {
	policies    []lot.Policy
	asOf, until *moment
	minValue    ledger.Amount
	maxHops     *uint32
	backward    bool
}

func (q *traceQuestion) params() (p traceParams, err error) {
	p.backward = q.backward
	if p.policies, err = q.policies(); err != nil {
		return p, fail(exitUsage, fmt.Errorf("--policy: %w", err), "")
	}
	if p.asOf, err = parseMomentFlag("as-of", q.asOf); err != nil {
		return p, err
	}
	if p.until, err = parseMomentFlag("until", q.until); err != nil {
		return p, err
	}
	if p.until != nil && q.backward {
		return p, fail(exitUsage, errors.New("--until says when coins were spent; backward it means nothing"), "")
	}
	if q.minValue != "" {
		if p.minValue, err = parseValue(q.minValue); err != nil {
			return p, fail(exitUsage, fmt.Errorf("--min-value %w", err), "")
		}
	}
	if q.maxHops != "" {
		n, err := strconv.ParseUint(q.maxHops, 10, 32)
		if err != nil {
			return p, fail(exitUsage, fmt.Errorf("--max-hops %.40q: want a number of hops", q.maxHops), "")
		}
		hops := uint32(n)
		p.maxHops = &hops
	}
	return p, nil
}

// policies reads the names of policies. Backward, only two mean anything.
func (q *traceQuestion) policies() ([]lot.Policy, error) {
	backward := []lot.Policy{lot.Haircut, lot.Poison}
	names := q.policy
	switch {
	case q.backward && (names == "all" || names == ""):
		return backward, nil
	case names == "all":
		return lot.Policies(), nil
	case names == "":
		names = policyDefault
	}
	var all []lot.Policy
	for _, name := range strings.Split(names, ",") {
		p, err := lot.ParsePolicy(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(all, p) {
			return nil, fmt.Errorf("%s is named twice", p)
		}
		if q.backward && !slices.Contains(backward, p) {
			return nil, fmt.Errorf("%s says where coins went, not where they came from: backward there are haircut and poison", p)
		}
		all = append(all, p)
	}
	return all, nil
}
