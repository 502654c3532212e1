// Package lint holds tests about the project itself: who may import whom, how
// long a function may be, where a float may stand. It ships nothing.
//
// Every check opens the files it judges. A check that asked "go list" in a
// subprocess would go stale: the test cache follows what the test opens, not
// what its children read, and would answer "ok (cached)" after a bad import.
//
// A check is a function from a tree of files to findings, so that each has two
// tests: one on the project, and one on a made-up tree that it must object to.
package lint
