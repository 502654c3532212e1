package file

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"clew.example/clew/internal/plain"
)

// Page writes lines for people. Whatever a line is made of is made plain
// first, so that no stranger's text steers the terminal. The first error
// stays, and later lines are then left out.
type Page struct {
	w   io.Writer
	err error
}

// NewPage returns a page on w.
func NewPage(w io.Writer) *Page { return &Page{w: w} }

// Err returns the first error of writing.
func (p *Page) Err() error { return p.err }

// Linef writes a line, formatted as fmt does.
func (p *Page) Linef(format string, args ...any) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, plain.Text(fmt.Sprintf(format, args...))+"\n")
	}
}

// Columns is rows of cells that are written below each other.
type Columns struct {
	Right map[int]bool // columns that are aligned at their end, as amounts are
	rows  [][]string
}

// Add adds a row.
func (c *Columns) Add(cells ...string) { c.rows = append(c.rows, cells) }

// Write prints the rows. Cells are made plain before they are measured.
func (c *Columns) Write(p *Page, indent string) {
	var width []int
	for _, row := range c.rows {
		for i := range row {
			row[i] = plain.Text(row[i])
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range c.rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if c.Right[i] {
				b.WriteString(pad + cell + "  ")
			} else {
				b.WriteString(cell + pad + "  ")
			}
		}
		p.Linef("%s%s", indent, strings.TrimRight(b.String(), " "))
	}
}
