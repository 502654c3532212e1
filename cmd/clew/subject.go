package main

import (
	"fmt"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// scriptWord opens the text of a script that has no address.
const scriptWord = "script:"

// splitChain reads the chain before what is asked about:
//
//	bitcoin:X  btc:X                       mainnet
//	bitcoin-testnet:X  btc-regtest:X       another network
//	bip122:000000000019d6689c085ae165831e93:X   any, by its CAIP-2 id
//	X                                      the ledger's only chain: the network is nil
func splitChain(s string) (n *bitcoin.Network, rest string, err error) {
	head, rest, ok := strings.Cut(s, ":")
	if !ok || strings.HasPrefix(s, scriptWord) {
		return nil, s, nil
	}
	if head == "bip122" {
		id, rest, _ := strings.Cut(rest, ":")
		n, ok := bitcoin.NetworkByChain(ledger.Chain(head + ":" + id))
		if !ok {
			return nil, "", fmt.Errorf("chain bip122:%.40s is not known", id)
		}
		return n, rest, nil
	}
	name := "mainnet"
	family, after, named := strings.Cut(head, "-")
	if named {
		name = after
	}
	if family != "bitcoin" && family != "btc" {
		return nil, "", fmt.Errorf("chain %.40q is not known: want bitcoin, bitcoin-testnet or such", head)
	}
	n, err = bitcoin.NetworkByName(name)
	return n, rest, err
}

// chainExample stands for what follows a chain's name.
const chainExample = "... or bitcoin-testnet:..."

// subjectPlace returns the chain's ledger that an argument is about, and the
// argument without its chain.
func (e env) subjectPlace(ledgerFlag, arg string) (place, string, error) {
	n, rest, err := splitChain(arg)
	if err != nil {
		return place{}, "", fail(exitUsage, err, "")
	}
	name := ""
	if n != nil {
		name = n.Name
	}
	p, err := choosePlace(e.ledgerPath(ledgerFlag), name, "name the chain, as in bitcoin:"+chainExample)
	return p, rest, err
}
