package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"clew.example/clew/guard/watch"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/service"
	"clew.example/clew/node/bitcoind"
)

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
		registry:   service.NewRegistry(),
		height:     gauge("clew_ingest_height", "Height of the newest block in the ledger."),
		time:       gauge("clew_ingest_block_time_seconds", "Header time of that block, in Unix seconds."),
		lag:        gauge("clew_ingest_lag_blocks", "Blocks that a node showed and that are not in the ledger yet."),
		blocks:     newCounted("clew_ingest_blocks_total", "Blocks appended, those taken back later included."),
		txs:        newCounted("clew_ingest_transactions_total", "Transactions of the blocks appended."),
		bytes:      newCounted("clew_ingest_bytes_total", "Bytes of the blocks appended."),
		reorgs:     prometheus.NewCounter(prometheus.CounterOpts{Name: "clew_ingest_reorgs_total", Help: "Reorganisations."}),
		depth:      depthHistogram("clew_ingest_reorg_depth_blocks"),
		nodeUp:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "clew_node_up", Help: "1 if blocks are taken from the node."}, []string{"node"}),
		nodeHeight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "clew_node_height", Help: "Height of the node's newest block, as last seen."}, []string{"node"}),
	}
	g.registry.MustRegister(g.height, g.time, g.lag, g.blocks, g.txs, g.bytes, g.reorgs, g.depth, g.nodeUp, g.nodeHeight)
	return g
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

func depthHistogram(name string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: "Blocks that a reorganisation took back.", Buckets: []float64{1, 2, 3, 6, 10, 50, 100}})
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

// watchGauges are the figures of a watch.
type watchGauges struct {
	registry           *prometheus.Registry
	height, lag, waits prometheus.Gauge
	reorgs             prometheus.Counter
	depth              prometheus.Histogram
	changes            *prometheus.CounterVec
}

func newWatchGauges() *watchGauges {
	g := &watchGauges{
		registry: service.NewRegistry(),
		height:   gauge("clew_watch_height", "Height of the block that the trace stands at."),
		lag:      gauge("clew_watch_lag_blocks", "Blocks of the ledger that the trace has not seen."),
		waits:    gauge("clew_watch_pending_changes", "Changes that wait for delivery."),
		reorgs:   prometheus.NewCounter(prometheus.CounterOpts{Name: "clew_watch_reorgs_total", Help: "Times that blocks were taken back."}),
		depth:    depthHistogram("clew_watch_reorg_depth_blocks"),
		changes:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "clew_watch_changes_total", Help: "Changes told, by kind."}, []string{"kind"}),
	}
	g.registry.MustRegister(g.height, g.lag, g.waits, g.reorgs, g.depth, g.changes)
	return g
}

func (g *watchGauges) status(s watch.Status) {
	g.height.Set(float64(s.Done))
	g.lag.Set(float64(max(int64(s.Tip)-int64(s.Done), 0)))
	g.waits.Set(float64(s.Pending))
	if s.Undone > 0 {
		g.reorgs.Inc()
		g.depth.Observe(float64(s.Undone))
	}
}
