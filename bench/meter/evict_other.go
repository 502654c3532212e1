//go:build !linux

package meter

import "errors"

// Evict is for Linux only.
func Evict(string) error { return errors.ErrUnsupported }
