package question

import (
	"fmt"
	"strings"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// scriptWord opens the text of a script that has no address.
const scriptWord = "script:"

// SplitChain reads the chain before what is asked about:
//
//	bitcoin:X  btc:X                       mainnet
//	bitcoin-testnet:X  btc-regtest:X       another network
//	bip122:000000000019d6689c085ae165831e93:X   any, by its CAIP-2 id
//	X                                      none is named: the network is nil
func SplitChain(s string) (n *bitcoin.Network, rest string, err error) {
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

// ChainWord is the chain of a network as starts and lists name it: bitcoin, or
// bitcoin-testnet and such.
func ChainWord(n *bitcoin.Network) string {
	if n.Name == "mainnet" {
		return "bitcoin"
	}
	return "bitcoin-" + n.Name
}

// Addresses returns what writes the accounts of a network as addresses, empty
// for a script that has none.
func Addresses(n *bitcoin.Network) func(ledger.Account) string {
	return func(a ledger.Account) string {
		address, _ := bitcoin.AppendAddress(nil, a, n)
		return string(address)
	}
}
