package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Result is a measured row.
type Result struct {
	Goal
	Here      float64
	Yardstick float64 // 0: none
	Notes     []string
}

// Ratio returns how many times better than the yardstick this run is; 0 where
// there is no yardstick.
func (r *Result) Ratio() float64 {
	if r.Yardstick == 0 || r.Here == 0 {
		return 0
	}
	if r.Unit.moreIsBetter() {
		return r.Here / r.Yardstick
	}
	return r.Yardstick / r.Here
}

// GateMet reports whether the ratio holds, which it must on any machine.
func (r *Result) GateMet() bool { return r.Gate == 0 || r.Ratio() >= r.Gate }

// GoalMet reports whether the figure is what a quiet machine should show.
func (r *Result) GoalMet() bool {
	switch {
	case r.Want == 0:
		return true
	case r.Unit.moreIsBetter():
		return r.Here >= r.Want
	}
	return r.Here <= r.Want
}

func (u Unit) moreIsBetter() bool {
	return u == TxRate || u == EdgeRate || u == LookRate || u == FracAbove
}

// Format writes a figure of a unit with three digits or so.
func (u Unit) Format(v float64) string {
	switch u {
	case TxRate:
		return metric(v) + " tx/s"
	case EdgeRate:
		return metric(v) + " edges/s"
	case LookRate:
		return metric(v) + "/s"
	case Bytes:
		return bytes(v)
	case Seconds:
		return duration(v)
	default:
		return digits(v)
	}
}

// metric writes a number with its decimal prefix: "38.6 k".
func metric(v float64) string {
	for _, p := range []struct {
		from float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		// Just below a step, rounding to three digits would show 1,000 of the
		// smaller prefix.
		if math.Abs(v) >= p.from*0.9995 {
			return digits(v/p.from) + " " + p.name
		}
	}
	return digits(v)
}

func bytes(v float64) string {
	if math.Abs(v) < 1e3 {
		return digits(v) + " B"
	}
	return metric(v) + "B"
}

func digits(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a >= 99.95:
		return fmt.Sprintf("%.0f", v)
	case a >= 9.995:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.0995:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.2g", v)
	}
}

func duration(s float64) string {
	switch {
	case s >= 1:
		return digits(s) + " s"
	case s >= 1e-4:
		return digits(s*1e3) + " ms"
	case s >= 1e-6:
		return digits(s*1e6) + " us"
	default:
		return time.Duration(s * 1e9).String()
	}
}

// Write prints the table and below it the notes of each row.
func Write(w io.Writer, results []Result) error {
	lines := [][]string{{"what", "best peer (recorded)", "yardstick, this run", "here", "ratio", "goal", ""}}
	for i := range results {
		lines = append(lines, results[i].cells())
	}
	var out strings.Builder
	writeAligned(&out, lines)
	for _, r := range results {
		for _, note := range r.Notes {
			fmt.Fprintf(&out, "\n%s: %s", strings.TrimSpace(r.What), note)
		}
	}
	out.WriteByte('\n')
	_, err := io.WriteString(w, out.String())
	return err
}

func (r *Result) cells() []string {
	c := []string{r.What, orDash(r.Peer), "-", r.Unit.Format(r.Here), "-", r.goal(), r.verdict()}
	if r.Yardstick != 0 {
		c[2] = r.Unit.Format(r.Yardstick)
		c[4] = digits(r.Ratio()) + "x"
	}
	return c
}

func (r *Result) goal() string {
	var parts []string
	if r.Want != 0 {
		bound := "<= "
		if r.Unit.moreIsBetter() {
			bound = ">= "
		}
		parts = append(parts, bound+r.Unit.Format(r.Want))
	}
	if r.Gate != 0 {
		parts = append(parts, "gate >= "+digits(r.Gate)+"x")
	}
	return orDash(strings.Join(parts, ", "))
}

// verdict says what is not met: a gate is worse than a goal, which a busy
// machine may miss.
func (r *Result) verdict() string {
	switch {
	case !r.GateMet():
		return "GATE MISSED"
	case !r.GoalMet():
		return "goal missed"
	case r.Want == 0 && r.Gate == 0:
		return ""
	}
	return "ok"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// writeAligned writes columns as wide as their widest cell, with a rule below
// the first line.
func writeAligned(out *strings.Builder, lines [][]string) {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for n, line := range lines {
		out.WriteString(strings.TrimRight(pad(line, width), " ") + "\n")
		if n == 0 {
			rule := make([]string, len(width))
			for i, w := range width {
				rule[i] = strings.Repeat("-", w)
			}
			out.WriteString(strings.TrimRight(pad(rule, width), " ") + "\n")
		}
	}
}

func pad(cells []string, width []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString(cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
	}
	return b.String()
}
