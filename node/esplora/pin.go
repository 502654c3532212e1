package esplora

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"clew.example/clew/ledger"
)

// pinFile says that a pin can be used offline: it held at the end of a run.
type pinFile struct {
	Height uint32 `json:"height"`
	Hash   string `json:"hash"`
	Top    uint32 `json:"top"` // the server's tip
}

func pinName(t ledger.Tip) string { return fmt.Sprintf("%d-%s", t.Height, t.Hash) }

// pinPlace is where a pin's own file lies.
func pinPlace(name string) place { return place{name, kindPin, kindPin} }

// Pin returns the chain as of a height, the newest block for math.MaxUint32.
// Offline that is the newest pin in the cache whose run ended well.
func (e *Explorer) Pin(ctx context.Context, asOf ledger.Height) (*View, error) {
	if e.client == nil {
		return e.pinOffline(ctx, asOf)
	}
	top, err := e.height(ctx)
	if err != nil {
		return nil, err
	}
	if asOf == math.MaxUint32 {
		asOf = top
	}
	if asOf > top {
		return nil, fmt.Errorf("block %d: %w, which ends at %d", asOf, ErrNotFound, top)
	}
	v := e.newView(ctx, ledger.Tip{Height: asOf}, top)
	if err := v.settle(ctx); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// height asks for the height of the server's tip.
func (e *Explorer) height(ctx context.Context) (ledger.Height, error) {
	const path = "/blocks/tip/height"
	b, err := e.client.get(ctx, path, textMax)
	if errors.Is(err, errAbsent) {
		return 0, unreachable(path, err) // not an Esplora API
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 31)
	if err != nil {
		return 0, lie(path, "no height: %.40q", b)
	}
	return ledger.Height(n), nil
}

// settle finds the hash of the pin and checks that the network is ours.
func (v *View) settle(ctx context.Context) error {
	first := make(chan error, 1)
	if !v.spawn(func() { first <- v.checkGenesis(v.ctx) }) {
		return context.Canceled
	}
	hash, err := v.hashAt(ctx, v.tip.Height)
	if genesis := <-first; err == nil {
		err = genesis
	}
	if err != nil {
		return err
	}
	v.tip.Hash = hash
	bl, err := v.block(v.tip.Height).wait(ctx)
	if err == nil && bl.hash != hash {
		err = lie("/block-height/"+strconv.FormatUint(uint64(v.tip.Height), 10), "%s, where /blocks has %s", hash, bl.hash)
	}
	return err
}

func (v *View) checkGenesis(ctx context.Context) error {
	hash, err := v.hashAt(ctx, 0)
	if errors.Is(err, ErrNotFound) {
		return nil // a server that holds a part of a chain: made up for tests
	}
	if err == nil && hash != v.e.net.Genesis {
		err = lie("/block-height/0", "%s is not the first block of %s: is it a server for another network?", hash, v.e.net.Name)
	}
	return err
}

// Recheck asks for the pinned block again, at the end of a run: ErrMoved if it
// left the chain, then nothing that was answered counts. Else the cache may
// answer for the pin from now on.
func (v *View) Recheck(ctx context.Context) error {
	if v.e.client == nil {
		return nil
	}
	if err := v.holds(ctx); err != nil {
		return err
	}
	f := pinFile{uint32(v.tip.Height), v.tip.Hash.String(), uint32(v.top)}
	v.e.disk.put(pinPlace(v.pin()), encode(&f))
	return nil
}

// holds asks whether the pinned block is still on the server's chain.
func (v *View) holds(ctx context.Context) error {
	hash, err := v.hashAt(ctx, v.tip.Height)
	if errors.Is(err, ErrNotFound) || err == nil && hash != v.tip.Hash {
		return fmt.Errorf("block %d %s: %w", v.tip.Height, v.tip.Hash, ErrMoved)
	}
	return err
}

// pinOffline finds a pin in the cache: the newest, or that of a height, of
// several the one written last.
func (e *Explorer) pinOffline(ctx context.Context, asOf ledger.Height) (*View, error) {
	entries, err := os.ReadDir(filepath.Join(e.disk.root, "pins"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cache of the explorer: %w", err)
	}
	var best pinFile
	var written int64
	for _, entry := range entries {
		f, at, ok := e.readPin(entry.Name())
		if !ok || asOf != math.MaxUint32 && f.Height != uint32(asOf) {
			continue
		}
		if f.Height > best.Height || written == 0 || f.Height == best.Height && at > written {
			best, written = f, at
		}
	}
	if written == 0 {
		return nil, fmt.Errorf("pin: no run that ended well: %w", ErrOffline)
	}
	hash, err := ledger.ParseHash(best.Hash)
	if err != nil {
		return nil, fmt.Errorf("cache of the explorer: pin: %w", err)
	}
	return e.newView(ctx, ledger.Tip{Height: ledger.Height(best.Height), Hash: hash}, ledger.Height(best.Top)), nil
}

// readPin reads a pin's own file and when it was written.
func (e *Explorer) readPin(name string) (f pinFile, at int64, ok bool) {
	p := pinPlace(name)
	b, ok := e.disk.get(p, textMax)
	if !ok || json.Unmarshal(b, &f) != nil || f.Height > heightMax {
		return f, 0, false
	}
	info, err := os.Stat(e.disk.path(p))
	if err != nil || strconv.FormatUint(uint64(f.Height), 10)+"-"+f.Hash != name {
		return f, 0, false
	}
	return f, info.ModTime().UnixNano(), true
}
