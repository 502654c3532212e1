package evm

import (
	"encoding/hex"

	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// Protocol is what a leg speaks.
type Protocol string

// The protocols whose logs are decoded.
const (
	UniswapV2 Protocol = "uniswap-v2" // and its many copies
	UniswapV3 Protocol = "uniswap-v3"
	WETH9     Protocol = "weth9"
	Across    Protocol = "across"
	Celer     Protocol = "celer"
	CCTPv1    Protocol = "cctp-v1"
	CCTPv2    Protocol = "cctp-v2"
	Nomad     Protocol = "nomad"
	Poly      Protocol = "poly"
	THORChain Protocol = "thorchain"
)

// LegKind says what a leg did.
type LegKind uint8

// The kinds of legs.
const (
	LegSwap   LegKind = iota // gave one asset for another
	LegDepart                // value left for another chain
	LegArrive                // value came from another chain
)

var legKinds = [...]string{"swap", "depart", "arrive"}

// String returns the kind as answers name it.
func (k LegKind) String() string { return legKinds[k] }

// Leg is what a log says of a swap, or of one side of a bridge. It is what the
// contract states, and anybody's contract can state anything: who uses a leg
// holds its Contract against those that are known, and its amounts against the
// moves.
type Leg struct {
	Tx       uint32
	Log      uint32 // its number in the block
	Kind     LegKind
	Protocol Protocol
	Contract Address // whose log it is
	// Key is the same on both sides of a bridge and, but for CCTPv2, on no
	// other leg: the protocol's own id. Empty where the log does not tell it.
	Key string
	// Sender gave, Recipient gets. Zero where that is not stated.
	Sender, Recipient ledger.Address
	// Asset is what the recipient of a swap gets, or what is given to or by a
	// bridge, of this chain. With a Contract that is zero although the kind is
	// a token, the log does not tell which.
	Asset  ledger.Asset
	Amount uint256.Int
	// Given is what was paid for it, in a swap; or else what is to arrive on
	// the other chain, where that is stated.
	Given       ledger.Asset
	GivenAmount uint256.Int
	// Source and Destination are the chains of a bridge. Empty where a
	// protocol's number for a chain is not known here: see Remote.
	Source, Destination ledger.Chain
	// Remote is the protocol's own number of the other chain.
	Remote uint64
	Memo   string // of strangers: not plain
}

// unknownToken is the asset of a leg whose log does not tell which it is.
var unknownToken = ledger.Asset{Kind: ledger.AssetToken}

// legReader reads a leg from a log by its signature. False: the log has the
// name of an event, but not its form.
type legReader struct {
	event *signature
	read  func(r *reading, leg *Leg, of *legs)
}

// legs is the legs of one transaction in the making.
type legs struct {
	block *Block
	chain *Chain
	tx    int
	logs  []Log
	at    int // the log at hand
	found int // the log that find reads
}

var legReaders = func() map[Hash]legReader {
	m := map[Hash]legReader{}
	for _, list := range [][]legReader{swapReaders, acrossReaders, celerReaders, circleReaders, nomadReaders, polyReaders, thorReaders} {
		for _, r := range list {
			m[r.event.topic] = r
		}
	}
	return m
}()

// AppendLegs appends what is decoded of a transaction's logs. A log that has
// the name of a known event and not its form gives no leg.
func (d *Decoder) AppendLegs(dst []Leg, b *Block, tx int) []Leg {
	logs, first := b.LogsOf(tx)
	of := legs{block: b, chain: d.chain, tx: tx, logs: logs}
	for i := range logs {
		l := &logs[i]
		known, ok := legReaders[l.Topics[0]]
		if l.Count == 0 || !ok {
			continue
		}
		of.at = i
		leg := Leg{Tx: uint32(tx), Log: uint32(first + i), Contract: l.Address}
		r := b.reading(l, known.event)
		if known.read(r, &leg, &of); r.err == nil && leg.Protocol != "" {
			dst = append(dst, leg)
		}
	}
	return dst
}

// depart fills in what the legs of bridges have in common.
func (of *legs) depart(leg *Leg, p Protocol, key string, remote uint64, to ledger.Chain) {
	leg.Protocol, leg.Kind, leg.Key = p, LegDepart, key
	leg.Source, leg.Destination, leg.Remote = of.chain.CAIP2(), to, remote
}

func (of *legs) arrive(leg *Leg, p Protocol, key string, remote uint64, from ledger.Chain) {
	leg.Protocol, leg.Kind, leg.Key = p, LegArrive, key
	leg.Source, leg.Destination, leg.Remote = from, of.chain.CAIP2(), remote
}

// nearMax is how many logs before and after one are searched for those that go
// with it. They stand next to each other, or a few swaps apart; without a bound
// a transaction of nothing but such logs would take the square of their number.
const nearMax = 64

// find reads the log of the transaction by a signature that is nearest before
// the one at hand, or else after it, and is as want says.
func (of *legs) find(e *signature, want func(r *reading) bool) *reading {
	for step := 1; step <= 2*nearMax; step++ {
		i := of.at - step
		if step > nearMax {
			i = of.at + step - nearMax
		}
		if i < 0 || i >= len(of.logs) || of.logs[i].Count == 0 || of.logs[i].Topics[0] != e.topic {
			continue
		}
		of.found = i
		if r := of.block.reading(&of.logs[i], e); want(r) && r.err == nil {
			return r
		}
	}
	return nil
}

func hexKey(p Protocol, id []byte) string { return string(p) + ":" + hex.EncodeToString(id) }
