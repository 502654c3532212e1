package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// leafKind is what a leaf is: a theft, a transaction, or an end of a kind.
type leafKind uint8

const (
	leafTheft leafKind = iota
	leafTx
	leafEnd   // plus a trace.Kind
	leafMixed = ^leafKind(0)
)

func endKind(k trace.Kind) leafKind { return leafEnd + leafKind(k) }

func (k leafKind) end() trace.Kind {
	if k < leafEnd {
		return trace.KindNone
	}
	return trace.Kind(k - leafEnd)
}

func (k leafKind) String() string {
	switch k {
	case leafTheft:
		return KindTheft
	case leafTx:
		return KindTx
	case leafMixed:
		return KindMixed
	}
	return k.end().String()
}

// leaf is a node before anything is folded.
type leaf struct {
	id      string
	kind    leafKind
	tx      int32 // the first in the graph that it is, or that paid it
	last    int32 // the last
	vout    int32 // of an outpoint; noVout otherwise
	own     bool  // the transaction itself
	account bool  // an end for all that one account got
	hops    uint32
	from    uint32 // header times
	to      uint32
}

const noVout = -1

// lackVout stands for an input that the source does not hold the output of.
func lackVout(in int) int32 { return int32(-2 - in) }

// link is what goes along one output from leaf to leaf in the direction of
// taint, with what it carries under each policy.
type link struct {
	from, to int32
	tx, vout int32 // the output in the graph; vout may be of lackVout
	time     uint32
	rule     bool // other coins were there
	value    ledger.Amount
	amounts  []ledger.Amount
}

// ending is taint that went no further than a leaf.
type ending struct {
	leaf    int32
	tx      int32
	kind    trace.Kind
	amounts []ledger.Amount
}

// start is what a trace starts from in a leaf.
type start struct {
	leaf    int32
	tx      int32
	value   ledger.Amount
	amounts []ledger.Amount
}

// scriptMax is how long a script may be and stand in an id as it is: all that
// have addresses are shorter.
const scriptMax = 40

func scriptID(a ledger.Account) string {
	if len(a) <= scriptMax {
		return hex.EncodeToString(a)
	}
	sum := sha256.Sum256(a)
	return "sha256-" + hex.EncodeToString(sum[:])
}

// foldID makes an id of what a fold hangs on. 80 bits of a hash are short
// enough for a link and too many for two to meet.
func foldID(kind, of string) string {
	sum := sha256.Sum256([]byte(kind + "\n" + of))
	return kind + ":" + hex.EncodeToString(sum[:10])
}

func edgeID(from, to string) string { return foldID("edge", from+">"+to) }

// txNames writes the ids of transactions. Of two with one id (BIP 30) the later
// is told apart by its height.
type txNames struct {
	g    *trace.Graph
	seen map[ledger.TxID]int
}

func (n *txNames) of(tx int) string {
	t := &n.g.Txs[tx]
	first, known := n.seen[t.ID]
	if !known {
		n.seen[t.ID] = tx
	}
	if !known || first == tx {
		return t.ID.String()
	}
	return t.ID.String() + "@" + strconv.FormatUint(uint64(t.Pos.Height()), 10)
}

// errGraph says that what was visited leads to what was not.
var errGraph = errors.New("the graph does not hold together")
