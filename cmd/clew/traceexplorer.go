package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/node/esplora"
	"clew.example/clew/question"
	"clew.example/clew/report/file"
)

// cachePath returns the folder where answers of explorers are kept.
func (f *traceFlags) cachePath() (string, error) {
	if f.cache != "" {
		return f.cache, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fail(exitUsage, fmt.Errorf("folder for the answers of explorers: %w", err), "name one with --cache")
	}
	return filepath.Join(dir, "clew", "esplora"), nil
}

// openExplorer opens an explorer as a source: mainnet where the starts name no
// network.
func (f *traceFlags) openExplorer(ctx context.Context, e env, n *bitcoin.Network) (*traceSource, error) {
	if n == nil {
		n = bitcoin.Networks()[0]
	}
	dir, err := f.cachePath()
	if err != nil {
		return nil, err
	}
	x, err := esplora.Open(ctx, esplora.Options{
		URL: f.esplora, CacheDir: dir, Offline: f.offline, Network: n, PerSecond: f.rate, Progress: f.tell,
	})
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	s := &traceSource{Source: question.Explorer(x, n), fail: explorerFailure}
	s.close = func() {
		if err := x.CacheErr(); err != nil {
			warn(e.Err, "answers were not kept in %s: %v", dir, err)
		}
		x.Close()
	}
	return s, nil
}

// tell shows what was asked of an explorer so far.
func (f *traceFlags) tell(p esplora.Progress) {
	text := fmt.Sprintf("%s, %s from the cache", file.Plural(p.Requests, "request"), file.Count(p.Cached))
	if p.Retries > 0 {
		text += fmt.Sprintf(", %s again, waited %s", file.Count(p.Retries), clock(p.Waited))
	}
	f.asked.Store(&text)
}

// explorerFailure gives an error of an explorer its exit code and a hint.
func explorerFailure(err error) error {
	var known *failure
	var lie *esplora.Lie
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	err = fmt.Errorf("explorer: %w", err)
	switch {
	case errors.As(err, &lie):
		return fail(exitInput, err, "the answer can not be true: ask another explorer, or trace on a ledger of your own")
	case errors.Is(err, esplora.ErrOffline):
		return fail(exitSource, err, "run it once without --offline, as of the same block")
	case errors.Is(err, esplora.ErrMoved):
		return fail(exitIncomplete, err, "blocks were taken back again and again while it was read: ask again later, or with --as-of and an older block")
	case errors.Is(err, esplora.ErrUnreachable):
		return fail(exitSource, err, "what was answered is kept: run it again, or with a lower --rate")
	}
	return err
}
