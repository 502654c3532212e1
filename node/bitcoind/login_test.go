package bitcoind_test

import (
	"os"
	"path/filepath"
	"testing"
)

// cookie writes a cookie file, a new one where no name is given.
func cookie(t *testing.T, name, text string) string {
	t.Helper()
	if name == "" {
		name = filepath.Join(t.TempDir(), ".cookie")
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
