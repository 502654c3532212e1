package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/store/flat"
)

// A ledger folder holds one folder per chain, named family and network:
//
//	ledger/bitcoin-mainnet/
//	ledger/bitcoin-testnet/
//
// A chain's own folder may be named in its place.
const (
	ledgerEnv     = "CLEW_LEDGER"
	ledgerDefault = "ledger"
	chainPrefix   = "bitcoin-"
	// recordFile is the file that makes a folder one of a chain.
	recordFile = "record"
)

// ledgerFlag adds --ledger to a command.
func ledgerFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "ledger", "", "folder of the ledger (default $"+ledgerEnv+", else ./"+ledgerDefault+")")
}

// ledgerPath returns the ledger folder: the flag's, else the environment's,
// else the default.
func (e env) ledgerPath(flag string) string {
	if flag != "" {
		return flag
	}
	if p := e.Getenv(ledgerEnv); p != "" {
		return p
	}
	return ledgerDefault
}

// place is where the ledger of one chain lies.
type place struct {
	dir     string
	name    string // of the folder in a ledger folder, whatever dir is called
	network *bitcoin.Network
}

func (p place) fs() vfs.FS { return vfs.NewOS(p.dir) }

// isChain reports whether a folder holds a chain.
func isChain(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, recordFile))
	return err == nil
}

// placeFor returns where the ledger of a network lies or is to lie.
func placeFor(path string, n *bitcoin.Network) place {
	p := place{dir: filepath.Join(path, chainPrefix+n.Name), name: chainPrefix + n.Name, network: n}
	if isChain(path) {
		p.dir = path
	}
	return p
}

// places returns the chains in a ledger folder, in the order of their names.
func places(path string) ([]place, error) {
	if isChain(path) {
		p, err := placeOf(path)
		return []place{p}, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, noLedger(path, err)
	}
	var found []place
	for _, d := range entries {
		name, ok := strings.CutPrefix(d.Name(), chainPrefix)
		n, err := bitcoin.NetworkByName(name)
		if dir := filepath.Join(path, d.Name()); ok && err == nil && isChain(dir) {
			found = append(found, place{dir: dir, name: d.Name(), network: n})
		}
	}
	if len(found) == 0 {
		return nil, noLedger(path, flat.ErrNoLedger)
	}
	return found, nil
}

// placeOf reads which network a folder is of that may be called anything.
func placeOf(dir string) (place, error) {
	l, err := flat.Open(vfs.NewOS(dir), flat.Options{})
	if err != nil {
		return place{}, ledgerFailure(dir, err)
	}
	defer l.Close()
	n, ok := bitcoin.NetworkByChain(l.Meta().Chain)
	if !ok {
		return place{}, fail(exitLedger, fmt.Errorf("ledger %s: chain %.80q is not known", dir, l.Meta().Chain), "")
	}
	return place{dir: dir, name: chainPrefix + n.Name, network: n}, nil
}

func noLedger(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = flat.ErrNoLedger
	}
	return fail(exitSource, fmt.Errorf("ledger %s: %w", path, err),
		"make one with 'clew ingest bitcoin --blocks DIR --ledger "+path+"', or name another with --ledger or $"+ledgerEnv)
}

// choosePlace returns the chain of a network in a ledger folder, or the only one
// where network is empty. The hint says how to name one of several.
func choosePlace(path, network, hint string) (place, error) {
	all, err := places(path)
	if err != nil {
		return place{}, err
	}
	var names []string
	for _, p := range all {
		if p.network.Name == network || network == "" && len(all) == 1 {
			return p, nil
		}
		names = append(names, p.network.Name)
	}
	if network == "" {
		return place{}, fail(exitUsage, fmt.Errorf("ledger %s holds %s", path, strings.Join(names, ", ")), hint)
	}
	return place{}, fail(exitSource, fmt.Errorf("ledger %s holds %s, not %s", path, strings.Join(names, ", "), network), "")
}

// open opens the ledger for reading.
func (p place) open() (*flat.Ledger, error) {
	l, err := flat.Open(p.fs(), flat.Options{})
	if err != nil {
		return nil, ledgerFailure(p.dir, err)
	}
	if c := l.Meta().Chain; c != p.network.Chain {
		l.Close()
		return nil, fail(exitLedger, fmt.Errorf("ledger %s: it holds %.80q, not %s", p.dir, c, p.network.Name), "a chain's folder keeps its name: "+chainPrefix+"NETWORK")
	}
	return l, nil
}

// read answers a question from a view of the ledger as of a block. The
// question is asked again if a reorganisation came between, so it must not
// keep what it found before.
func (p place) read(ctx context.Context, asOf ledger.Height, ask func(*flat.Ledger, *flat.View) error) error {
	l, err := p.open()
	if err != nil {
		return err
	}
	defer l.Close()
	return ledgerFailure(p.dir, question.AskLedger(ctx, l, asOf, func(v *flat.View) error { return ask(l, v) }))
}

// ledgerFailure gives an error of the store its exit code and a hint. Errors
// that have a code keep it.
func ledgerFailure(dir string, err error) error {
	var known *failure
	var damage *flat.Damage
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	err = fmt.Errorf("ledger %s: %w", dir, err)
	switch {
	case errors.As(err, &damage):
		return fail(exitLedger, err, "'clew ledger check --ledger "+dir+"' names all that is damaged; restore a copy, or ingest again into a new folder")
	case errors.Is(err, flat.ErrFormat):
		return fail(exitLedger, err, "ingest again into a new folder, or use the version that wrote it")
	case errors.Is(err, vfs.ErrLocked):
		return fail(exitInput, err, "one process writes a ledger at a time, any number read it: wait for the other, or end it")
	case errors.Is(err, vfs.ErrNoSpace):
		return fail(exitUsage, err, "make room and run it again: the ledger stands at the last block that was committed")
	case errors.Is(err, flat.ErrNoLedger), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fail(exitSource, err, "")
	case errors.Is(err, flat.ErrMoved):
		return fail(exitIncomplete, err, "blocks were taken back again and again while it was read: ask again later")
	}
	return err
}
