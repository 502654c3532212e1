// Command chaingen writes a deterministic chain in the form of Bitcoin Core's
// blk*.dat files, with its truth beside it: the common workload on which Clew
// and its peers are measured. Package bench/chain describes both.
//
//	go run ./bench/chaingen -tx 5000000 -seed 1 -out bench-data
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"clew.example/clew/bench/chain"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "chaingen: error:", err)
		os.Exit(1)
	}
}

func run() error {
	p := chain.Defaults()
	out := flag.String("out", "chain", "folder to write to")
	flag.IntVar(&p.Txs, "tx", p.Txs, "transactions, coinbases included")
	flag.Int64Var(&p.Seed, "seed", p.Seed, "seed of every random draw")
	flag.IntVar(&p.PerBlock, "perblock", p.PerBlock, "transactions of a full block")
	flag.BoolVar(&p.EdgesCSV, "csv", p.EdgesCSV, "write edges.csv too")
	network := flag.String("network", "", "mark the files as blocks of this network, such as regtest, so that nobody takes them for mainnet's")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	m, reused, err := chain.Ensure(ctx, *out, p)
	if err != nil {
		return err
	}
	if reused {
		fmt.Fprintln(os.Stderr, "chaingen: the chain is there already, with these parameters")
	}
	if *network != "" {
		if err := stamp(*out, *network); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	fmt.Println(string(b))
	return nil
}
