//go:build integration

package integration_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// change is what the test reads of a line of "clew watch --json".
type change struct {
	ID     string
	Kind   string
	Undoes string
	Entity string
	Block  struct{ Hash string }
	text   string
}

// parseChange reads a line. The last one of a process that was killed may be
// cut, so it is no change.
func parseChange(t *testing.T, text string) (c change, ok bool) {
	t.Helper()
	if !json.Valid([]byte(text)) {
		return c, false
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	c.text = text
	return c, true
}

// standing returns the changes that were not taken back, in order. Those that
// were told again after a restart count once.
func standing(t *testing.T, lines []string) (list []string) {
	t.Helper()
	told := map[string]change{}
	var order []string
	for _, text := range lines {
		c, ok := parseChange(t, text)
		switch {
		case !ok || c.Kind == "watching":
		case c.Kind == "undone":
			delete(told, c.Undoes)
		default:
			if _, again := told[c.ID]; !again {
				order = append(order, c.ID)
			}
			told[c.ID] = c
		}
	}
	seen := map[string]bool{}
	for _, id := range order {
		if c, stands := told[id]; stands && !seen[id] {
			seen[id] = true
			list = append(list, c.text)
		}
	}
	return list
}

// sameChanges fails the test unless two lists of changes are the same.
func sameChanges(t *testing.T, have, want []string) {
	t.Helper()
	if len(have) != len(want) {
		t.Errorf("%d changes stand, want %d", len(have), len(want))
	}
	for i := range min(len(have), len(want)) {
		if have[i] != want[i] {
			t.Fatalf("change %d is\n%s\nwant\n%s", i, have[i], want[i])
		}
	}
}

// countKind counts the lines of one kind.
func countKind(lines []string, kind string) (n int) {
	for _, text := range lines {
		if strings.Contains(text, `"kind":"`+kind+`"`) {
			n++
		}
	}
	return n
}
