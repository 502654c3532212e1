package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"clew.example/clew/casefile"
	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/question"
)

// traceFlags are those of "clew trace".
type traceFlags struct {
	ledger, esplora, facts, cache          string
	offline                                bool
	rate                                   int
	policy, asOf, until, minValue, maxHops string
	starts, stops, labels                  []string
	backward, backwardSaid, asJSON         bool
	caseFile, prices, format, out          string

	asked   atomic.Pointer[string] // what an explorer was asked so far
	reached atomic.Pointer[string] // how far the trace is
}

// traceFormats are the values of --format.
var traceFormats = []string{"table", "json", "csv", "graphml", "svg", "html", "holders"}

const formatDefault = "table"

func (f *traceFlags) add(cmd *cobra.Command) {
	ledgerFlag(cmd, &f.ledger)
	flags := cmd.Flags()
	flags.StringVar(&f.esplora, "esplora", "", "ask an explorer instead of a ledger: the URL of its API, such as https://host/api")
	flags.StringVar(&f.cache, "cache", "", "folder where answers of explorers are kept (default: clew/esplora in the user's cache folder)")
	flags.BoolVar(&f.offline, "offline", false, "take the answers of explorers from the cache only")
	flags.IntVar(&f.rate, "rate", 0, fmt.Sprintf("requests to an explorer in a second, below 0 without limit (default %d)", esplora.DefaultPerSecond))
	flags.StringVar(&f.facts, "facts", "", "read a file of facts instead of a ledger (docs/format/facts.md)")
	flags.StringArrayVar(&f.starts, "start", nil, "file of starts, a line \"bitcoin TXID\" or \"bitcoin ADDRESS\" each (repeatable)")
	flags.StringVar(&f.caseFile, "case", "", "file of a case: starts, stops, labels and all else (docs/format/case.md)")
	flags.StringVar(&f.policy, "policy", "", "policies, the first of them ordering the exits: fifo, lifo, haircut, tiho, dirty_first, libr, pure, poison, or all\n(default "+question.PoliciesDefault+"; backward haircut,poison)")
	flags.StringVar(&f.asOf, "as-of", "", "answer as of a block: its height, or a time (default: the newest)")
	flags.StringVar(&f.minValue, "min-value", "", "do not follow outputs with less taint: base units, or coins as in 0.01btc")
	flags.StringVar(&f.maxHops, "max-hops", "", "do not follow outputs of transactions that are more hops away; the start's own is 0 away")
	flags.StringVar(&f.until, "until", "", "do not follow outputs that are spent after a block: its height, or a time")
	flags.StringArrayVar(&f.stops, "stop", nil, "file of addresses to stop at, a line \"bitcoin ADDRESS\" each (repeatable)")
	flags.StringArrayVar(&f.labels, "labels", nil, "file of labels, a CSV with the header chain,address,label,category[,source] (repeatable)")
	flags.StringVar(&f.prices, "prices", "", "file of prices, a CSV with the header time,asset,usd,krw,source: money beside coins")
	flags.BoolVar(&f.backward, "backward", false, "follow where the coins came from: policies haircut and poison")
	flags.StringVar(&f.format, "format", formatDefault, "format of the answer: "+strings.Join(traceFormats, ", "))
	flags.StringVarP(&f.out, "output", "o", "-", "file to write, - for standard output")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON, as --format json does")
}

// question gathers what a command line and a case ask together: what the
// command line says goes before what the case says, lists are joined.
func (f *traceFlags) question(args []string) (*question.Question, error) {
	q := &question.Question{
		Starts: args, AsOf: f.asOf, Until: f.until, MinValue: f.minValue, MaxHops: f.maxHops, Backward: f.backward,
		Files: question.Files{
			Starts: namedFiles(f.starts), Stops: namedFiles(f.stops), Labels: namedFiles(f.labels),
			Prices: namedFile(f.prices), Facts: namedFile(f.facts),
		},
	}
	if f.policy != "" {
		q.Policies = []string{f.policy}
	}
	if f.caseFile == "" {
		return q, nil
	}
	c, err := readCase(f.caseFile)
	if err != nil {
		return nil, err
	}
	q.Add(c, filepath.Dir(f.caseFile))
	if f.backwardSaid {
		q.Backward = f.backward
	}
	if f.ledger != "" || f.esplora != "" || f.offline {
		q.Files.Facts = namedFile(f.facts) // another source was named
	}
	return q, nil
}

func namedFile(name string) *question.File {
	if name == "" {
		return nil
	}
	return &question.File{Name: name}
}

func namedFiles(names []string) (files []question.File) {
	for _, name := range names {
		files = append(files, question.File{Name: name})
	}
	return files
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

// formatOf returns the format of the answer.
func (f *traceFlags) formatOf(backward bool) (string, error) {
	format := f.format
	if f.asJSON {
		if format != formatDefault && format != "json" {
			return "", fail(exitUsage, fmt.Errorf("--json and --format %.20s: one answer has one format", format), "")
		}
		format = "json"
	}
	switch {
	case !slices.Contains(traceFormats, format):
		return "", fail(exitUsage, fmt.Errorf("--format %.40q: want one of %s", format, strings.Join(traceFormats, ", ")), "")
	case format == "holders" && backward:
		return "", fail(exitUsage, errors.New("--format holders says who holds what was taken; backward nobody does"), "")
	}
	return format, nil
}

// withoutUser takes a name and a password out of a URL: command lines that are
// written into answers are shown to strangers.
func withoutUser(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.User == nil {
		return s
	}
	u.User = nil
	return u.String()
}

// rerun writes the command line that gives the same answer again, as of the
// block that this one was as of. Where names the ledger, if that is the source:
// another environment may have another default. Left out is what changes where
// an answer goes, not what it says.
func (f *traceFlags) rerun(args []string, where string, asOf ledger.Height) string {
	words := []string{"clew", "trace"}
	for _, arg := range args {
		words = append(words, shellWord(arg))
	}
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				words = append(words, "--"+flag, shellWord(v))
			}
		}
	}
	add("case", f.caseFile)
	add("start", f.starts...)
	add("ledger", where)
	add("facts", f.facts)
	add("esplora", withoutUser(f.esplora))
	add("cache", f.cache)
	if f.offline {
		words = append(words, "--offline")
	}
	add("policy", f.policy)
	add("min-value", f.minValue)
	add("max-hops", f.maxHops)
	add("until", f.until)
	add("stop", f.stops...)
	add("labels", f.labels...)
	add("prices", f.prices)
	if f.backwardSaid {
		words = append(words, "--backward="+strconv.FormatBool(f.backward))
	}
	return strings.Join(append(words, "--as-of", strconv.FormatUint(uint64(asOf), 10)), " ")
}

// shellWord writes a word of a command line for a shell.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
