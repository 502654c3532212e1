package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// page writes lines for people. Whatever a line is made of is made plain
// first, so that no stranger's text steers the terminal. The first error
// stays, and later lines are then left out.
type page struct {
	w   io.Writer
	err error
}

func (p *page) linef(format string, args ...any) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, plain(fmt.Sprintf(format, args...))+"\n")
	}
}

// table is rows of cells, written in columns.
type table struct {
	right map[int]bool // columns that are aligned at their end, as amounts are
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the rows. Cells are made plain before they are measured.
func (t *table) write(p *page, indent string) {
	var width []int
	for _, row := range t.rows {
		for i := range row {
			row[i] = plain(row[i])
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if t.right[i] {
				b.WriteString(pad + cell + "  ")
			} else {
				b.WriteString(cell + pad + "  ")
			}
		}
		p.linef("%s%s", indent, strings.TrimRight(b.String(), " "))
	}
}

// count writes a number in groups of three digits.
func count[T ~int | ~int64 | ~uint64](n T) string { return groups(strconv.FormatInt(int64(n), 10)) }

// plural counts things whose name takes an s.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(n) + " " + thing + "s"
}

func groups(digits string) string {
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// size writes a number of bytes in units of 1,000.
func size(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	unit, tenths := 0, n*10
	for tenths >= 10_000 && unit < len(units)-1 {
		tenths, unit = tenths/1000, unit+1
	}
	if unit == 0 {
		return count(n) + " bytes"
	}
	return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, units[unit])
}

// clock writes a duration as a person would say it.
func clock(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// timeJSON writes the time of a block as RFC 3339 in UTC.
func timeJSON(unix uint32) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) }
