package question

import (
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Addresses returns what writes the accounts of a network as addresses, empty
// for a script that has none.
func Addresses(n *bitcoin.Network) func(ledger.Account) string {
	return func(a ledger.Account) string {
		address, _ := bitcoin.AppendAddress(nil, a, n)
		return string(address)
	}
}
