//go:build integration

package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// chromiums are the names under which systems install it.
var chromiums = []string{"chromium", "chromium-browser", "google-chrome"}

// TestPage opens the page of a trace in a real browser, in each width and
// colour scheme: it asks for nothing, the console stays silent, nothing is cut
// off or scrolls sideways, and it can be printed. CLEW_PICTURES names a folder
// for what was seen.
func TestPage(t *testing.T) {
	node, chromium := browser(t)
	page := filepath.Join(t.TempDir(), "page.html")
	for _, asked := range [][]string{
		{"--case", filepath.Join("..", "cases", "peel-2019", "case.yaml")},
		{"--case", filepath.Join("..", "cases", "peel-2019", "case.yaml"), "--policy", "haircut", "--min-value", "0.1btc", "--max-hops", "20"},
	} {
		must(t, append([]string{"trace", "--format", "html", "-o", page}, asked...)...)
		args := []string{"page.mjs", chromium, page}
		if folder := os.Getenv("CLEW_PICTURES"); folder != "" {
			args = append(args, folder)
		}
		cmd := exec.Command(node, args...)
		cmd.Dir = "browser"
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", asked, err, out)
		}
		if found := strings.TrimSpace(string(out)); found != "" {
			t.Errorf("%v:\n%s", asked, found)
		}
	}
}

// browser finds node, chromium and the library that drives it.
func browser(t *testing.T) (node, chromium string) {
	node, chromium = browsers(t)
	if _, err := os.Stat(filepath.Join("browser", "node_modules")); err != nil {
		t.Skip("integration/browser/node_modules is missing; scripts/browser.sh installs it")
	}
	return node, chromium
}

// browsers finds node and chromium.
func browsers(t *testing.T) (node, chromium string) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed; scripts/browser.sh installs what is missing")
	}
	for _, name := range chromiums {
		if chromium, err = exec.LookPath(name); err == nil {
			return node, chromium
		}
	}
	t.Skip("chromium is not installed; scripts/browser.sh installs it where apt-get is")
	return "", ""
}
