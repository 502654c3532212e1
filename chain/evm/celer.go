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
	eventCelerSend  = event("Send(bytes32,address,address,address,uint256,uint64,uint64,uint32)")
	eventCelerRelay = event("Relay(bytes32,address,address,address,uint256,uint64,bytes32)")
)

// Celer also locks tokens for which it mints others, and the reverse.
var (
	eventCelerLock   = event("Deposited(bytes32,address,address,uint256,uint64,address)")
	eventCelerMint   = event("Mint(bytes32,address,address,uint256,uint64,bytes32,address)")
	eventCelerUnlock = event("Withdrawn(bytes32,address,address,uint256,uint64,bytes32,address)")
)

var celerReaders = []legReader{
	{eventCelerSend, readCelerSend}, {eventCelerRelay, readCelerRelay},
	{eventCelerLock, readCelerLock}, {eventCelerMint, readCelerMint}, {eventCelerUnlock, readCelerUnlock},
}

func readCelerSend(r *reading, leg *Leg, of *legs) {
	id, to := r.hash(0), r.uint64(5)
	of.depart(leg, Celer, hexKey(Celer, id[:]), to, caip2(to))
	leg.Sender, leg.Recipient = r.address(1), r.address(2)
	leg.Asset, leg.Amount = token(r.address(3)), r.uint(4)
}

func readCelerRelay(r *reading, leg *Leg, of *legs) {
	id, from := r.hash(6), r.uint64(5)
	of.arrive(leg, Celer, hexKey(Celer, id[:]), from, caip2(from))
	leg.Sender, leg.Recipient = r.address(1), r.address(2)
	leg.Asset, leg.Amount = token(r.address(3)), r.uint(4)
}

func readCelerLock(r *reading, leg *Leg, of *legs) {
	id, to := r.hash(0), r.uint64(4)
	of.depart(leg, Celer, hexKey(Celer, id[:]), to, caip2(to))
	leg.Sender, leg.Recipient = r.address(1), r.address(5)
	leg.Asset, leg.Amount = token(r.address(2)), r.uint(3)
}

func readCelerMint(r *reading, leg *Leg, of *legs) {
	celerBack(r, leg, of, 2, 1)
}

func readCelerUnlock(r *reading, leg *Leg, of *legs) {
	celerBack(r, leg, of, 1, 2)
}

// celerBack reads what Mint and Withdrawn state, with recipient and token at
// these places.
func celerBack(r *reading, leg *Leg, of *legs, recipient, contract int) {
	id, from := r.hash(5), r.uint64(4)
	of.arrive(leg, Celer, hexKey(Celer, id[:]), from, caip2(from))
	leg.Sender, leg.Recipient = r.address(6), r.address(recipient)
	leg.Asset, leg.Amount = token(r.address(contract)), r.uint(3)
}

// CelerTransferID returns the id of a transfer: what Send states and Relay
// repeats. It is the hash of what was asked for, with a nonce of the asker.
func CelerTransferID(sender, receiver, tokenContract Address, amount *uint256.Int, to, nonce, from uint64) Hash {
	word := amount.Bytes32()
	numbers := make([]byte, 0, 24)
	for _, n := range []uint64{to, nonce, from} {
		numbers = binary.BigEndian.AppendUint64(numbers, n)
	}
	return abi.Keccak256(sender[:], receiver[:], tokenContract[:], word[:], numbers)
}

// CelerLockID returns the id of a deposit of tokens that are minted on another
// chain: what Deposited states and Mint repeats.
func CelerLockID(sender, tokenContract Address, amount *uint256.Int, to uint64, account Address, nonce, from uint64) Hash {
	word := amount.Bytes32()
	chain := binary.BigEndian.AppendUint64(nil, to)
	end := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, nonce), from)
	return abi.Keccak256(sender[:], tokenContract[:], word[:], chain, account[:], end)
}

// Calls of Celer's bridge that pay out, and name what they pay for.
var (
	callCelerRelay    = abi.Selector("relay(bytes,bytes[],address[],uint256[])")
	callCelerWithdraw = abi.Selector("withdraw(bytes,bytes[],address[],uint256[])")
	callCelerMint     = abi.Selector("mint(bytes,bytes[],address[],uint256[])")
	callCelerDelayed  = abi.Selector("executeDelayedTransfer(bytes32)")
)

// ErrOtherCall is returned for calldata of functions that are not decoded.
var ErrOtherCall = errors.New("a call of another function")

// CelerCall reads the calldata of a payment by Celer's bridge: relay, of a
// transfer from another chain, mint, of tokens locked there, and withdraw, which
// also gives back what could not be sent. A delayed payment names only the id of the payment itself, which
// is then the key.
func CelerCall(calldata []byte) (Leg, error) {
	if args, ok := abi.Call(calldata, callCelerDelayed); ok {
		id, err := args.Word(0)
		return Leg{Kind: LegArrive, Protocol: Celer, Key: "celer-payment:" + Hash(id).String()[2:]}, err
	}
	if args, ok := abi.Call(calldata, callCelerRelay); ok {
		return celerRequest(args, celerRelayFields)
	}
	if args, ok := abi.Call(calldata, callCelerWithdraw); ok {
		return celerRequest(args, celerWithdrawFields)
	}
	if args, ok := abi.Call(calldata, callCelerMint); ok {
		return celerRequest(args, celerMintFields)
	}
	return Leg{}, ErrOtherCall
}

// celerFields are the numbers of the fields of a request, which is a message of
// protocol buffers (Celer's contracts, PbBridge, PbPool and PbPegged). 0: it has
// none.
type celerFields struct {
	sender, receiver, token, amount, from, to, ref uint64
}

var (
	celerRelayFields    = celerFields{sender: 1, receiver: 2, token: 3, amount: 4, from: 5, to: 6, ref: 7}
	celerMintFields     = celerFields{token: 1, receiver: 2, amount: 3, sender: 4, from: 5, ref: 6}
	celerWithdrawFields = celerFields{receiver: 2, token: 3, amount: 4, from: 5, ref: 6}
)

func celerRequest(args abi.Tuple, fields celerFields) (leg Leg, err error) {
	raw, err := args.Bytes(0)
	if err != nil {
		return leg, err
	}
	m, err := parseMessage(raw)
	if err != nil {
		return leg, err
	}
	leg = Leg{Kind: LegArrive, Protocol: Celer}
	leg.Sender, leg.Recipient = m.address(fields.sender), m.address(fields.receiver)
	leg.Asset = token(m.address(fields.token))
	if amount := m.bytes[fields.amount]; len(amount) <= 32 {
		leg.Amount.SetBytes(amount)
	}
	leg.Remote = m.numbers[fields.from]
	leg.Source = caip2(leg.Remote)
	if fields.to != 0 {
		leg.Destination = caip2(m.numbers[fields.to])
	}
	if ref := m.bytes[fields.ref]; len(ref) == 32 {
		leg.Key = hexKey(Celer, ref)
	}
	return leg, nil
}

// message is the fields of a message of protocol buffers, by number.
type message struct {
	bytes   [messageFields][]byte
	numbers [messageFields]uint64
}

// messageFields is above the number of any field that is read.
const messageFields = 16

func (m *message) address(field uint64) (a ledger.Address) {
	if b := m.bytes[field]; field != 0 && len(b) == AddressSize {
		a = ledger.MakeAddress(b)
	}
	return a
}

// parseMessage reads fields that are numbers or bytes; other kinds of fields do
// not occur. The last of a number counts.
func parseMessage(raw []byte) (m message, err error) {
	for len(raw) > 0 {
		tag, rest, ok := varint(raw)
		value, rest, ok2 := varint(rest)
		field := tag >> 3
		if !ok || !ok2 || field == 0 || field >= messageFields {
			return m, fmt.Errorf("message: %d bytes before its end: not a field", len(raw))
		}
		switch raw = rest; tag & 7 {
		case 0:
			m.numbers[field] = value
		case 2:
			if value > uint64(len(raw)) {
				return m, fmt.Errorf("message: field %d leads beyond the end", field)
			}
			m.bytes[field], raw = raw[:value], raw[value:]
		default:
			return m, fmt.Errorf("message: field %d is of kind %d", field, tag&7)
		}
	}
	return m, nil
}

// varint reads a number of seven bits a byte, the lowest first.
func varint(raw []byte) (n uint64, rest []byte, ok bool) {
	for i := 0; i < len(raw) && i < 10; i++ {
		n |= uint64(raw[i]&0x7f) << (7 * i)
		if raw[i] < 0x80 {
			return n, raw[i+1:], true
		}
	}
	return 0, nil, false
}
