package bitcoind

import (
	"errors"
	"fmt"

	"clew.example/clew/internal/plain"
)

// Errors that a caller branches on.
var (
	// ErrUnreachable: no node gave an answer that can be used, for as long as
	// Options.Patience.
	ErrUnreachable = errors.New("node is not reachable")
	// ErrStarting: the node answers, but is not ready (RPC error -28).
	ErrStarting = errors.New("node is starting")
	// ErrRefused: the node does not let us in, or not make that call.
	ErrRefused = errors.New("node refuses")
	// ErrForeign: the node's chain shares no block with ours.
	ErrForeign = errors.New("node has another chain")

	// errMoved: the node's chain changed while it was read.
	errMoved = errors.New("the chain changes while it is read")
)

// Lie says that a node's answer can not be true.
type Lie struct {
	Node   string // host and port
	Call   string // such as "getblockheader 000000…"
	Reason string
	cause  error
}

// Error returns such as "127.0.0.1:8332: getblock …: …".
func (l *Lie) Error() string { return l.Node + ": " + l.Call + ": " + l.Reason }

// Unwrap returns what the Lie was made of.
func (l *Lie) Unwrap() error { return l.cause }

// RPCError is what a node says instead of an answer.
type RPCError struct {
	Node    string
	Call    string
	Code    int
	Message string // plain, at most textMax bytes
}

// Error returns such as "127.0.0.1:8332: getblock …: Block not found (-5)".
func (e *RPCError) Error() string {
	return fmt.Sprintf("%s: %s: %s (%d)", e.Node, e.Call, e.Message, e.Code)
}

// Is makes the warm-up of a node ErrStarting.
func (e *RPCError) Is(target error) bool { return target == ErrStarting && e.Code == codeWarmup }

// Codes of RPC errors that mean something to us (Core's rpc/protocol.h).
const (
	codeWarmup   = -28
	codeNoBlock  = -5
	codeNoHeight = -8 // btcd says -1
	codeMisc     = -1
)

// textMax bounds what is kept of a text that a node sends.
const textMax = 200

// clean makes a node's text short and plain.
func clean(s string) string {
	if len(s) > textMax {
		s = s[:textMax] + "..."
	}
	return plain.Text(s)
}
