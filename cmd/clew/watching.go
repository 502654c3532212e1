package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"clew.example/clew/follow/lot"
	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/plain"
	"clew.example/clew/report/file"
)

// watching tells the changes of a watch, and how it goes.
type watching struct {
	out      io.Writer
	asJSON   bool
	policies []lot.Policy
	poster   *watch.Poster // nil: nothing is posted
	gauges   *watchGauges
	*daemon

	told   sync.Mutex // guards all below
	ready  bool
	failed string // what was complained of last
}

func newWatching(ctx context.Context, e env, f *watchFlags, policies []lot.Policy) (*watching, error) {
	w := &watching{out: e.Out, asJSON: f.asJSON, policies: policies, gauges: newWatchGauges()}
	if err := w.openPoster(f); err != nil {
		return nil, err
	}
	var err error
	w.daemon, err = newDaemon(ctx, e, f.metrics, w.gauges.registry)
	return w, err
}

func (w *watching) openPoster(f *watchFlags) (err error) {
	if f.post == "" {
		if f.secret != "" {
			return errors.New("--secret-file signs what --post sends: name a URL")
		}
		return nil
	}
	secrets, err := f.secrets()
	if err != nil {
		return err
	}
	w.poster, err = watch.NewPoster(watch.PosterOptions{URL: f.post, Secrets: secrets, Failed: w.complain})
	if err != nil {
		return fmt.Errorf("--post: %w", err)
	}
	return nil
}

// emit posts changes, then prints them: what could not be posted is told again
// as a whole, and a line that was printed was posted.
func (w *watching) emit(ctx context.Context, changes []watch.Change) error {
	if w.poster != nil {
		if err := w.poster.Post(ctx, changes); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	for i := range changes {
		if err := w.write(&b, &changes[i]); err != nil {
			return err
		}
		w.gauges.changes.WithLabelValues(string(changes[i].Kind)).Inc()
	}
	return w.aside(func() error {
		_, err := w.out.Write(b.Bytes())
		return err
	})
}

func (w *watching) write(b *bytes.Buffer, c *watch.Change) error {
	if w.asJSON {
		return writeJSON(b, c)
	}
	b.WriteString(plain.Text(changeText(c, w.policies)) + "\n")
	return nil
}

func (w *watching) status(s watch.Status) {
	w.gauges.status(s)
	if s.Err != nil {
		w.complain(s.Err)
	} else {
		w.well()
	}
	text := "at block " + file.Count(int64(s.Done))
	if s.Tip > s.Done {
		text += " of " + file.Count(int64(s.Tip))
	}
	w.doing(text)
}

// well notes that the watch goes on, or goes on again.
func (w *watching) well() {
	w.told.Lock()
	first, was := !w.ready, w.failed
	w.ready, w.failed = true, ""
	w.told.Unlock()
	if first {
		w.notify.Ready()
	}
	if was != "" {
		w.say("goes on")
	}
}

// complain says once what keeps the watch from going on.
func (w *watching) complain(err error) {
	text := err.Error()
	w.told.Lock()
	known := w.failed == text
	w.failed = text
	w.told.Unlock()
	if !known {
		w.say("waits: %s", text)
	}
}

// changeText is a change for people: the block, what happened, how it is known.
// Amounts are those of the first policy under which it happened.
func changeText(c *watch.Change, policies []lot.Policy) string {
	where := "block -"
	if c.Block != nil {
		where = "block " + file.Count(int64(c.Block.Height))
		if c.Block.Time != "" {
			where += " (" + file.When(c.Block.Time) + ")"
		}
	}
	return where + "  " + string(c.Kind) + "  " + whatChanged(c, policies)
}

func whatChanged(c *watch.Change, policies []lot.Policy) string {
	switch c.Kind {
	case watch.Watching:
		return watchingText(c, policies)
	case watch.Undone:
		return "the block left the chain, or says something else now: " + c.Undoes
	case watch.Moved:
		var from, to []watch.Place
		from, to = c.From, c.To
		return fmt.Sprintf("%s in %s: %s to %s", amountText(sumOf(from, policies), policies), c.TxID, file.Plural(len(from), "output"), placesText(to, policies))
	}
	if c.Output == nil {
		return c.TxID
	}
	text := placeText(c.Output, policies)
	switch {
	case c.Kind == watch.Cut:
		text += ", not followed: " + c.Reason.String()
	case c.Kind == watch.Ended:
		text += ", " + c.End.String()
	case c.Entity != "" || c.Category != "":
		text += ": " + strings.TrimSpace(c.Category+" "+c.Entity) + statedText(c.StatedBy)
	case c.Kind == watch.Reached:
		text += ": " + c.End.String()
	}
	return text
}

func statedText(by string) string {
	if by == "" {
		return ""
	}
	return ", stated by " + by
}

// watchingText says where the theft lies, by the first policy.
func watchingText(c *watch.Change, policies []lot.Policy) string {
	text := strings.ReplaceAll(c.Why, "_", " ")
	for _, p := range policies {
		r, ok := c.Totals[p]
		if !ok || len(r.Absorbers) == 0 {
			continue
		}
		var parts []string
		for _, a := range r.Absorbers {
			parts = append(parts, a.Kind.String()+" "+file.Coins(a.Amount.String()))
		}
		return text + "; " + p.String() + ": " + strings.Join(parts, ", ")
	}
	return text
}

// placesShown is how many outputs of a transaction a line names.
const placesShown = 3

func placesText(places []watch.Place, policies []lot.Policy) string {
	var parts []string
	for i := range places {
		if i == placesShown {
			parts = append(parts, fmt.Sprintf("%d more", len(places)-i))
			break
		}
		parts = append(parts, placeText(&places[i], policies))
	}
	if len(parts) == 0 {
		return "fees only"
	}
	return strings.Join(parts, ", ")
}

func placeText(p *watch.Place, policies []lot.Policy) string {
	who := p.Address
	if who == "" {
		who = p.Outpoint
	}
	return amountText(p.Amounts, policies) + " at " + who
}

// amountText is an amount under the first policy that has one.
func amountText(a watch.Amounts, policies []lot.Policy) string {
	for _, p := range policies {
		if n, ok := a[p]; ok {
			return file.Coins(n.String()) + " (" + p.String() + ")"
		}
	}
	return "nothing"
}

func sumOf(places []watch.Place, policies []lot.Policy) watch.Amounts {
	sum := watch.Amounts{}
	for i := range places {
		for _, p := range policies {
			if n, ok := places[i].Amounts[p]; ok {
				sum[p] += n
			}
		}
	}
	return sum
}
