package page_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/page"
)

func sceneOf(t testing.TB, name string) *page.Doc {
	switch name {
	case "peel":
		return peelScene(t, lot.FIFO, lot.Haircut)
	case "fan":
		return fanScene(t, lot.Policies()...)
	case "wide":
		return wideScene(t, 5000, lot.FIFO, lot.Haircut)
	case "still":
		return stillScene(t, lot.FIFO, lot.Haircut)
	case "back":
		return backScene(t, lot.Haircut, lot.Poison)
	case "pure":
		return fanScene(t, lot.Pure)
	}
	t.Fatalf("no scene %s", name)
	return nil
}

func scenes(t testing.TB) map[string]*page.Doc {
	all := map[string]*page.Doc{}
	for _, name := range []string{"peel", "fan", "wide", "still", "pure", "back"} {
		all[name] = sceneOf(t, name)
	}
	return all
}

// TestFinality: the page says how deep its block lay, or that this is not known.
func TestFinality(t *testing.T) {
	d := sceneOf(t, "peel")
	at := d.Result.Input.Tip.Height
	for newest, want := range map[ledger.Height]string{
		at - 1: `Final <b class="missing">not known</b>`, at + 2: "Not final <b>2 blocks on top</b>", at + 6: "Final <b>6 blocks or more on top</b>",
	} {
		d.Result.SetFinality(newest)
		var b bytes.Buffer
		if err := page.HTML(&b, d); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("newest block %d: no %q on the page, error %v", newest, want, err)
		}
	}
}

// TestWrite makes every scene; PAGES names a folder to look at them in.
func TestWrite(t *testing.T) {
	for name, d := range scenes(t) {
		for _, form := range []struct {
			ext   string
			write func(*bytes.Buffer) error
		}{
			{".html", func(b *bytes.Buffer) error { return page.HTML(b, d) }},
			{".svg", func(b *bytes.Buffer) error { return page.SVG(b, d) }},
		} {
			var b, again bytes.Buffer
			if err := form.write(&b); err != nil {
				t.Fatal(err)
			}
			if err := form.write(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Errorf("%s%s: not the same bytes twice, error %v", name, form.ext, err)
			}
			if dir := os.Getenv("PAGES"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+form.ext), b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%s%s: %d bytes", name, form.ext, b.Len())
		}
	}
}

// TestBare: without a graph there is a page and no flow; without a result there
// is an error.
func TestBare(t *testing.T) {
	d := fanScene(t, lot.FIFO)
	d.Graph = nil
	text := written(t, d)
	if strings.Contains(text["html"], `class="wide"`) || !strings.Contains(text["html"], "Northgate Exchange") {
		t.Error("a page without a graph has a flow, or no exits")
	}
	if !strings.Contains(text["svg"], "no graph") {
		t.Error("a picture without a graph does not say so")
	}
	var b bytes.Buffer
	if page.HTML(&b, &page.Doc{}) == nil || page.SVG(&b, &page.Doc{Result: &trace.Result{}}) == nil || b.Len() > 0 {
		t.Error("a page of nothing")
	}
}
