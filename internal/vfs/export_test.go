//go:build linux || darwin || freebsd

package vfs

// FillZeros is what Allocate falls back to where there is no fallocate.
var FillZeros = fillZeros
