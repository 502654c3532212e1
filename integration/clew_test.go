//go:build integration

package integration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"clew.example/clew/bench/chain"
)

// binary is the clew under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "clew-integration")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "clew")
		build := exec.Command("go", "build", "-o", binary, "clew.example/clew/cmd/clew")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build clew: %v\n%s", err, out)
			return 1
		}
		made.dir = filepath.Join(dir, "chain")
		return m.Run()
	}())
}

// made is the generated chain that the tests of this package share.
var made struct {
	once sync.Once
	dir  string
	meta chain.Meta
	err  error
}

// madeTxs makes some seven commits: enough places to die between.
const madeTxs = 1_000_000

func madeChain(t *testing.T) (blocks string, meta chain.Meta) {
	t.Helper()
	made.once.Do(func() {
		p := chain.Defaults()
		p.Txs = madeTxs
		made.meta, made.err = chain.Generate(context.Background(), made.dir, p)
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return chain.BlocksDir(made.dir), made.meta
}

// clew runs a command to its end.
func clew(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return -1, "", err.Error()
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := clew(args...)
	if code != 0 {
		t.Fatalf("clew %v exits %d: %s", args, code, errs)
	}
	return out
}

// contents is what "ledger show" says of blocks and rows, and not of the files.
type contents struct {
	Blocks, Txs, Inputs, Outputs, Accounts uint64
	Tip                                    *struct {
		Height uint32
		Hash   string
	}
}

func (c contents) String() string {
	tip := "no tip"
	if c.Tip != nil {
		tip = fmt.Sprint(c.Tip.Height, " ", c.Tip.Hash)
	}
	return fmt.Sprint(c.Blocks, c.Txs, c.Inputs, c.Outputs, c.Accounts, tip)
}

func show(t *testing.T, l string) (c contents) {
	t.Helper()
	if err := json.Unmarshal([]byte(must(t, "ledger", "show", "--json", "--ledger", l)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// ingestArgs is the command line that takes in the made chain.
func ingestArgs(blocks, l string) []string {
	return []string{"ingest", "bitcoin", "--no-pow", "--blocks", blocks, "--ledger", l}
}

// truth fails the test if the ledger does not hold exactly the made chain.
func truth(t *testing.T, c contents, meta chain.Meta) {
	t.Helper()
	if c.Blocks != uint64(meta.Blocks) || c.Txs != uint64(meta.Txs) || c.Outputs != uint64(meta.Outputs) ||
		c.Inputs != uint64(meta.Inputs+meta.Blocks) || c.Accounts != uint64(meta.Addresses) {
		t.Errorf("the ledger holds %v, the chain %+v", c, meta)
	}
}
