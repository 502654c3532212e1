// Package plain makes text that came from outside safe to show to a person:
// on a terminal, on a page, in a picture.
package plain
