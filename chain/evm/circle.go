package evm

import (
	"encoding/binary"
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// Circle's Cross-Chain Transfer Protocol burns on one chain and mints on
// another. Chains have numbers of their own, called domains.
var (
	eventBurnV1    = event("DepositForBurn(uint64*,address*,uint256,address*,bytes32,uint32,bytes32,bytes32)")
	eventReceiveV1 = event("MessageReceived(address*,uint32,uint64*,bytes32,bytes)")
	eventMintV1    = event("MintAndWithdraw(address*,uint256,address*)")
	eventBurnV2    = event("DepositForBurn(address*,uint256,address*,bytes32,uint32,bytes32,bytes32,uint256,uint32*,bytes)")
	eventSent      = event("MessageSent(bytes)")
	eventReceiveV2 = event("MessageReceived(address*,uint32,bytes32*,bytes32,uint32*,bytes)")
	eventMintV2    = event("MintAndWithdraw(address*,uint256,address*,uint256)")
)

var circleReaders = []legReader{
	{eventBurnV1, readBurnV1}, {eventReceiveV1, readReceiveV1}, {eventBurnV2, readBurnV2}, {eventReceiveV2, readReceiveV2},
}

// circleDomains are the domains of the chains in the table, by chain.
var circleDomains = map[uint64]uint64{1: 0, 43114: 1, 10: 2, 42161: 3, 8453: 6, 137: 7}

// solanaDomain is the domain of a chain that is not of this kind.
const solanaDomain = 5

func circleChain(domain uint64) ledger.Chain {
	if domain == solanaDomain {
		return "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
	}
	for _, c := range chains {
		if d, ok := circleDomains[c.ID]; ok && d == domain {
			return c.CAIP2()
		}
	}
	return ""
}

// burn is the part of a message of Circle's that says what was burned: at the
// same places in both versions.
type burn struct {
	token, recipient [32]byte
	amount           uint256.Int
}

// burnSize is the length of a burn's message, its version and sender included.
const burnSize = 4 + 4*32

func parseBurn(body []byte) (b burn, ok bool) {
	if len(body) < burnSize {
		return b, false
	}
	copy(b.token[:], body[4:])
	copy(b.recipient[:], body[36:])
	b.amount.SetBytes(body[68:100])
	return b, true
}

func circleKey(p Protocol, domain uint64, id string) string {
	return fmt.Sprintf("%s:%d:%s", p, domain, id)
}

func readBurnV1(r *reading, leg *Leg, of *legs) {
	domain, known := circleDomains[of.chain.ID]
	key, to := "", r.uint64(5)
	if known {
		key = circleKey(CCTPv1, domain, fmt.Sprint(r.uint64(0)))
	}
	of.depart(leg, CCTPv1, key, to, circleChain(to))
	leg.Asset, leg.Amount = token(r.address(1)), r.uint(2)
	leg.Sender, leg.Recipient = r.address(3), r.foreign(4)
}

func readReceiveV1(r *reading, leg *Leg, of *legs) {
	from := r.uint64(1)
	body, ok := parseBurn(r.bytes(4))
	if !ok {
		return // a message of somebody's own
	}
	of.arrive(leg, CCTPv1, circleKey(CCTPv1, from, fmt.Sprint(r.uint64(2))), from, circleChain(from))
	of.minted(leg, eventMintV1, body)
}

// minted fills in who got what, from the mint that goes with a message: the
// message names the token of the other chain.
func (of *legs) minted(leg *Leg, mint *signature, body burn) {
	leg.Recipient, leg.Amount, leg.Asset = foreign(body.recipient), body.amount, unknownToken
	leg.GivenAmount = body.amount
	m := of.find(mint, func(r *reading) bool {
		amount := r.uint(1)
		if mint == eventMintV2 {
			fee := r.uint(3)
			amount.Add(&amount, &fee)
		}
		return r.address(0) == leg.Recipient && amount == body.amount
	})
	if m != nil {
		leg.Asset, leg.Amount = token(m.address(2)), m.uint(1)
	}
}

func readBurnV2(r *reading, leg *Leg, of *legs) {
	to := r.uint64(4)
	of.depart(leg, CCTPv2, "", to, circleChain(to))
	leg.Asset, leg.Amount = token(r.address(0)), r.uint(1)
	leg.Sender, leg.Recipient = r.address(2), r.foreign(3)
	of.find(eventSent, func(sent *reading) bool {
		m, ok := parseMessageV2(sent.bytes(0))
		body, ok2 := parseBurn(m.body)
		if !ok || !ok2 || foreign(body.token) != leg.Asset.Contract || foreign(body.recipient) != leg.Recipient || body.amount != leg.Amount {
			return false
		}
		leg.Key = m.key()
		return true
	})
}

func readReceiveV2(r *reading, leg *Leg, of *legs) {
	from := r.uint64(1)
	m := messageV2{domain: from, sender: r.hash(3), body: r.bytes(5)}
	body, ok := parseBurn(m.body)
	if !ok {
		return
	}
	of.arrive(leg, CCTPv2, m.key(), from, circleChain(from))
	of.minted(leg, eventMintV2, body)
}

// messageV2 is what both sides know of a message of version 2. Its nonce is
// given to it between the chains.
type messageV2 struct {
	domain uint64
	sender Hash
	body   []byte
}

// Places in a message of version 2 (Circle's MessageV2 and BurnMessageV2).
const (
	v2Domain = 4
	v2Sender = 44
	v2Body   = 148
	// What the attesters fill in, in the body.
	v2Fee    = 164
	v2FeeEnd = 228
)

func parseMessageV2(raw []byte) (m messageV2, ok bool) {
	if len(raw) < v2Body {
		return m, false
	}
	m.domain = uint64(binary.BigEndian.Uint32(raw[v2Domain:]))
	m.sender = Hash(raw[v2Sender:])
	m.body = raw[v2Body:]
	return m, true
}

// key returns the hash of all that the attesters leave as it was. Two equal
// transfers have the same, so it joins them but does not tell them apart.
func (m *messageV2) key() string {
	body := append([]byte(nil), m.body...)
	if len(body) >= v2FeeEnd {
		clear(body[v2Fee:v2FeeEnd])
	}
	sum := abi.Keccak256(m.sender[:], body)
	return circleKey(CCTPv2, m.domain, Hash(sum).String()[2:])
}
