package evm

import (
	"encoding/binary"
	"fmt"

	"clew.example/clew/ledger"
)

var (
	eventNomadSend     = event("Send(address*,address*,uint32*,bytes32,uint256,bool)")
	eventNomadDispatch = event("Dispatch(bytes32*,uint256*,uint64*,bytes32,bytes)")
	eventNomadReceive  = event("Receive(uint64*,address*,address*,address,uint256)")
)

var nomadReaders = []legReader{{eventNomadSend, readNomadSend}, {eventNomadReceive, readNomadReceive}}

// nomadDomains are Nomad's numbers of chains: their names in ASCII.
var nomadDomains = map[uint64]uint64{1: 0x657468 /* eth */, 1284: 0x6265616d /* beam */}

func nomadChain(domain uint64) ledger.Chain {
	for _, id := range []uint64{1, 1284} {
		if nomadDomains[id] == domain {
			return caip2(id)
		}
	}
	return ""
}

// nomadKey names a message: nonces count the messages from one chain to
// another.
func nomadKey(from, to uint64, nonce uint64) string {
	return fmt.Sprintf("%s:%d:%d:%d", Nomad, from, to, nonce)
}

// readNomadSend reads what left; the nonce is in the message that went with it.
func readNomadSend(r *reading, leg *Leg, of *legs) {
	to := r.uint64(2)
	of.depart(leg, Nomad, "", to, nomadChain(to))
	leg.Asset, leg.Amount = token(r.address(0)), r.uint(4)
	leg.Sender, leg.Recipient = r.address(1), r.foreign(3)
	id, amount := r.hash(3), leg.Amount.Bytes32()
	of.find(eventNomadDispatch, func(d *reading) bool {
		target, message := d.uint64(2), d.bytes(4)
		if target>>32 != to || len(message) < nomadTransferEnd ||
			Hash(message[nomadRecipient:]) != id || [32]byte(message[nomadAmount:]) != amount {
			return false
		}
		leg.Key = nomadKey(uint64(binary.BigEndian.Uint32(message)), to, target&(1<<32-1))
		return true
	})
}

// Places in a message: from, sender, nonce, to, recipient, and a body of the
// token's domain and id, the kind of message, and what a transfer says.
const (
	nomadBody        = 4 + 32 + 4 + 4 + 32
	nomadRecipient   = nomadBody + 4 + 32 + 1
	nomadAmount      = nomadRecipient + 32
	nomadTransferEnd = nomadAmount + 32
)

func readNomadReceive(r *reading, leg *Leg, of *legs) {
	origin := r.uint64(0)
	from, key := origin>>32, ""
	if here, known := nomadDomains[of.chain.ID]; known {
		key = nomadKey(from, here, origin&(1<<32-1))
	}
	of.arrive(leg, Nomad, key, from, nomadChain(from))
	leg.Asset, leg.Amount = token(r.address(1)), r.uint(4)
	leg.Recipient = r.address(2)
}
