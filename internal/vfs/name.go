package vfs

import (
	"io/fs"
)

// checkName refuses names that could leave the root: absolute ones, ones with
// "..", and everything else that io/fs does not call a path. "." is the root.
func checkName(op, name string) error {
	if fs.ValidPath(name) {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
}
