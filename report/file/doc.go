// Package file writes answers in the plain formats: pages for a terminal, CSV
// for spreadsheets, GraphML for graph tools, and lists that can be fed back.
// Whatever text came from outside is made harmless for the reader of each.
package file
