package casefile

import (
	"slices"
	"strconv"
)

// Change is what differs between two cases under one key of the file. Texts
// that are empty are not said. Of a list, the entries that went and came are
// given, each as often as it went or came; Moved says that the entries are the
// same in another order, which counts where order does, in starts and policy.
type Change struct {
	Key           string
	Before, After string   // of a text; true or false of backward
	Gone, Came    []string // of a list
	Moved         bool     // of a list
}

// Diff says what must change to make b of a, in the order of the canonical
// file; nothing if Append writes the same for both.
func Diff(a, b *Case) (changes []Change) {
	for _, f := range fields {
		switch {
		case f.text != nil:
			if before, after := *f.text(a), *f.text(b); before != after {
				changes = append(changes, Change{Key: f.key, Before: before, After: after})
			}
		case f.list != nil:
			changes = appendListChange(changes, f.key, *f.list(a), *f.list(b))
		case *f.truth(a) != *f.truth(b):
			changes = append(changes, Change{Key: f.key, Before: strconv.FormatBool(*f.truth(a)), After: strconv.FormatBool(*f.truth(b))})
		}
	}
	return changes
}

func appendListChange(changes []Change, key string, before, after []string) []Change {
	if slices.Equal(before, after) {
		return changes
	}
	gone, came := without(before, after), without(after, before)
	return append(changes, Change{Key: key, Gone: gone, Came: came, Moved: len(gone)+len(came) == 0})
}

// without returns the entries of a beyond those of b, in their order.
func without(a, b []string) (left []string) {
	count := map[string]int{}
	for _, item := range b {
		count[item]++
	}
	for _, item := range a {
		if count[item]--; count[item] < 0 {
			left = append(left, item)
		}
	}
	return left
}

// Files returns the files that a case names, sorted, each once.
func (c *Case) Files() []string {
	names := slices.Concat(c.StartFiles, c.StopFiles, c.Labels, []string{c.Prices, c.Facts})
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	return names
}
