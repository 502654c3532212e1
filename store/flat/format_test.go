package flat_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/store/flat"
)

// formatDoc is the description that these tests hold to the code.
const formatDoc = "../../docs/format/flat.md"

// doc returns the lines of the description below a heading, up to the next.
func doc(t *testing.T, heading string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(formatDoc)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut("\n"+string(text), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", formatDoc, heading)
	}
	section, _, _ := strings.Cut(rest, "\n#")
	return strings.Split(section, "\n")
}

// drawn is a row of a table of places: an offset, a size and what is there.
type drawn struct {
	at, size int
	what     string
}

// drawnIn reads the first such table below a heading and sees that it has no
// gap and ends at size.
func drawnIn(t *testing.T, heading string, size int) (table []drawn) {
	t.Helper()
	end := 0
	for _, line := range doc(t, heading) {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) < 3 {
			continue
		}
		at, err1 := strconv.Atoi(strings.TrimSpace(cells[0]))
		n, err2 := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err1 != nil || err2 != nil {
			continue // its head
		}
		if at != end {
			t.Errorf("%s: %q is drawn at %d, what is before ends at %d", heading, line, at, end)
		}
		end = at + n
		table = append(table, drawn{at, n, strings.TrimSpace(cells[2])})
	}
	if end != size {
		t.Errorf("%s: drawn to %d, the code has %d", heading, end, size)
	}
	return table
}

// TestFormatColumns: the document has the same columns as the code, in the
// same words.
func TestFormatColumns(t *testing.T) {
	var have []string
	for _, line := range doc(t, "## Columns") {
		if strings.HasPrefix(line, "| `") {
			have = append(have, line)
		}
	}
	want := flat.ForTestLayout()
	for i := range max(len(have), len(want)) {
		var h, w string
		if i < len(have) {
			h = have[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if h != w {
			t.Errorf("column %d:\n%s: %s\ncode: %s", i, formatDoc, h, w)
		}
	}
}

// TestFormatEntries: entries of several parts are drawn to their full width.
func TestFormatEntries(t *testing.T) {
	parts := map[string]int{"blocks.end": 7, "blocks.sum": 2, "skips": 3, "unknowns.prev": 2, "blocks.raw": 5, "files.end": 3}
	for name, n := range parts {
		if table := drawnIn(t, "### `"+name+"`", width(t, name)); len(table) != n {
			t.Errorf("%s: %d parts drawn, want %d", name, len(table), n)
		}
	}
}

// width returns the bytes of an entry of a column.
func width(t *testing.T, name string) int {
	t.Helper()
	for _, line := range flat.ForTestLayout() {
		if cells := strings.Split(line, " | "); cells[0] == "| `"+name+"`" {
			n, err := strconv.Atoi(cells[2])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no column %s", name)
	return 0
}

// TestFormatRecord sets one field of a record after the other and sees that
// exactly the bytes drawn for it change.
func TestFormatRecord(t *testing.T) {
	blank, fields := flat.ForTestRecordFields()
	full := flat.ForTestRecord()
	for _, d := range drawnIn(t, "## record", flat.ForTestSlotBytes) {
		place := full[d.at : d.at+d.size]
		switch d.what {
		case "magic":
			if string(place) != "clewflat" {
				t.Errorf("magic %q", place)
			}
		case "format":
			if n := binary.LittleEndian.Uint32(place); n != flat.Format {
				t.Errorf("format %d, the code has %d", n, flat.Format)
			}
		case "zero":
			if !bytes.Equal(place, make([]byte, d.size)) {
				t.Errorf("bytes %d to %d are not zero", d.at, d.at+d.size)
			}
		case "sum":
			if sum := sha256.Sum256(full[:d.at]); !bytes.Equal(place, sum[:]) {
				t.Errorf("sum is not the SHA-256 of the %d bytes before", d.at)
			}
		default:
			place := d
			if d.what == "flags" {
				place.size = 1 // one flag so far
			}
			changes(t, "record", place, blank[:448], fields[d.what])
			delete(fields, d.what)
		}
	}
	for name := range fields {
		t.Errorf("record: field %q is not drawn", name)
	}
}

// TestFormatLive does the same for live, word by word.
func TestFormatLive(t *testing.T) {
	blank, fields := flat.ForTestLiveFields()
	for _, d := range drawnIn(t, "## live", flat.ForTestLiveWords) {
		switch d.what {
		case "magic":
			if blank[d.at] != flat.ForTestLiveMagic || blank[d.at]>>40 != 0x6c6976 || blank[d.at]&(1<<40-1) != flat.Format {
				t.Errorf("magic %#x", blank[d.at])
			}
		case "sequence":
			if blank[d.at] == 0 || blank[d.at]&1 != 0 {
				t.Errorf("sequence %d after one writing", blank[d.at])
			}
		default:
			changes(t, "live", d, blank, fields[d.what])
			delete(fields, d.what)
		}
	}
	for name := range fields {
		t.Errorf("live: field %q is not drawn", name)
	}
}

// changes sees that b differs from blank in all of the place drawn and nowhere
// else.
func changes[T comparable](t *testing.T, what string, d drawn, blank, b []T) {
	t.Helper()
	if b == nil {
		t.Errorf("%s: drawn field %q is not in the code", what, d.what)
		return
	}
	var at []int
	for i := range blank {
		if b[i] != blank[i] {
			at = append(at, i)
		}
	}
	if len(at) != d.size || at[0] != d.at || at[len(at)-1] != d.at+d.size-1 {
		t.Errorf("%s: field %q is drawn at %d, %d long; it changes %v", what, d.what, d.at, d.size, at)
	}
}

// TestFormatSizes pins every stored size. A new number here is a new format.
func TestFormatSizes(t *testing.T) {
	pinned := []struct {
		name   string
		bytes  int
		reason string
	}{
		{"blocks.header", 80, "the chain's own"},
		{"blocks.hash", 32, "double SHA-256"},
		{"blocks.end", 56, "seven counts of 8: all that a cut goes back to"},
		{"blocks.sum", 80, "a CRC-32C for each of 19 columns, and one of these"},
		{"txs.id", 32, "double SHA-256; cut short, a stranger could make two alike"},
		{"txs.out", 5, "a row of 40 bits: four bytes end at 4.3 billion, which outputs will pass"},
		{"txs.in", 5, "likewise"},
		{"txs.traits", 8, "64 bits of habits, 33 in use"},
		{"txs.weight", 4, "a block has at most 4,000,000"},
		{"outs.value", 8, "the chain's own"},
		{"outs.account", 5, "a row"},
		{"outs.prev", 8, "a row of 40 bits and a place in the list modulo 2^24"},
		{"ins.out", 5, "a row of 39 bits and the marks beside it"},
		{"unknowns.prev", 36, "an outpoint"},
		{"unknowns.value", 8, "the chain's own"},
		{"unknowns.account", 5, "a row"},
		{"unknowns.in", 5, "a row"},
		{"accounts.script", 5, "2^40 bytes of scripts"},
		{"heap", 1, "a byte"},
		{"skips", 15, "three rows"},
		{"outs.spender", 8, "a cell is stored as one aligned word, or readers would see half of it"},
		{"accounts.head", 8, "likewise"},
		{"blocks.raw", 24, "file, size, offset, their sum, and zeros up to 8 bytes"},
		{"files.end", 16, "end, sum of the name, and zeros up to 8 bytes"},
		{"files.name", 1, "a byte"},
	}
	if n := len(flat.ForTestLayout()); n != len(pinned) {
		t.Errorf("%d columns, %d pinned", n, len(pinned))
	}
	for _, p := range pinned {
		if n := width(t, p.name); n != p.bytes {
			t.Errorf("%s: %d bytes an entry, pinned are %d: %s", p.name, n, p.bytes, p.reason)
		}
	}
	files := []int{flat.ForTestSlotBytes, flat.ForTestSlotStride, flat.ForTestRecordBytes, flat.ForTestLiveBytes}
	// A slot lies in a page of its own, so that writing one can not tear the
	// other; live is one page, the least that can be mapped.
	if want := []int{480, 4096, 8192, 4096}; !slices.Equal(files, want) {
		t.Errorf("slot, stride, record, live: %v, pinned are %v", files, want)
	}
}
