package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"clew.example/clew/ingest"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

// following tells the world how the ingest of nodes goes: the terminal, the
// service manager and Prometheus. Where nobody looks it writes only what an
// operator has to know: reorganisations, and nodes that are of no use or of
// another opinion.
type following struct {
	gauges *nodeGauges
	*daemon

	told sync.Mutex      // guards bad: nodes report from goroutines of their own
	bad  map[string]bool // nodes that were complained of
}

func newFollowing(ctx context.Context, e env, f *nodeFlags) (*following, error) {
	l := &following{gauges: newNodeGauges(), bad: map[string]bool{}}
	var err error
	l.daemon, err = newDaemon(ctx, e, f.metrics, l.gauges.registry)
	return l, err
}

// hook puts itself where ingest reports.
func (l *following) hook(opt *ingest.NodesOptions) {
	opt.Opened = func(flat.Meta) { l.notify.Ready() }
	opt.Progress = l.progress
	opt.Reorged = l.reorged
	opt.Nodes.Status = l.node
}

func (l *following) progress(p ingest.Progress) {
	l.gauges.progress(p)
	l.doing(nodesProgress(p, time.Now()))
}

func (l *following) reorged(r ingest.Reorg) {
	l.gauges.reorged(r)
	l.say("reorganisation: %s taken back from %d %s to %d", file.Plural(r.Depth, "block"), r.From.Height, r.From.Hash, r.To.Height)
}

// node complains of a node once, and says when it is well again. One that is
// some blocks behind is not worth a line.
func (l *following) node(s bitcoind.Status) {
	l.gauges.node(s)
	bad := s.State == bitcoind.StateOther || !s.State.Usable()
	l.told.Lock()
	was := l.bad[s.Node]
	l.bad[s.Node] = bad
	l.told.Unlock()
	switch {
	case bad && !was:
		l.say("node %s: %s: %s", s.Node, s.State, s.Detail)
	case was && !bad:
		l.say("node %s: %s, at block %d", s.Node, s.State, s.Height)
	}
}

// nodesProgress is a line such as
//
//	block 412,345 of 812,001  812 blocks/s  501,200 tx/s  160.2 MB/s
//	block 812,001  2m10s old
func nodesProgress(p ingest.Progress, now time.Time) string {
	if p.LeftCount == 0 {
		age := max(now.Sub(time.Unix(int64(p.Time), 0)), 0)
		return "block " + file.Count(int64(p.Height)) + "  " + clock(age.Round(time.Second)) + " old"
	}
	ms := max(p.Elapsed.Milliseconds(), 1)
	perSecond := func(n int64) int64 { return n * 1000 / ms }
	return strings.Join([]string{
		"block " + file.Count(int64(p.Height)) + " of " + file.Count(int64(p.Height)+int64(p.LeftCount)),
		file.Count(perSecond(int64(p.Blocks))) + " blocks/s",
		file.Count(perSecond(int64(p.Txs))) + " tx/s",
		size(perSecond(p.Bytes)) + "/s",
	}, "  ")
}
