package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"clew.example/clew/ingest"
	"clew.example/clew/internal/plain"
	"clew.example/clew/internal/service"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

// following tells the world how the ingest of nodes goes: the terminal, the
// service manager and Prometheus. Where nobody looks it writes only what an
// operator has to know: reorganisations, and nodes that are of no use or of
// another opinion.
type following struct {
	notify  *service.Notifier
	figures *service.Figures
	gauges  *nodeGauges
	stop    context.CancelFunc

	mu   sync.Mutex // guards all below: nodes report from goroutines of their own
	err  io.Writer
	line *statusLine
	bad  map[string]bool // nodes that were complained of
}

func newFollowing(ctx context.Context, e env, f *nodeFlags) (*following, error) {
	l := &following{notify: service.NewNotifier(), gauges: newNodeGauges(), err: e.Err, line: newStatusLine(e.Err), bad: map[string]bool{}}
	if f.metrics != "" {
		var err error
		if l.figures, err = service.ListenFigures(ctx, f.metrics, l.gauges.registry); err != nil {
			return nil, fmt.Errorf("--metrics: %w", err)
		}
		l.say("figures at http://%s/metrics", l.figures.Address())
	}
	ctx, l.stop = context.WithCancel(ctx)
	go l.notify.Watchdog(ctx)
	context.AfterFunc(ctx, l.notify.Stopping)
	return l, nil
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
	text := nodesProgress(p, time.Now())
	l.notify.Status(text)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line.print(text)
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
	l.mu.Lock()
	was := l.bad[s.Node]
	l.bad[s.Node] = bad
	l.mu.Unlock()
	switch {
	case bad && !was:
		l.say("node %s: %s: %s", s.Node, s.State, s.Detail)
	case was && !bad:
		l.say("node %s: %s, at block %d", s.Node, s.State, s.Height)
	}
}

// say writes a line that stays.
func (l *following) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line.clear()
	fmt.Fprintln(l.err, "clew: "+plain.Text(fmt.Sprintf(format, args...)))
}

// ended takes the status line away.
func (l *following) ended() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line.clear()
}

func (l *following) close() {
	l.stop()
	if l.figures != nil {
		_ = l.figures.Close()
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

// nodeGauges are the figures of an ingest from nodes.
type nodeGauges struct {
	registry           *prometheus.Registry
	height, time, lag  prometheus.Gauge
	blocks, txs, bytes *counted
	reorgs             prometheus.Counter
	depth              prometheus.Histogram
	nodeUp, nodeHeight *prometheus.GaugeVec
}

func newNodeGauges() *nodeGauges {
	g := &nodeGauges{
		registry: service.NewRegistry(),
		height:   gauge("clew_ingest_height", "Height of the newest block in the ledger."),
		time:     gauge("clew_ingest_block_time_seconds", "Header time of that block, in Unix seconds."),
		lag:      gauge("clew_ingest_lag_blocks", "Blocks that a node showed and that are not in the ledger yet."),
		blocks:   newCounted("clew_ingest_blocks_total", "Blocks appended, those taken back later included."),
		txs:      newCounted("clew_ingest_transactions_total", "Transactions of the blocks appended."),
		bytes:    newCounted("clew_ingest_bytes_total", "Bytes of the blocks appended."),
		reorgs:   prometheus.NewCounter(prometheus.CounterOpts{Name: "clew_ingest_reorgs_total", Help: "Reorganisations."}),
		depth: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "clew_ingest_reorg_depth_blocks",
			Help: "Blocks that a reorganisation took back.", Buckets: []float64{1, 2, 3, 6, 10, 50, 100}}),
		nodeUp:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "clew_node_up", Help: "1 if blocks are taken from the node."}, []string{"node"}),
		nodeHeight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "clew_node_height", Help: "Height of the node's newest block, as last seen."}, []string{"node"}),
	}
	g.registry.MustRegister(g.height, g.time, g.lag, g.blocks, g.txs, g.bytes, g.reorgs, g.depth, g.nodeUp, g.nodeHeight)
	return g
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

// counted is a counter that is told a sum.
type counted struct {
	prometheus.Counter
	sum int64
}

func newCounted(name, help string) *counted {
	return &counted{Counter: prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})}
}

func (c *counted) reach(sum int64) {
	c.Add(float64(sum - c.sum))
	c.sum = sum
}

func (g *nodeGauges) progress(p ingest.Progress) {
	g.height.Set(float64(p.Height))
	g.time.Set(float64(p.Time))
	g.lag.Set(float64(p.LeftCount))
	g.blocks.reach(int64(p.Blocks))
	g.txs.reach(int64(p.Txs))
	g.bytes.reach(p.Bytes)
}

func (g *nodeGauges) reorged(r ingest.Reorg) {
	g.reorgs.Inc()
	g.depth.Observe(float64(r.Depth))
}

func (g *nodeGauges) node(s bitcoind.Status) {
	up := 0.0
	if s.State.Usable() {
		up = 1
	}
	g.nodeUp.WithLabelValues(s.Node).Set(up)
	g.nodeHeight.WithLabelValues(s.Node).Set(float64(s.Height))
}
