// Package page shows a trace to a stranger: one HTML file, or one SVG picture,
// that needs no network and no script. It decides nothing about money: every
// amount comes from the result, and what is drawn is folded from the graph so
// that no sum changes. Geometry is in floats, money never.
package page
