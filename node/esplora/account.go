package esplora

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"clew.example/clew/ledger"
)

// Bounds of an account's history: a server could make up pages without end.
const (
	historyMax = 200_000 // transactions that are walked through
	outputsMax = 100_000 // outputs of an answer
	perPageMax = 1000    // transactions of a page; servers give 10 to 50
)

// AppendOutputs finds what was paid to an account in the transactions from and
// to, ends included, oldest first. The server lists the newest first, so what
// is old in a busy account takes many requests.
func (v *View) AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error) {
	start := len(dst)
	if to = min(to, ledger.MakePos(v.tip.Height, 1<<branchMax-1)); from > to {
		return dst, nil
	}
	w := &walk{v: v, of: of, from: from.Height(), to: to.Height(), seen: map[ledger.TxID]bool{}}
	err := w.find(ctx)
	if err == nil {
		dst, err = w.append(ctx, dst, from, to)
	}
	if err != nil {
		return dst[:start], fmt.Errorf("outputs of an account: %w", v.moved(ctx, err))
	}
	return dst, nil
}

// walk is a way through an account's history.
type walk struct {
	v        *View
	of       ledger.Account
	from, to ledger.Height // blocks whose transactions count
	seen     map[ledger.TxID]bool
	last     ledger.TxID
	lowest   ledger.Height // of the transactions seen
	found    []ledger.TxID
}

// find gathers the transactions of the blocks that count, from the cache if it
// holds them.
func (w *walk) find(ctx context.Context) error {
	hash := sha256.Sum256(w.of)
	name := hex.EncodeToString(hash[:])
	kept := fmt.Sprintf("%s-%d-%d", name, w.from, w.to)
	if b, ok := w.v.cached("outputs", kept, txMax); ok && w.recall(b) {
		return nil
	}
	path := "/scripthash/" + name + "/txs/chain"
	if w.v.e.client == nil {
		return fmt.Errorf("%s: %w", path, ErrOffline)
	}
	for page := path; ; page = path + "/" + w.last.String() {
		more, err := w.page(ctx, page)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	texts := make([]string, len(w.found))
	for i, id := range w.found {
		texts[i] = id.String()
	}
	w.v.keep("outputs", kept, encode(texts), false)
	return nil
}

func (w *walk) recall(b []byte) bool {
	var texts []string
	if json.Unmarshal(b, &texts) != nil {
		return false
	}
	for _, s := range texts {
		id, err := ledger.ParseHash(s)
		if err != nil {
			w.found = nil
			return false
		}
		w.found = append(w.found, id)
	}
	return true
}

// page reads one page; false after the last that can matter.
func (w *walk) page(ctx context.Context, path string) (more bool, err error) {
	b, err := w.v.e.client.get(ctx, path, pageMax)
	if errors.Is(err, errAbsent) {
		return false, unreachable(path, err) // such as a history that is too long for the server
	}
	if err != nil {
		return false, err
	}
	var told list[json.RawMessage]
	if err := json.Unmarshal(b, &told); err != nil {
		return false, lie(path, "no list of transactions: %v", err)
	}
	if len(told) > perPageMax {
		return false, lie(path, "%d transactions in a page", len(told))
	}
	for i, raw := range told {
		t, err := w.read(raw)
		if err != nil {
			return false, lie(path, "transaction %d: %v", i, err)
		}
		if w.lowest < w.from {
			return false, nil
		}
		if t.status.height <= w.to {
			w.found = append(w.found, t.id)
			w.v.bodies.put(w.v.intern(t.id), t)
		}
	}
	if len(w.seen) > historyMax {
		return false, fmt.Errorf("more than %d transactions: ask for a later part", historyMax)
	}
	return len(told) > 0, nil
}

// read checks one transaction of a page: it must come after the one before,
// and touch the account.
func (w *walk) read(raw []byte) (*body, error) {
	var named struct {
		TxID string `json:"txid"`
	}
	if err := json.Unmarshal(raw, &named); err != nil {
		return nil, err
	}
	id, err := ledger.ParseHash(named.TxID)
	if err != nil {
		return nil, err
	}
	t, wire, err := decodeTx(id, raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", id, err)
	case w.seen[id]:
		return nil, fmt.Errorf("%s comes again", id)
	case !t.status.confirmed:
		return nil, fmt.Errorf("%s is in no block", id)
	case len(w.seen) > 0 && t.status.height > w.lowest:
		return nil, fmt.Errorf("%s of block %d comes after block %d", id, t.status.height, w.lowest)
	case !t.touches(w.of):
		return nil, fmt.Errorf("%s has nothing to do with the account", id)
	}
	w.seen[id], w.last, w.lowest = true, id, t.status.height
	if t.status.height >= w.from && t.status.height <= w.to {
		w.v.keep("tx", id.String(), wire.kept(), w.v.deep(t.status.height))
	}
	return t, nil
}

// touches reports whether a transaction pays an account or may spend from it.
func (t *body) touches(of ledger.Account) bool {
	for i := range t.outs {
		if bytes.Equal(t.outs[i].script, of) {
			return true
		}
	}
	for i := range t.ins {
		if s := t.ins[i].stated; s == nil || bytes.Equal(s.script, of) {
			return true
		}
	}
	return false
}

// append puts what was found in order and appends the outputs.
func (w *walk) append(ctx context.Context, dst []ledger.OutRef, from, to ledger.Pos) ([]ledger.OutRef, error) {
	type place struct {
		ref ledger.TxRef
		pos ledger.Pos
	}
	var places []place
	err := inWindows(w.found, func(id ledger.TxID) { w.v.standing(w.v.intern(id)) }, func(_ int, id ledger.TxID) error {
		ref := w.v.intern(id)
		s, err := w.v.standing(ref).wait(ctx)
		if err == nil && s == nil {
			err = lie(txPath(id), "in no block up to the pin, where its account's history has it")
		}
		if err == nil && s.pos >= from && s.pos <= to {
			places = append(places, place{ref, s.pos})
		}
		return err
	})
	if err != nil {
		return dst, err
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.pos, b.pos) })
	start := len(dst)
	for _, p := range places {
		t, err := w.v.body(p.ref).wait(ctx)
		if err != nil {
			return dst, err
		}
		for i := range t.outs {
			if bytes.Equal(t.outs[i].script, w.of) {
				dst = append(dst, outRef(p.ref, uint32(i)))
			}
		}
		if len(dst)-start > outputsMax {
			return dst, fmt.Errorf("more than %d: narrow the range", outputsMax)
		}
	}
	return dst, nil
}
