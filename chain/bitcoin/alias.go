package bitcoin

import (
	"fmt"
	"strings"

	"clew.example/clew/ledger"
)

// Alias is the name of the network's chain for people: bitcoin for mainnet,
// bitcoin-testnet4 and such for others.
func (n *Network) Alias() string {
	if n == networks[0] {
		return "bitcoin"
	}
	return "bitcoin-" + n.Name
}

// NetworkByAlias returns the network that a chain's name means:
//
//	bitcoin  btc                                mainnet
//	bitcoin-testnet  btc-regtest                another network
//	bip122:000000000019d6689c085ae165831e93     any, by its CAIP-2 id
func NetworkByAlias(s string) (*Network, error) {
	if id, ok := strings.CutPrefix(s, "bip122:"); ok {
		if n, ok := NetworkByChain(ledger.Chain(s)); ok {
			return n, nil
		}
		return nil, fmt.Errorf("chain bip122:%.40s is not known", id)
	}
	family, name, named := strings.Cut(s, "-")
	if !named {
		name = networks[0].Name
	}
	if family != "bitcoin" && family != "btc" {
		return nil, fmt.Errorf("chain %.40q is not known: want bitcoin, bitcoin-testnet or such", s)
	}
	return NetworkByName(name)
}

// CutChain reads the chain before what is asked about, as in bitcoin:X,
// bitcoin-testnet:X or bip122:000000000019d6689c085ae165831e93:X. Where X
// stands alone, the network is nil.
func CutChain(s string) (n *Network, rest string, err error) {
	head, rest, ok := strings.Cut(s, ":")
	if !ok || strings.HasPrefix(s, scriptPrefix) {
		return nil, s, nil
	}
	if head == "bip122" {
		var id string
		id, rest, _ = strings.Cut(rest, ":")
		head += ":" + id
	}
	n, err = NetworkByAlias(head)
	return n, rest, err
}
