package trace

import (
	"strings"
	"testing"
)

// TestReadResultIsBounded needs the bound that ReadResult does not show.
func TestReadResultIsBounded(t *testing.T) {
	text := `{"schema":"clew.trace/1"` + strings.Repeat(" ", 100) + "}"
	for _, most := range []int64{1, 10, int64(len(text)) - 1} {
		if _, err := readResult(strings.NewReader(text), most); err == nil || !strings.Contains(err.Error(), "longer than") {
			t.Errorf("%d bytes allowed: %v", most, err)
		}
	}
	if _, err := readResult(strings.NewReader(text), int64(len(text))); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Errorf("just as long as allowed: %v", err)
	}
}
