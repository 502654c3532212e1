// Package report holds what is measured: each row's goal, what the best peer
// was measured at, and the table that shows them beside this run.
package report

// Unit says what a figure counts; it decides how it is written and which way
// is better.
type Unit int

// The units of rows. Of rates more is better, of the rest less.
const (
	TxRate    Unit = iota // transactions a second
	EdgeRate              // edges a second
	LookRate              // look-ups a second
	Seconds               // seconds, written as ms or us where small
	Bytes                 // bytes, written as MB or GB of powers of ten
	Factor                // a quotient of two runs
	FracAbove             // likewise, but more is better
)

// Goal is one row of the table before it is measured.
//
// Peers' figures are records, not measured again: BlockSci 14ccc93 (2020-11-13)
// and btcd v0.24.2 on the chain of 5,000,000 transactions, seed 1, on a machine
// of 2 cores (AMD EPYC) and 24 GB that others shared, all data in the page
// cache, 2026-11-20. For the forward walk of 500000:0 the others measured on the
// same edges were PostgreSQL 15.20 (0.32-0.55 M edges/s), DuckDB 1.5.6 (0.9-2.6 M)
// and networkx 2.8.8 (0.20-0.25 M; 0.85 M for a loop written by hand).
type Goal struct {
	What string
	Peer string // the best peer's recorded figure; empty where none does it
	Unit Unit
	Want float64 // what a quiet machine of that kind should show; 0: no goal
	// Gate is the least ratio to the yardstick in the same run; 0 where the row
	// has no yardstick. It holds on any machine; Want does not.
	Gate float64
}

// The rows that need only the ledger.
var (
	Ingest        = Goal{What: "ingest, all indexes, commits durable", Peer: "BlockSci 38.6 k tx/s", Unit: TxRate, Want: 500e3}
	IngestAnon    = Goal{What: "  its anonymous memory, peak", Peer: "BlockSci 2.77 GB RSS", Unit: Bytes, Want: 300e6}
	IngestSmall   = Goal{What: "ingest with --memory for a third of the tables", Unit: TxRate}
	IngestSmallR  = Goal{What: "  its rate over the unbounded one", Unit: FracAbove, Want: 0.4}
	IngestBig     = Goal{What: "ingest of four times the chain", Unit: TxRate}
	IngestBigR    = Goal{What: "  its rate over the small one", Unit: FracAbove, Want: 0.7}
	NodeFiles     = Goal{What: "ingest of a stretch from block files", Unit: TxRate}
	NodeMock      = Goal{What: "  the same from our scripted node, JSON-RPC", Unit: TxRate}
	NodeBtcd      = Goal{What: "  the same from btcd v0.26.2, JSON-RPC", Unit: TxRate}
	Commit        = Goal{What: "one-block durable commit", Unit: Seconds, Want: 10e-3}
	Disk          = Goal{What: "disk after ingest", Peer: "BlockSci 2.5 GB", Unit: Bytes, Want: 1.4e9}
	Scan          = Goal{What: "full scan, sum of outputs, 1 thread", Peer: "BlockSci 82 M tx/s", Unit: TxRate, Want: 200e6}
	Reach         = Goal{What: "reach 500000:0, 1 thread", Peer: "BlockSci 12.3 M (6.7 M public API)", Unit: EdgeRate, Want: 100e6, Gate: 4}
	ReachSecond   = Goal{What: "reach 453101:0", Peer: "BlockSci 12.7 M (7.1 M public API)", Unit: EdgeRate}
	ReachMiddle   = Goal{What: "reach 2500000:1", Peer: "BlockSci 6.7 M", Unit: EdgeRate}
	ReachLate     = Goal{What: "reach 4500001:0", Peer: "BlockSci 7.5 M", Unit: EdgeRate}
	ReachSmall    = Goal{What: "reach 4950000:0, repeated", Peer: "BlockSci 0.1-0.9 ms", Unit: Seconds, Want: 0.05e-3}
	ReachFresh    = Goal{What: "  the same, new process, page cache warm", Unit: Seconds, Want: 1e-3}
	ReachEvicted  = Goal{What: "  the same, page cache evicted", Unit: Seconds, Want: 20e-3}
	ReachMany     = Goal{What: "reach, 600 distinct small sources, each once", Unit: EdgeRate, Want: 60e6, Gate: 0.9}
	ReachPinned   = Goal{What: "a trace pinned in a 10x ledger, time over the small one's", Unit: Factor, Want: 1.2}
	Haircut       = Goal{What: "haircut 453101:0, exact", Peer: "BlockSci 1.1-1.7 M, loses 0.33 %", Unit: EdgeRate, Want: 10e6, Gate: 0.3}
	HaircutSecond = Goal{What: "haircut 500000:0", Peer: "BlockSci 1.1-1.35 M, loses 7.1 %", Unit: EdgeRate}
	HaircutMany   = Goal{What: "haircut, 100 distinct thefts, each once", Unit: EdgeRate, Want: 5e6, Gate: 0.3}
	HaircutHalf   = Goal{What: "haircut 453101:0 as of half height", Unit: EdgeRate}
	FIFO          = Goal{What: "fifo 453101:0, repeated", Unit: EdgeRate}
	FIFOMany      = Goal{What: "fifo of 2,100 thefts at once, with paths", Unit: EdgeRate, Want: 2e6}
	FIFORuns      = Goal{What: "  its lots", Unit: LookRate, Want: 5e6}
	TraceSmall    = Goal{What: "trace of 4950000:0 by fifo and haircut, repeated", Unit: Seconds}
	TxLookup      = Goal{What: "txid -> tx", Peer: "BlockSci 148 k/s", Unit: LookRate, Want: 5e6}
	AddrLookup    = Goal{What: "address -> its outputs", Peer: "BlockSci 46 k/s", Unit: LookRate, Want: 2e6}
	Decode        = Goal{What: "decode + txid", Peer: "btcd 1.1 M tx/s, 601,000 allocations", Unit: TxRate, Want: 3e6}
	DecodeAllocs  = Goal{What: "  its allocations per transaction", Unit: Factor, Want: 0.01}
)
