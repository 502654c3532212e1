package evm

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

var (
	eventPolyLock   = event("LockEvent(address,address,uint64,bytes,bytes,uint256)")
	eventPolyCross  = event("CrossChainEvent(address*,bytes,address,uint64,bytes,bytes)")
	eventPolyUnlock = event("UnlockEvent(address,address,uint256)")
	eventPolyVerify = event("VerifyHeaderAndExecuteTxEvent(uint64,bytes,bytes,bytes)")
)

var polyReaders = []legReader{{eventPolyLock, readPolyLock}, {eventPolyVerify, readPolyVerify}}

// polyChains are Poly's numbers of chains, by chain.
var polyChains = map[uint64]uint64{1: 2, 56: 6, 137: 17, 42161: 19, 43114: 21, 10: 23}

func polyChain(number uint64) ledger.Chain {
	for _, c := range chains {
		if n, ok := polyChains[c.ID]; ok && n == number {
			return c.CAIP2()
		}
	}
	return ""
}

func polyKey(from uint64, id []byte) string {
	return fmt.Sprintf("%s:%d:%x", Poly, from, id)
}

// readPolyLock reads what was locked. The id is in the event of the manager
// that the lock was announced to.
func readPolyLock(r *reading, leg *Leg, of *legs) {
	to := r.uint64(2)
	of.depart(leg, Poly, "", to, polyChain(to))
	leg.Asset, leg.Amount = token(r.address(0)), r.uint(5)
	leg.Sender, leg.Recipient = r.address(1), ledger.MakeAddress(r.bytes(4))
	leg.Given, leg.GivenAmount = token(ledger.MakeAddress(r.bytes(3))), leg.Amount
	from, known := polyChains[of.chain.ID]
	of.find(eventPolyCross, func(cross *reading) bool {
		id := cross.bytes(1)
		if !known || len(id) != 32 || cross.uint64(3) != to || cross.address(2) != leg.Contract.Key() {
			return false
		}
		leg.Key = polyKey(from, id)
		return true
	})
}

// readPolyVerify reads that a message was carried out; what it unlocked is in
// the event before.
func readPolyVerify(r *reading, leg *Leg, of *legs) {
	from, id := r.uint64(0), r.bytes(3)
	unlock := of.find(eventPolyUnlock, func(*reading) bool { return true })
	if len(id) != 32 || unlock == nil {
		return
	}
	of.arrive(leg, Poly, polyKey(from, id), from, polyChain(from))
	leg.Asset, leg.Recipient, leg.Amount = token(unlock.address(0)), unlock.address(1), unlock.uint(2)
}

var callPolyVerify = abi.Selector("verifyHeaderAndExecuteTx(bytes,bytes,bytes,bytes,bytes)")

// PolyCall reads the calldata by which a message of Poly's is carried out: its
// proof holds the message, which says what is unlocked, where, and for whom.
func PolyCall(calldata []byte) (leg Leg, err error) {
	args, ok := abi.Call(calldata, callPolyVerify)
	if !ok {
		return leg, ErrOtherCall
	}
	proof, err := args.Bytes(0)
	if err != nil {
		return leg, err
	}
	p := polySource{raw: proof}
	p = polySource{raw: p.bytes()} // the leaf; the path to the root follows it
	p.bytes()                      // the transaction on Poly's own chain
	from := p.uint64()
	id := p.bytes()
	p.bytes() // the message's number
	p.bytes() // the contract that sent it
	to := p.uint64()
	p.bytes() // the contract that it is for
	method := p.bytes()
	body := polySource{raw: p.bytes(), err: p.err}
	asset, recipient, amount := body.bytes(), body.bytes(), body.amount()
	switch {
	case body.err != nil:
		return leg, fmt.Errorf("proof: %w", body.err)
	case string(method) != "unlock":
		return leg, ErrOtherCall
	}
	leg = Leg{Kind: LegArrive, Protocol: Poly, Key: polyKey(from, id), Source: polyChain(from), Destination: polyChain(to), Remote: from}
	leg.Asset, leg.Recipient, leg.Amount = token(ledger.MakeAddress(asset)), ledger.MakeAddress(recipient), amount
	return leg, nil
}

// polySource reads Poly's own encoding (ZeroCopySource): numbers with the
// lowest byte first, bytes after their length.
type polySource struct {
	raw []byte
	err error
}

var errPoly = errors.New("ends too early")

func (p *polySource) take(n uint64) []byte {
	if p.err == nil && n > uint64(len(p.raw)) {
		p.err = errPoly
	}
	if p.err != nil {
		return nil
	}
	b := p.raw[:n]
	p.raw = p.raw[n:]
	return b
}

func (p *polySource) number(size uint64) uint64 {
	var word [8]byte
	copy(word[:], p.take(size))
	return binary.LittleEndian.Uint64(word[:])
}

func (p *polySource) uint64() uint64 { return p.number(8) }

// bytes reads a length, of which the first byte says how long it is itself, and
// that many bytes.
func (p *polySource) bytes() []byte {
	n := p.number(1)
	switch n {
	case 0xfd:
		n = p.number(2)
	case 0xfe:
		n = p.number(4)
	case 0xff:
		n = p.number(8)
	}
	return p.take(n)
}

// amount reads a number of 32 bytes.
func (p *polySource) amount() (n uint256.Int) {
	var word [32]byte
	for i, b := range p.take(32) {
		word[31-i] = b
	}
	n.SetBytes32(word[:])
	return n
}
