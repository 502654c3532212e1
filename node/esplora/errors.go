package esplora

import (
	"errors"
	"fmt"
)

// Errors that a caller branches on.
var (
	// ErrMoved: the pinned block left the server's best chain. Pin again.
	ErrMoved = errors.New("the pinned block is no longer on the server's chain")
	// ErrOffline: the answer is not in the cache, and the server may not be asked.
	ErrOffline = errors.New("not in the cache, and the server is not asked")
	// ErrUnreachable: the server gave no answer that can be used, however often asked.
	ErrUnreachable = errors.New("explorer is not reachable")
	// ErrNotFound: there is no such thing on the server's chain as of the pin.
	ErrNotFound = errors.New("not on the chain as of the pin")
)

// Lie says that a server's answer can not be true.
type Lie struct {
	Path   string // of the answer, below the server's URL
	Reason string
}

// Error returns such as "/tx/…: hashes to …".
func (l *Lie) Error() string { return l.Path + ": " + l.Reason }

func lie(path, format string, args ...any) error {
	return &Lie{Path: path, Reason: fmt.Sprintf(format, args...)}
}

func unreachable(path string, cause error) error {
	return fmt.Errorf("%s: %w: %w", path, ErrUnreachable, cause)
}
