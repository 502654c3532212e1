// Package label reads claims about accounts in their simplest form: lists of
// addresses and tables of labels. It keeps what was claimed, by whom and in
// which line, conflicts included, and decides nothing about its truth. The
// formats stand in docs/format/labels.md.
package label
