// Package integration holds the tests that start real processes. They need the
// build tag integration: see the Makefile's target of that name.
package integration
