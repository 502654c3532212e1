package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand"

	//lint:ignore SA1019 deprecated as a hash to choose, but bitcoin's HASH160 is made of it
	"golang.org/x/crypto/ripemd160"
)

// coin is an unspent output in its owner's purse.
type coin struct {
	tx    uint32
	vout  uint16
	addr  uint32
	value int64
}

// world is who owns what: the state from which payments are drawn. Addresses,
// wallets, transactions and outputs are numbered in the order they appear.
//
// The draws from rng, their number and their order, are the format of this
// package: any change of them makes another chain.
type world struct {
	rng     *rand.Rand
	outAddr []uint32   // output -> address
	owner   []uint32   // address -> wallet
	keyHash [][20]byte // address -> HASH160 of its key
	purse   [][]coin   // wallet -> what it can spend; wallet 0 is nobody
	miners  [12]uint32
}

// newWorld sizes its tables by the mix of the published workload: 2.36
// outputs, 1.59 addresses and 0.27 wallets a transaction.
func newWorld(p Params) *world {
	w := &world{
		rng:     rand.New(rand.NewSource(p.Seed)),
		outAddr: make([]uint32, 0, p.Txs/10*25),
		owner:   make([]uint32, 0, p.Txs/10*17),
		keyHash: make([][20]byte, 0, p.Txs/10*17),
		purse:   make([][]coin, 1, p.Txs/10*3+1),
	}
	for i := range w.miners {
		w.miners[i] = w.newWallet()
	}
	return w
}

func (w *world) newWallet() uint32 {
	w.purse = append(w.purse, nil)
	return uint32(len(w.purse) - 1)
}

func (w *world) newAddress(wallet uint32) uint32 {
	a := uint32(len(w.owner))
	w.owner = append(w.owner, wallet)
	w.keyHash = append(w.keyHash, hash160(a))
	return a
}

// payee draws who is paid: 18 % new wallets, 37 % an address paid before, drawn
// by its outputs, else a fresh address of the wallet behind such a one.
func (w *world) payee() uint32 {
	r := w.rng.Float64()
	if len(w.outAddr) < 100 || r < 0.18 {
		return w.newAddress(w.newWallet())
	}
	a := w.outAddr[w.rng.Intn(len(w.outAddr))]
	if r < 0.18+0.37 {
		return a
	}
	return w.newAddress(w.owner[a])
}

// spender draws a wallet that has something to spend. There always is one: the
// newest coinbase is unspent when the first transaction after it is drawn, and
// no transaction leaves its outputs without an owner.
func (w *world) spender() uint32 {
	for {
		wallet := w.owner[w.outAddr[w.pastOutput()]]
		if len(w.purse[wallet]) > 0 {
			return wallet
		}
	}
}

// pastOutput draws an output: 65 % recent ones, the rest of any age.
func (w *world) pastOutput() int {
	n := len(w.outAddr)
	if w.rng.Float64() < 0.65 {
		if i := n - 1 - int(w.rng.ExpFloat64()*20000); i >= 0 {
			return i
		}
	}
	return w.rng.Intn(n)
}

// take draws one coin out of a wallet's purse.
func (w *world) take(wallet uint32) coin {
	p := w.purse[wallet]
	i := w.rng.Intn(len(p))
	c := p[i]
	p[i] = p[len(p)-1]
	w.purse[wallet] = p[:len(p)-1]
	return c
}

// receive gives an output to the owner of its address. Outputs come in chain
// order.
func (w *world) receive(c coin) {
	w.outAddr = append(w.outAddr, c.addr)
	owner := w.owner[c.addr]
	w.purse[owner] = append(w.purse[owner], c)
}

// inputCount draws how many inputs a wallet that holds n coins uses.
func (w *world) inputCount(n int) int {
	k := 0
	switch r := w.rng.Float64(); {
	case r < 0.45:
		k = 1
	case r < 0.73:
		k = 2
	case r < 0.90:
		k = 3
	default:
		k = 4 + w.rng.Intn(10)
	}
	return min(k, n)
}

// outputCount draws how many outputs a transaction is meant to have.
func (w *world) outputCount() int {
	switch r := w.rng.Float64(); {
	case r < 0.10:
		return 1
	case r < 0.90:
		return 2
	case r < 0.985:
		return 3 + w.rng.Intn(4)
	default:
		return 10 + w.rng.Intn(30)
	}
}

// share draws what one of n outputs gets of rest: at least dust where there is
// that much. The fraction is a float because the published bytes depend on it;
// nothing is lost, the last output takes what is left. The conversion inside
// keeps compilers from fusing multiply and add, which would round otherwise.
func (w *world) share(rest int64, n int) int64 {
	const dust = 546
	var f float64
	if n > 2 {
		w.rng.Float64() // the published chain draws one that it does not use
		f = w.rng.Float64() / float64(n)
	} else {
		f = 0.05 + float64(0.7*w.rng.Float64())
	}
	return min(max(int64(float64(rest)*f), dust), rest)
}

// changeAddress draws where the last output goes: of a transaction with one
// output to a payee, else back to the first input's address or to a fresh one.
func (w *world) changeAddress(wallet, first uint32, n int) uint32 {
	r := w.rng.Float64()
	switch {
	case n == 1:
		return w.payee()
	case r < 0.25:
		return first
	default:
		return w.newAddress(wallet)
	}
}

// publicKey returns the key of an address: 33 bytes in the form of a compressed
// one, for which no private key is known.
func publicKey(addr uint32) [33]byte {
	seed := [12]byte{'p', 'e', 'e', 'r', 'p', 'k'}
	binary.LittleEndian.PutUint32(seed[8:], addr)
	h := sha256.Sum256(seed[:])
	var key [33]byte
	key[0] = 2 + h[0]&1
	copy(key[1:], h[:])
	return key
}

func hash160(addr uint32) (h [20]byte) {
	key := publicKey(addr)
	inner := sha256.Sum256(key[:])
	r := ripemd160.New()
	r.Write(inner[:])
	r.Sum(h[:0])
	return h
}

// Script returns the scriptPubKey of an address: pay to public key hash, 25
// bytes.
func Script(addr uint32) []byte {
	h := hash160(addr)
	return appendScript(nil, &h)
}

func appendScript(dst []byte, h *[20]byte) []byte {
	dst = append(dst, 0x76, 0xa9, 20)
	dst = append(dst, h[:]...)
	return append(dst, 0x88, 0xac)
}
