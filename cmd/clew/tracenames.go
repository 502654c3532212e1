package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/label"
	"clew.example/clew/ledger"
)

// traceNames is who is who for a trace, and what it was read from.
type traceNames struct {
	names           trace.Names
	labelSet, stops *string // digests; nil: no file was named
}

// chainWord is the chain of a network as arguments and lists name it.
func chainWord(n *bitcoin.Network) string {
	if n.Name == "mainnet" {
		return "bitcoin"
	}
	return chainPrefix + n.Name
}

// readLabels reads a file of claims.
func readLabels(path inputFile) (label.Set, error) {
	f, err := path.open()
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	defer f.Close()
	set, err := label.Read(f)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", path, err), "")
	}
	return set, nil
}

// claims are those of one flag's files about the accounts of a network.
type claims struct {
	all   label.Set
	named map[string]label.Claim // by account: the one that names it
}

// readClaims reads the files of a flag. What is no account is told beside,
// never guessed.
func readClaims(paths []inputFile, n *bitcoin.Network, beside io.Writer) (*claims, error) {
	c := &claims{named: map[string]label.Claim{}}
	for _, path := range paths {
		set, err := readLabels(path)
		if err != nil {
			return nil, err
		}
		warnSkipped(beside, path.String(), c.add(set, n))
		warnChainless(beside, path.String(), set)
	}
	return c, nil
}

// add joins claims, and returns those that are about no account.
func (c *claims) add(set label.Set, n *bitcoin.Network) []label.Skipped {
	c.all = append(c.all, set...)
	named, skipped := ofNetwork(set, n).Accounts(chainWord(n), func(s string) (ledger.Account, error) { return bitcoin.ParseAddress(s, n) })
	for account, claim := range named {
		if best, ok := c.named[account]; !ok || label.Compare(claim, best) < 0 {
			c.named[account] = claim
		}
	}
	return skipped
}

// addStops joins the addresses that a case says itself. They are few and
// meant, so one that is none is a fault of the case.
func (c *claims) addStops(stops []string, n *bitcoin.Network) error {
	for _, s := range stops {
		chain, address, err := splitStart(s)
		if err != nil {
			return fail(exitInput, fmt.Errorf("case: stop %.100q: %w", s, err), "")
		}
		if chain == nil {
			chain = n
		}
		if skipped := c.add(label.Set{{Chain: chainWord(chain), Subject: address}}, n); len(skipped) > 0 {
			return fail(exitInput, fmt.Errorf("case: stop %.100q: %w", s, skipped[0].Err), "")
		}
	}
	return nil
}

// digest is that of all claims, nil where nothing was named that could hold any.
func (c *claims) digest(named bool) *string {
	if !named {
		return nil
	}
	digest := c.all.Digest()
	return &digest
}

// ofNetwork returns the claims about a network, its chain named in one way.
func ofNetwork(set label.Set, n *bitcoin.Network) label.Set {
	var of label.Set
	known := map[string]bool{}
	for _, c := range set {
		is, seen := known[c.Chain]
		if !seen {
			chain, _, err := splitChain(c.Chain + ":")
			is = err == nil && chain == n
			known[c.Chain] = is
		}
		if is && c.Chain != "" {
			c.Chain = chainWord(n)
			of = append(of, c)
		}
	}
	return of
}

// warnedMax is how many lines of a file are named that were skipped.
const warnedMax = 5

func warnSkipped(w io.Writer, path string, skipped []label.Skipped) {
	for _, s := range skipped[:min(len(skipped), warnedMax)] {
		warn(w, "%s line %d: %v: skipped", path, s.Claim.Line, s.Err)
	}
	if more := len(skipped) - warnedMax; more > 0 {
		warn(w, "%s: %d more lines skipped", path, more)
	}
}

// warnChainless tells of claims that name no chain: they match nothing, which
// is easily overlooked.
func warnChainless(w io.Writer, path string, set label.Set) {
	n := 0
	for i := range set {
		if set[i].Chain == "" {
			n++
		}
	}
	if n > 0 {
		warn(w, "%s: %d lines skipped that name no chain, as in 'bitcoin ADDRESS'", path, n)
	}
}

// readNames reads labels and stops. A stop that is labelled too is a stop with
// the label's name.
func readNames(q *traceQuestion, n *bitcoin.Network, beside io.Writer) (t traceNames, err error) {
	labelled, err := readClaims(q.labels, n, beside)
	if err != nil {
		return t, err
	}
	listed, err := readClaims(q.stopFiles, n, beside)
	if err != nil {
		return t, err
	}
	if err := listed.addStops(q.stops, n); err != nil {
		return t, err
	}
	t = traceNames{names: trace.Names{}, labelSet: labelled.digest(len(q.labels) > 0), stops: listed.digest(len(q.stopFiles)+len(q.stops) > 0)}
	for account, c := range labelled.named {
		t.names[account] = nameOf(c)
	}
	for account, c := range listed.named {
		name, known := t.names[account]
		if !known {
			name = trace.Name{Entity: c.Label, Category: c.Category, Source: c.Source}
		}
		name.Stop = trace.KindListed
		t.names[account] = name
	}
	return t, nil
}

func nameOf(c label.Claim) trace.Name {
	name := trace.Name{Entity: c.Label, Category: c.Category, Source: c.Source}
	switch service, mixer := label.Stops(c.Category); {
	case service:
		name.Stop = trace.KindService
	case mixer:
		name.Stop = trace.KindMixer
	}
	return name
}

// readStarts reads starts from files of lines "chain address-or-txid". All are
// used: one that is skipped would be money that nobody follows.
func readStarts(paths []inputFile) (starts []string, err error) {
	for _, path := range paths {
		set, err := readLabels(path)
		if err != nil {
			return nil, err
		}
		for _, c := range set {
			start := c.Subject
			if c.Chain != "" {
				start = c.Chain + ":" + start
			}
			if _, _, err := splitStart(start); err != nil {
				return nil, fail(exitInput, fmt.Errorf("%s line %d: %w", path, c.Line, err), startForms)
			}
			starts = append(starts, start)
		}
		if len(set) == 0 {
			return nil, fail(exitInput, fmt.Errorf("%s: no start in it", path), startForms)
		}
	}
	return starts, nil
}

// momentFailure gives an error of a moment its code.
func momentFailure(where string, err error) error {
	if errors.Is(err, errNoBlock) {
		return fail(exitUsage, fmt.Errorf("%s: %w", where, err), "")
	}
	return err
}

// shellWord writes a word of a command line for a shell.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
