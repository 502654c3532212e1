package service

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notifier speaks to systemd, where it started us as Type=notify (sd_notify(3)).
// Elsewhere it does nothing. A message that can not be sent is dropped: the
// service manager being gone is no reason to end.
type Notifier struct {
	send func(state string)
}

// NewNotifier returns a Notifier for the socket that the environment names.
func NewNotifier() *Notifier {
	return &Notifier{send: func(state string) { _, _ = daemon.SdNotify(false, state) }}
}

// Ready says that the service is up.
func (n *Notifier) Ready() { n.send(daemon.SdNotifyReady) }

// Stopping says that the service is ending, which may take a while.
func (n *Notifier) Stopping() { n.send(daemon.SdNotifyStopping) }

// Status says in one line what the service is doing.
func (n *Notifier) Status(line string) { n.send("STATUS=" + line) }

// Watchdog says that the process is alive, until ctx ends, twice in the time
// that WatchdogSec allows. Without WatchdogSec it returns at once.
func (n *Notifier) Watchdog(ctx context.Context) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return
	}
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			n.send(daemon.SdNotifyWatchdog)
		case <-ctx.Done():
			return
		}
	}
}
