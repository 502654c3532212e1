//go:build integration

package integration_test

import (
	"bytes"
	wire "encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// rowColumn is a column whose bytes are a function of the chain alone.
type rowColumn struct {
	file, table string
	width, more uint64 // bytes of an entry; entries beyond the table's rows
}

var columnLine = regexp.MustCompile("(?m)^\\| `([a-z.]+)` \\| ([a-z]+) \\| (\\d+) \\| (\\d+) \\| row \\|")

// rowColumns reads them from the description of the format.
func rowColumns(t *testing.T) (columns []rowColumn) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "format", "flat.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range columnLine.FindAllStringSubmatch(string(text), -1) {
		width, _ := strconv.ParseUint(m[3], 10, 32)
		more, _ := strconv.ParseUint(m[4], 10, 32)
		columns = append(columns, rowColumn{m[1], m[2], width, more})
	}
	if len(columns) != 20 {
		t.Fatalf("docs/format/flat.md describes %d row columns, not 20: does the table read otherwise now?", len(columns))
	}
	return columns
}

// ends are the counts in an entry of blocks.end, in its order.
var ends = []string{"txs", "outs", "ins", "unknowns", "accounts", "heap", "skips"}

// rowsOf returns how many rows the tables of a ledger have.
func rowsOf(t *testing.T, l string) map[string]uint64 {
	t.Helper()
	blocks := show(t, l).Blocks
	b := read(t, l, "blocks.end")
	size := uint64(8 * len(ends))
	rows := map[string]uint64{"blocks": blocks}
	for i, table := range ends {
		rows[table] = wire.LittleEndian.Uint64(b[blocks*size+uint64(8*i):])
	}
	return rows
}

func read(t *testing.T, l, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(l, "bitcoin-simnet", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sameRows fails the test unless two ledgers have the same bytes in every row.
func sameRows(t *testing.T, have, want string) {
	t.Helper()
	rows := rowsOf(t, want)
	if got := rowsOf(t, have); fmt.Sprint(got) != fmt.Sprint(rows) {
		t.Errorf("the ledger has rows %v, want %v", got, rows)
		return
	}
	for _, c := range rowColumns(t) {
		n := (rows[c.table] + c.more) * c.width
		if !bytes.Equal(read(t, have, c.file)[:n], read(t, want, c.file)[:n]) {
			t.Errorf("column %s is not the same", c.file)
		}
	}
}

// digests returns the result digest of the trace of a case as of some heights.
func digests(t *testing.T, question, l string, heights ...int) (all []string) {
	t.Helper()
	for _, h := range heights {
		var result struct {
			Digest string `json:"result_digest"`
		}
		out := must(t, "trace", "--case", question, "--ledger", l, "--as-of", fmt.Sprint(h), "--json")
		if err := json.Unmarshal([]byte(out), &result); err != nil || result.Digest == "" {
			t.Fatalf("trace as of %d: digest %q, %v", h, result.Digest, err)
		}
		all = append(all, fmt.Sprintf("%d %s", h, result.Digest))
	}
	return all
}
