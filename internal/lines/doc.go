// Package lines reads text that strangers wrote, a line at a time and within
// bounds, and rows of comma-separated values. An error begins with the line.
package lines
