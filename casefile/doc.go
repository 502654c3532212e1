// Package casefile reads and writes case.yaml: the question of a trace as a
// file, so that it lives in git and is asked again with the same answer. The
// format stands in docs/format/case.md.
package casefile
