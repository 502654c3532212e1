package flat

import (
	"bytes"
	"fmt"

	"clew.example/clew/internal/vfs"
)

// ForTestNoReinsert switches the mutant on that leaves the first step of undo
// out, and returns how to switch it off.
func ForTestNoReinsert() func() {
	mutantNoReinsert = true
	return func() { mutantNoReinsert = false }
}

// ForTestRows returns the committed bytes of every row column but those that
// say where blocks came from, and of the cells, by name.
func ForTestRows(v *View) map[string][]byte {
	rows := map[string][]byte{}
	for i := range specs {
		s := &specs[i]
		if s.kind != origin {
			rows[s.name] = bytes.Clone(v.l.cols[i].span(0, s.entries(&v.C)))
		}
	}
	return rows
}

// ForTestLayout returns the lines of the layout for comparison with the document.
func ForTestLayout() (lines []string) {
	kinds := map[kind]string{row: "row", cell: "cell", origin: "origin"}
	tables := []string{"blocks", "txs", "outs", "ins", "unknowns", "accounts", "heap", "skips", "files", "file bytes"}
	for _, s := range specs {
		sum := "no"
		if s.summed {
			sum = "yes"
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %d | %d | %s | %s |", s.name, tables[s.table], s.width, s.extra, kinds[s.kind], sum))
	}
	return lines
}

// ForTestWindow sets the number of rows a check holds in memory.
func ForTestWindow(o CheckOptions, n uint64) CheckOptions {
	o.window = n
	return o
}

// ForTestCell returns the bytes of one entry of a column or index file, for
// tests that damage it.
func ForTestCell(fs vfs.FS, name string, row uint64) ([]byte, error) {
	width, f := int64(8), vfs.File(nil)
	for i := range specs {
		if specs[i].name == name {
			width = specs[i].width
		}
	}
	f, err := fs.Open(name, vfs.ReadWrite)
	if err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b, err := f.Map(size)
	if err != nil {
		return nil, err
	}
	return b[int64(row)*width : int64(row+1)*width], nil
}
