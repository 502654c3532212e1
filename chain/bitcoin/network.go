package bitcoin

import (
	"fmt"
	"strings"

	"clew.example/clew/ledger"
)

// Network is what distinguishes one bitcoin-family chain from another.
type Network struct {
	Name         string
	Chain        ledger.Chain  // CAIP-2: bip122 and the first 32 hex digits of Genesis
	Magic        uint32        // before each message and each block file record, little-endian
	Genesis      ledger.Hash   // hash of block 0
	PowLimitBits uint32        // easiest target, compact form
	BIP34Height  ledger.Height // least height that a coinbase is believed to state

	P2PKHVersion byte   // base58check version of a key hash
	P2SHVersion  byte   // base58check version of a script hash
	HRP          string // human-readable part of BIP 173 addresses
}

// networks holds the parameters of Bitcoin Core's chainparams.cpp, and of
// btcd's chaincfg for simnet. Signet is the default one, whose challenge makes
// its magic.
//
// BIP34Height on mainnet is the height from which blocks of version 1 were
// refused: below it a coinbase's number is free text (BIP 34).
var networks = []*Network{
	network("mainnet", "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
		Network{Magic: 0xd9b4bef9, PowLimitBits: 0x1d00ffff, BIP34Height: 227_931, P2PKHVersion: 0x00, P2SHVersion: 0x05, HRP: "bc"}),
	network("testnet", "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
		Network{Magic: 0x0709110b, PowLimitBits: 0x1d00ffff, BIP34Height: 21_111, P2PKHVersion: 0x6f, P2SHVersion: 0xc4, HRP: "tb"}),
	network("testnet4", "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
		Network{Magic: 0x283f161c, PowLimitBits: 0x1d00ffff, BIP34Height: 1, P2PKHVersion: 0x6f, P2SHVersion: 0xc4, HRP: "tb"}),
	network("signet", "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
		Network{Magic: 0x40cf030a, PowLimitBits: 0x1e0377ae, BIP34Height: 1, P2PKHVersion: 0x6f, P2SHVersion: 0xc4, HRP: "tb"}),
	network("regtest", "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
		Network{Magic: 0xdab5bffa, PowLimitBits: 0x207fffff, P2PKHVersion: 0x6f, P2SHVersion: 0xc4, HRP: "bcrt"}),
	network("simnet", "683e86bd5c6d110d91b94b97137ba6bfe02dbbdb8e3dff722a669b5d69d77af6",
		Network{Magic: 0x12141c16, PowLimitBits: 0x207fffff, P2PKHVersion: 0x3f, P2SHVersion: 0x7b, HRP: "sb"}),
}

// network fills in what follows from the name and the genesis hash.
func network(name, genesis string, n Network) *Network {
	h, err := ledger.ParseHash(genesis)
	if err != nil {
		panic("BUG: genesis hash of " + name + ": " + err.Error())
	}
	n.Name, n.Genesis, n.Chain = name, h, ledger.Chain("bip122:"+genesis[:32])
	return &n
}

// Networks returns the known networks, mainnet first, always in one order.
func Networks() []*Network { return append([]*Network(nil), networks...) }

// NetworkByName returns the network called name.
func NetworkByName(name string) (*Network, error) {
	for _, n := range networks {
		if n.Name == name {
			return n, nil
		}
	}
	return nil, fmt.Errorf("network %.40q is not known: want one of %s", name, namesWhere(func(*Network) bool { return true }))
}

// NetworkByMagic returns the network whose messages and block files begin with
// magic, read as a little-endian number.
func NetworkByMagic(magic uint32) (*Network, bool) {
	return networkWhere(func(n *Network) bool { return n.Magic == magic })
}

// NetworkByChain returns the network of a CAIP-2 id.
func NetworkByChain(c ledger.Chain) (*Network, bool) {
	return networkWhere(func(n *Network) bool { return n.Chain == c })
}

func networkWhere(is func(*Network) bool) (*Network, bool) {
	for _, n := range networks {
		if is(n) {
			return n, true
		}
	}
	return nil, false
}

// namesWhere lists the networks that is holds for, for an error.
func namesWhere(is func(*Network) bool) string {
	var names []string
	for _, n := range networks {
		if is(n) {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, ", ")
}
