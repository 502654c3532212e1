package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"clew.example/clew/internal/plain"
	"clew.example/clew/internal/service"
)

// daemon is what a command that goes on until it is told to end says of itself:
// to the terminal, the service manager and Prometheus.
type daemon struct {
	notify  *service.Notifier
	figures *service.Figures // nil: nobody asked for them
	stop    context.CancelFunc

	mu   sync.Mutex // guards err and line, which share a terminal
	err  io.Writer
	line *statusLine
}

// newDaemon serves figures on an address, if there is one.
func newDaemon(ctx context.Context, e env, address string, r *prometheus.Registry) (*daemon, error) {
	d := &daemon{notify: service.NewNotifier(), err: e.Err, line: newStatusLine(e.Err)}
	if address != "" {
		var err error
		if d.figures, err = service.ListenFigures(ctx, address, r); err != nil {
			return nil, fmt.Errorf("--metrics: %w", err)
		}
		d.say("figures at http://%s/metrics", d.figures.Address())
	}
	ctx, d.stop = context.WithCancel(ctx)
	go d.notify.Watchdog(ctx)
	context.AfterFunc(ctx, d.notify.Stopping)
	return d, nil
}

// doing says what is going on now: a line that the next one replaces.
func (d *daemon) doing(text string) {
	d.notify.Status(text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line.print(text)
}

// say writes a line that stays.
func (d *daemon) say(format string, args ...any) {
	_ = d.aside(func() error {
		_, err := fmt.Fprintln(d.err, "clew: "+plain.Text(fmt.Sprintf(format, args...)))
		return err
	})
}

// aside writes with the line of progress out of the way.
func (d *daemon) aside(write func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line.clear()
	return write()
}

// ended takes the line of progress away.
func (d *daemon) ended() { _ = d.aside(func() error { return nil }) }

func (d *daemon) close() {
	d.stop()
	if d.figures != nil {
		_ = d.figures.Close()
	}
}
