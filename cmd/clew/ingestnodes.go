package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/report/file"
)

// nodeFlags say which nodes are asked.
type nodeFlags struct {
	urls                   []string
	user, password, cookie string
	cert, metrics          string
	follow, clear          bool
	wait, poll             time.Duration
}

func (f *nodeFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.urls, "rpc", nil, "URL of a node's JSON-RPC, such as http://127.0.0.1:8332; again for each node")
	fs.BoolVar(&f.follow, "follow", false, "go on at the newest block, through reorganisations, until told to end")
	fs.StringVar(&f.cookie, "rpc-cookie", "", "file with user and password, as Bitcoin Core writes it (default: that of ~/.bitcoin, if there)")
	fs.StringVar(&f.user, "rpc-user", "", "user, where there is no cookie file")
	fs.StringVar(&f.password, "rpc-password-file", "", "file with the password of --rpc-user")
	fs.StringVar(&f.cert, "rpc-cert", "", "certificate of https nodes, PEM, such as btcd's rpc.cert")
	fs.BoolVar(&f.clear, "rpc-clear", false, "allow http to other machines: password and blocks go in the clear")
	fs.DurationVar(&f.wait, "rpc-wait", 10*time.Minute, "how long to wait for a node that is of use")
	fs.DurationVar(&f.poll, "poll", time.Second, "between looks for a new block, where a node does not tell by itself")
	fs.StringVar(&f.metrics, "metrics", "", "serve figures for Prometheus on this loopback address, such as 127.0.0.1:9332")
}

// options reads what the flags name.
func (f *nodeFlags) options(e env, n *bitcoin.Network, noPow bool) (opt bitcoind.Options, err error) {
	opt = bitcoind.Options{
		URLs: f.urls, CookieFile: f.cookie, User: f.user, CertFile: f.cert, ClearHTTP: f.clear,
		Network: n, NoPow: noPow, Patience: f.wait, Poll: f.poll,
	}
	switch {
	case f.user != "" && f.cookie != "":
		return opt, errors.New("--rpc-user and --rpc-cookie: name one")
	case (f.user != "") != (f.password != ""):
		return opt, errors.New("--rpc-user and --rpc-password-file go together")
	case f.wait <= 0 || f.poll <= 0:
		return opt, errors.New("--rpc-wait and --poll: want a time above 0, such as 30s")
	case f.user != "":
		opt.Password, err = readPassword(f.password)
		return opt, err
	case f.cookie == "":
		opt.CookieFile = coreCookie(e, n)
	}
	return opt, nil
}

// passwordMax bounds a password's file.
const passwordMax = 4096

// readPassword reads the first line of a file: a password in the command line
// could be read by everybody on the machine.
func readPassword(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("--rpc-password-file: %w", err)
	}
	defer file.Close()
	line, err := bufio.NewReader(io.LimitReader(file, passwordMax)).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fmt.Errorf("--rpc-password-file %s: no password in its first line: %w", name, err)
	}
	return line, nil
}

// coreFolders are where Bitcoin Core keeps the networks below its folder.
var coreFolders = map[string]string{"mainnet": "", "testnet": "testnet3", "testnet4": "testnet4", "signet": "signet", "regtest": "regtest"}

// coreCookie returns the cookie file of a Bitcoin Core of this user, empty if it
// has none.
func coreCookie(e env, n *bitcoin.Network) string {
	folder, ok := coreFolders[n.Name]
	home := e.Getenv("HOME")
	if !ok || home == "" {
		return ""
	}
	name := filepath.Join(home, ".bitcoin", folder, ".cookie")
	if _, err := os.Stat(name); err != nil {
		return ""
	}
	return name
}

// ingestNodes is "clew ingest bitcoin --rpc".
func (f *ingestFlags) ingestNodes(ctx context.Context, e env, common ingest.FolderOptions) error {
	if common.Network == nil {
		common.Network = bitcoin.Networks()[0]
	}
	nodes, err := f.nodes.options(e, common.Network, common.NoPow)
	if err != nil {
		return fail(exitUsage, err, "")
	}
	at := placeFor(e.ledgerPath(f.ledger), common.Network)
	opt := ingest.NodesOptions{Nodes: nodes, First: common.FirstHeight, Follow: f.nodes.follow, Ledger: at.fs(), Store: common.Store}
	opt.Store.Memory = common.Memory
	live, err := newFollowing(ctx, e, &f.nodes)
	if err != nil {
		return fail(exitUsage, err, "")
	}
	defer live.close()
	live.hook(&opt)
	res, err := ingest.Nodes(ctx, opt)
	live.ended()
	if res.Held || err == nil {
		if err := f.printNodes(e.Out, at, common.Network, &res); err != nil {
			return err
		}
	}
	if f.nodes.follow && errors.Is(err, context.Canceled) {
		return nil // being told to end is how following ends
	}
	return nodesFailure(at, err, &res)
}

// nodesFailure gives an error its exit code and a hint.
func nodesFailure(at place, err error, res *ingest.NodesResult) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fail(exitIncomplete, fmt.Errorf("interrupted, %s left; those before are committed", file.Plural(res.Left, "block")), "run it again to go on")
	case errors.Is(err, bitcoind.ErrRefused):
		return fail(exitSource, err, "user and password are in --rpc-cookie FILE, or --rpc-user NAME with --rpc-password-file FILE")
	case errors.Is(err, bitcoind.ErrForeign):
		return fail(exitSource, err, "name the node's chain with --network, and its own ledger with --ledger")
	case errors.Is(err, bitcoind.ErrUnreachable):
		return fail(exitSource, err, "")
	case errors.Is(err, ingest.ErrHeight):
		return fail(exitInput, err, "leave --first-height out where the ledger has begun")
	case errors.Is(err, ingest.ErrNetwork):
		return fail(exitInput, fmt.Errorf("ledger %s: %w", at.dir, err), "use another folder with --ledger, or --network and --no-pow as they were")
	}
	return ledgerFailure(at.dir, err)
}

// nodesAnswer is what "clew ingest bitcoin --rpc --json" prints.
type nodesAnswer struct {
	Schema      string       `json:"schema"`
	Network     string       `json:"network"`
	Added       int          `json:"blocks_added"`
	Left        int          `json:"blocks_left"` // of an interrupted run
	Reorgs      int          `json:"reorgs"`
	Deepest     int          `json:"deepest_reorg"` // blocks
	Interrupted bool         `json:"interrupted"`
	Tip         *tipAnswer   `json:"tip"` // null: no block in the ledger
	Nodes       []nodeAnswer `json:"nodes"`
	Seconds     float64      `json:"seconds"`
}

// nodeAnswer is what is known of a node at the end.
type nodeAnswer struct {
	Node   string        `json:"node"`
	State  string        `json:"state"`
	Height ledger.Height `json:"height"` // of its newest block, as last seen
	Detail string        `json:"detail,omitempty"`
}

func (f *ingestFlags) printNodes(w io.Writer, at place, n *bitcoin.Network, res *ingest.NodesResult) error {
	if !f.asJSON {
		return printNodes(w, at, n, res)
	}
	a := nodesAnswer{
		Schema: "clew.ingest.nodes/1", Network: n.Name, Added: res.Added, Left: res.Left, Reorgs: res.Reorgs,
		Deepest: res.Deepest, Interrupted: res.Interrupted, Nodes: []nodeAnswer{},
		Seconds: math.Round(res.Elapsed.Seconds()*1000) / 1000,
	}
	if res.Held {
		a.Tip = &tipAnswer{Height: res.Tip.Height, Hash: res.Tip.Hash.String()}
	}
	for _, s := range res.Nodes {
		a.Nodes = append(a.Nodes, nodeAnswer{s.Node, s.State.String(), s.Height, s.Detail})
	}
	return writeJSON(w, a)
}

func printNodes(w io.Writer, at place, n *bitcoin.Network, res *ingest.NodesResult) error {
	p := file.NewPage(w)
	p.Linef("%s added", file.Plural(res.Added, "block"))
	if res.Reorgs > 0 {
		p.Linef("%s, the deepest of %s", file.Plural(res.Reorgs, "reorganisation"), file.Plural(res.Deepest, "block"))
	}
	if res.Added > 0 {
		p.Linef("%s, %s of blocks in %s", file.Plural(res.Txs, "transaction"), size(res.Bytes), clock(res.Elapsed))
	}
	if res.Held {
		p.Linef("%s holds %s blocks %d to %d %s", at.dir, n.Name, res.Tip.FirstHeight, res.Tip.Height, res.Tip.Hash)
	} else {
		p.Linef("%s holds no block", at.dir)
	}
	for _, s := range res.Nodes {
		if s.State != bitcoind.StateOK {
			p.Linef("node %s: %s: %s", s.Node, s.State, s.Detail)
		}
	}
	return p.Err()
}
