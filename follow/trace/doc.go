// Package trace follows stolen value through a chain: from the outputs of a
// theft to every place where it ended, exactly, under each policy asked for.
package trace
