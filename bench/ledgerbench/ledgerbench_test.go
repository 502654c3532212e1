package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

// TestMain lets the test binary be the child that the rows start.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			io.WriteString(os.Stderr, err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestEveryRow runs every group on a small chain, so that the rows do not rot:
// each checks the answers that it times.
func TestEveryRow(t *testing.T) {
	var table strings.Builder
	args := []string{"-tx", "20000", "-dir", t.TempDir(), "-only", groupNames()}
	if err := run(context.Background(), args, &table, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"ingest, all", "anonymous memory", "with --memory", "over the unbounded", "four times", "over the small one  ",
		"from block files", "from our scripted node",
		"disk", "full scan", "reach 500000:0", "reach 453101:0", "reach 2500000:1", "reach 4500001:0", "reach 4950000:0",
		"600 distinct", "new process", "pinned", "txid -> tx", "address -> its", "decode", "allocations per", "one-block", "transaction over HTTP, 50 clients", "address over HTTP, 8 clients", "small trace, its events and result over HTTP, 1 client", "its p99",
	} {
		if !strings.Contains(table.String(), row) {
			t.Errorf("no row %q", row)
		}
	}
	if t.Failed() {
		t.Log(table.String())
	}
}

func TestParse(t *testing.T) {
	c, err := parse(nil, io.Discard)
	if err != nil || c.params.Txs != 5_000_000 || !c.only["reach"] || c.only["big"] {
		t.Errorf("by default: %+v, %v", c, err)
	}
	c, err = parse([]string{"-only", "big,scan"}, io.Discard)
	if err != nil || !c.only["big"] || !c.only["scan"] || c.only["reach"] {
		t.Errorf("with -only: %+v, %v", c, err)
	}
	if _, err := parse([]string{"-only", "speed"}, io.Discard); err == nil || !strings.Contains(err.Error(), `no group "speed"`) {
		t.Errorf("unknown group: %v", err)
	}
}
