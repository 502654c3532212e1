package flow

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	// NodesMax bounds the nodes of an answer: more are not drawn.
	NodesMax = 10_000
	// OpenMax bounds the folds that are asked to be opened, which come from a
	// link that anybody can write.
	OpenMax = 2_000
	// idMax is longer than any id.
	idMax = 160
	// OpenAll opens everything.
	OpenAll = "all"
)

// ErrQuery says that a question about a flow is not one.
var ErrQuery = errors.New("flow: the question is not understood")

// Query is what of a flow is asked for.
type Query struct {
	Open    []string // ids of folds and fans, of peel chains with ~ and the first hop of the window, or OpenAll
	Limit   int      // nodes at most; 0: NodesMax
	Cursor  string   // Next of the page before; empty: the first page
	Strip   bool
	TipTime *uint32 // of the header of the tip, where it is known
}

// ParseOpen reads ids with commas between them, as a link holds them. Equal ones
// count once. That an id is of something that is there is not asked for.
func ParseOpen(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > OpenMax*idMax || strings.Count(text, ",") >= OpenMax {
		return nil, fmt.Errorf("%w: more than %d folds to be opened", ErrQuery, OpenMax)
	}
	ids := strings.Split(text, ",")
	for _, id := range ids {
		if err := checkID(id); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// checkID refuses what no id is like.
func checkID(id string) error {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(":_-~@", r)
	}
	if id == "" || len(id) > idMax || strings.IndexFunc(id, odd) >= 0 {
		return fmt.Errorf("%w: %.80q is no id of a node", ErrQuery, id)
	}
	return nil
}

// opened says what is open.
type opened struct {
	all    bool
	folds  map[int32]int // by unit; of a peel chain, the first hop of its window
	listed []string      // those that are there
}

// open finds what a question opens. Ids of what is not there, which an older
// link may hold, are passed over.
func (v *View) open(ids []string) (*opened, error) {
	if len(ids) > OpenMax {
		return nil, fmt.Errorf("%w: more than %d folds to be opened", ErrQuery, OpenMax)
	}
	o := &opened{folds: map[int32]int{}, listed: []string{}}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := checkID(id); err != nil {
			return nil, err
		}
		if id == OpenAll {
			o.all = true
			o.listed = append(o.listed, id)
			continue
		}
		if err := v.openOne(o, id); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (v *View) openOne(o *opened, id string) error {
	name, after, windowed := strings.Cut(id, "~")
	unit, known := v.units[name]
	f := (*fold)(nil)
	if known {
		f = v.fold(unit)
	}
	if !known || f == nil && v.fans[unit] == nil {
		return nil
	}
	at := 0
	if peel := f != nil && f.kind == FoldPeel; windowed && peel {
		n, err := strconv.ParseUint(after, 10, 31)
		if err != nil {
			return fmt.Errorf("%w: %.80q: want the first hop of a window behind ~", ErrQuery, id)
		}
		at = min(int(n), max(len(v.base.chains[f.chain])-windowHops, 0))
		id = window(name, at)
	} else if windowed {
		return fmt.Errorf("%w: %.80q: only a peel chain has a window", ErrQuery, id)
	}
	if _, twice := o.folds[unit]; twice {
		return nil
	}
	o.folds[unit] = at
	o.listed = append(o.listed, id)
	return nil
}

// window asks for the window of a peel chain that begins with a hop.
func window(id string, hop int) string { return id + "~" + strconv.Itoa(hop) }

// cursor is a place in the list of nodes, and what was asked for: a page of one
// question does not go on with another.
func cursor(from int, digest string) string { return "n" + strconv.Itoa(from) + "-" + digest }

// parseCursor reads what cursor writes.
func parseCursor(text, digest string) (from int, err error) {
	if text == "" {
		return 0, nil
	}
	number, of, ok := strings.Cut(strings.TrimPrefix(text, "n"), "-")
	n, err := strconv.ParseUint(number, 10, 31)
	if !ok || err != nil || text != cursor(int(n), of) {
		return 0, fmt.Errorf("%w: %.80q is no cursor", ErrQuery, text)
	}
	if of != digest {
		return 0, fmt.Errorf("%w: the cursor is of another trace, or other folds are open", ErrQuery)
	}
	return int(n), nil
}
