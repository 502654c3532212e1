package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/sim/launder"
)

// regtestAddress is the address of an account of a made-up world.
func regtestAddress(ts *testscript.TestScript, name string) string {
	n, err := bitcoin.NetworkByName("regtest")
	ts.Check(err)
	a, ok := bitcoin.AppendAddress(nil, launder.AccountOf(name), n)
	if !ok {
		ts.Fatalf("%s has no address", name)
	}
	return string(a)
}

// cmdLabels is "labels FILE NAME=CATEGORY,LABEL...": it writes a file of
// labels. LABEL may hold escapes as Go strings do.
func cmdLabels(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: labels FILE NAME=CATEGORY,LABEL...")
	}
	var b strings.Builder
	b.WriteString("chain,address,label,category\n")
	for _, arg := range args[1:] {
		name, rest, _ := strings.Cut(arg, "=")
		category, text, _ := strings.Cut(rest, ",")
		text = strings.NewReplacer(`\e`, "\x1b", `\u202e`, "\u202e", `"`, `""`).Replace(text)
		fmt.Fprintf(&b, "bitcoin-regtest,%s,\"%s\",%s\n", regtestAddress(ts, name), text, category)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// cmdStops is "stops FILE NAME...": it writes a list of addresses.
func cmdStops(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: stops FILE NAME...")
	}
	var b strings.Builder
	for _, name := range args[1:] {
		fmt.Fprintf(&b, "bitcoin-regtest %s\n", regtestAddress(ts, name))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// cmdAltered is "altered FROM TO": it copies an answer and alters an amount.
func cmdAltered(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: altered FROM TO")
	}
	was := ts.ReadFile(args[0])
	is := strings.Replace(was, `"60"`, `"61"`, 1)
	if was == is {
		ts.Fatalf("%s holds no amount of 60", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(is), 0o644))
}

// cmdDigest is "digest A B": two answers whose results are the same.
func cmdDigest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: digest A B")
	}
	var digests [2]string
	for i, name := range args {
		_, rest, ok := strings.Cut(ts.ReadFile(name), `"result_digest":"`)
		if !ok {
			ts.Fatalf("%s has no result_digest", name)
		}
		digests[i], _, _ = strings.Cut(rest, `"`)
	}
	if digests[0] != digests[1] {
		ts.Fatalf("%s has %s, %s has %s", args[0], digests[0], args[1], digests[1])
	}
}
