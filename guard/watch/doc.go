// Package watch keeps a trace current while blocks come and go, and says what
// each block changed: to a callback, or by a Poster to a URL. docs/watch.md
// says what the changes mean.
package watch
