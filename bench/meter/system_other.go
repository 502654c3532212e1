//go:build !linux

package meter

import (
	"errors"
	"time"
)

// Evict is for Linux only.
func Evict(string) error { return errors.ErrUnsupported }

var started = time.Now()

// threadTime is wall time where the thread's own can not be had.
func threadTime() time.Duration { return time.Since(started) }
