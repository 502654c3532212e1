//go:build integration

package integration_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clew.example/clew/bench/chain"
	"clew.example/clew/ledger"
)

// TestConsole drives the console, as it is built and served, in a real browser:
// serve/web/app/test/console.mjs says what is done and what must not be seen.
// CLEW_PICTURES names a folder for pictures of every page.
func TestConsole(t *testing.T) {
	node, chromium := browsers(t)
	useConsole(t)
	w := newWalk(t, chromium)
	defer w.term(t)
	asked, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), walkMax)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, filepath.Join("test", "console.mjs"))
	cmd.Dir = consoleDir
	cmd.Env = append(os.Environ(), "CLEW_CONSOLE="+string(asked))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// walkMax ends a walk that hangs. It takes some two minutes on two cores.
const walkMax = 8 * time.Minute

var consoleDir = filepath.Join("..", "serve", "web", "app")

// buildConsole builds what is missing of the console.
func buildConsole(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not installed; scripts/browser.sh installs what is missing")
	}
	if out, err := exec.Command(filepath.Join("..", "scripts", "web.sh")).CombinedOutput(); err != nil {
		t.Fatalf("scripts/web.sh: %v\n%s", err, out)
	}
}

// useConsole makes the clew under test one that has the console inside, until the
// test ends.
func useConsole(t *testing.T) {
	t.Helper()
	buildConsole(t)
	plain, with := binary, filepath.Join(t.TempDir(), "clew")
	build := exec.Command("go", "build", "-tags", "webapp", "-o", with, "clew.example/clew/cmd/clew")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build clew: %v\n%s", err, out)
	}
	binary = with
	t.Cleanup(func() { binary = plain })
}

// walk is what console.mjs is told.
type walk struct {
	*server  `json:"-"`
	URL      string `json:"url"`
	Link     string `json:"link"`
	Chromium string `json:"chromium"`
	Chain    string `json:"chain"`
	TxID     string `json:"txid"`
	Address  string `json:"address"`
	Block    string `json:"block"`
	Slow     string `json:"slow"`  // a start from which a trace takes a while
	Trace    string `json:"trace"` // the page of the shipped case
	Shots    string `json:"shots,omitempty"`
}

// walkedTxs gives a trace from the beginning seconds to run, in which it can be
// cancelled, and a trace from the end none.
const walkedTxs = 200_000

// newWalk makes what the demo makes: a made-up chain, the shipped case, a server.
func newWalk(t *testing.T, chromium string) walk {
	t.Helper()
	dir := t.TempDir()
	blocks, l, db := filepath.Join(dir, "chain"), filepath.Join(dir, "ledger"), filepath.Join(dir, "clew.db")
	generate := exec.Command("go", "run", "clew.example/clew/bench/chaingen", "-tx", strconv.Itoa(walkedTxs), "-seed", "1", "-network", "regtest", "-out", blocks)
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", generate, err, out)
	}
	must(t, append(ingestArgs(chain.BlocksDir(blocks), l), "--network", "regtest", "--first-height", "0")...)
	must(t, "case", "import", filepath.Join("..", "cases", "peel-2019", "case.yaml"), "--db", db, "--trace")
	ids, err := os.ReadFile(filepath.Join(blocks, chain.TxIDsFile))
	if err != nil {
		t.Fatal(err)
	}
	tx := func(i int) string { return ledger.TxID(ids[i*ledger.HashSize:][:ledger.HashSize]).String() }
	w := walk{server: serve(t, l, db), Chromium: chromium, Chain: "bitcoin-regtest", TxID: tx(walkedTxs * 19 / 20), Block: "100", Slow: tx(walkedTxs / 100), Shots: os.Getenv("CLEW_PICTURES")}
	_, link, _ := strings.Cut(must(t, "user", "link", "--db", db, "--url", w.url), "http")
	w.URL, w.Link = w.url, "http"+strings.TrimSpace(link)
	w.look(t)
	return w
}

// look finds an address that was paid, and the trace that the server made.
func (w *walk) look(t *testing.T) {
	t.Helper()
	var tx struct {
		Outputs []struct{ Account struct{ Address string } }
	}
	w.get("/v1/txs/"+w.Chain+"/"+w.TxID, &tx)
	w.Address = tx.Outputs[0].Account.Address
	var page struct{ Items []traceRun }
	w.get("/v1/traces", &page)
	if len(page.Items) != 1 {
		t.Fatalf("%d traces, want that of the case", len(page.Items))
	}
	if r := w.finish(page.Items[0].ID); r.Status != "done" {
		t.Fatalf("the trace of the case is %s", r.Status)
	}
	w.Trace = "/traces/" + page.Items[0].ID
	if w.Shots != "" {
		shots, err := filepath.Abs(w.Shots)
		if err != nil {
			t.Fatal(err)
		}
		w.Shots = filepath.Join(shots, "console")
	}
}
