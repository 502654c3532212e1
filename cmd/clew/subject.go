package main

import "clew.example/clew/chain/bitcoin"

// chainExample stands for what follows a chain's name.
const chainExample = "... or bitcoin-testnet:..."

// subjectPlace returns the chain's ledger that an argument is about, and the
// argument without its chain.
func (e env) subjectPlace(ledgerFlag, arg string) (place, string, error) {
	n, rest, err := bitcoin.CutChain(arg)
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
