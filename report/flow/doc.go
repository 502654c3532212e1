// Package flow makes the picture of a trace that people work on: what was
// visited as nodes and edges, under all its policies at once, folded so that it
// can be read, unfolded where somebody asks. Folding never changes a sum.
package flow
