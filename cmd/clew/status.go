package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"clew.example/clew/ingest"
	"clew.example/clew/internal/plain"
	"clew.example/clew/report/file"
)

// statusLine is the last line of a terminal, written over again and again. A
// nil one does nothing: that is what there is where nobody looks.
type statusLine struct {
	f *os.File
}

// newStatusLine returns the status line of w, nil if w is no terminal.
func newStatusLine(w io.Writer) *statusLine {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &statusLine{f: f}
}

// clearLine is "go to the first column, erase to the end".
const clearLine = "\r\x1b[K"

// print replaces the line. It is cut where the terminal ends: a longer one
// would wrap and could not be replaced.
func (s *statusLine) print(text string) {
	if s == nil {
		return
	}
	text = plain.Text(text)
	if width, _, err := term.GetSize(int(s.f.Fd())); err == nil && width > 1 {
		text = cutRunes(text, width-1)
	}
	_, _ = io.WriteString(s.f, clearLine+text)
}

func (s *statusLine) clear() {
	if s != nil {
		_, _ = io.WriteString(s.f, clearLine)
	}
}

// share prints a share of some work, in thousandths.
func (s *statusLine) share(doing string) func(thousandths int) {
	return func(t int) { s.print(fmt.Sprintf("%s  %d.%d %%", doing, t/10, t%10)) }
}

// clock prints what is being done and for how long, until the function that it
// returns is called.
func (s *statusLine) clock(doing func() string) (stop func()) {
	if s == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		began, tick := time.Now(), time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.print(doing() + "  " + clock(time.Since(began).Round(time.Second)))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// progressText is a line such as
//
//	61.3 %  block 412,345  812 blocks/s  501,200 tx/s  160.2 MB/s  12m05s left
//
// Shares and the time left go by bytes: blocks were small for years.
func progressText(p ingest.Progress) string {
	ms := max(p.Elapsed.Milliseconds(), 1)
	perSecond := func(n int64) int64 { return n * 1000 / ms }
	all := max(p.Bytes+p.LeftBytes, 1)
	thousandths := p.Bytes * 1000 / all
	parts := []string{
		fmt.Sprintf("%d.%d %%", thousandths/10, thousandths%10),
		"block " + file.Count(int64(p.Height)),
		file.Count(perSecond(int64(p.Blocks))) + " blocks/s",
		file.Count(perSecond(int64(p.Txs))) + " tx/s",
		size(perSecond(p.Bytes)) + "/s",
	}
	// The first blocks wait for files to be opened and tell nothing yet.
	if rate := perSecond(p.Bytes); rate > 0 && p.LeftBytes > 0 && p.Elapsed >= time.Second {
		parts = append(parts, clock(time.Duration(p.LeftBytes/rate)*time.Second)+" left")
	}
	return strings.Join(parts, "  ")
}
