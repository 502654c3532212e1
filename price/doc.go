// Package price knows what coins were worth, from a table that somebody keeps,
// and turns amounts into money beside them. Everything is computed in integers.
// A price that the table does not state is missing: nothing is interpolated.
// The format stands in docs/format/prices.md.
package price
