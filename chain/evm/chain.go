package evm

import (
	"fmt"
	"slices"
	"strconv"

	"clew.example/clew/ledger"
)

// Chain is what differs from chain to chain. A chain that is not in the table,
// such as one made for a test, is a Chain that the caller fills in.
type Chain struct {
	ID     uint64 // EIP-155
	Name   string
	Native Coin
	Fees   Fees
	Header HeaderForm
	// Wrapped are contracts whose Deposit and Withdrawal logs make and burn
	// units of the native coin that they hold (WETH9).
	Wrapped []Address
	// Mirrors are contracts whose Transfer logs repeat moves of the native
	// coin, and would count them twice.
	Mirrors []Address
	// Tags says that nodes answer for the blocks "safe" and "finalized".
	Tags bool
	// Withdrawals says that blocks may pay from the consensus layer.
	Withdrawals bool
	// Traces says that common nodes of this chain trace blocks.
	Traces TraceForm
	// Minerless says that the header does not name who takes the tips.
	Minerless bool
	// StateSync says that a block may end with a transaction that is in no
	// root and pays nobody a fee (Polygon's messages from Ethereum).
	StateSync bool
	// MinerRewards says that whoever makes a block was paid with new coins.
	MinerRewards bool
}

// Coin is the native coin. Decimals are for showing it only.
type Coin struct {
	Symbol   string
	Decimals uint8
	SLIP44   uint32 // its number among coins, as CAIP-20 writes it
}

// Fees says where the fees of a chain go.
type Fees struct {
	BaseFee FeeTaker
	Tip     FeeTaker
	// Data takes the fee for data on the chain below, which receipts state as
	// l1Fee. Zero: there is none.
	Data Address
	// Stated says that the price paid is the receipt's, since the chain does
	// not follow EIP-1559 to the letter.
	Stated bool
}

// FeeTaker says who takes a part of a fee.
type FeeTaker struct {
	Who Taker
	// Accounts take it, each from a block on.
	Accounts []FeeAccount
}

// FeeAccount takes fees from a block on.
type FeeAccount struct {
	From    uint64
	Account Address
}

// Taker is a way to say who takes a part of a fee.
type Taker uint8

// The ways.
const (
	TakerBurned  Taker = iota // nobody: it is burned
	TakerMiner                // the account that the header names
	TakerAccount              // one of the accounts
	TakerUnknown              // an account that cannot be told from the block
)

// HeaderForm is the order of the fields of a header.
type HeaderForm uint8

// The forms of headers.
const (
	HeaderEthereum HeaderForm = iota
	HeaderAvalanche
	// HeaderBelieved is of a chain whose headers hash in a way that is not
	// known here, or of recordings that left fields out: its hash is believed.
	HeaderBelieved
)

// TraceForm says in which form nodes trace a block.
type TraceForm uint8

// The forms of traces.
const (
	TracesEither TraceForm = iota // trace_block or debug_traceBlockByNumber, by node
	TracesDebug                   // debug_traceBlockByNumber with callTracer
)

func always(s string) FeeTaker {
	return FeeTaker{TakerAccount, []FeeAccount{{0, mustAddress(s)}}}
}

// opStack is the fees of chains that are made of the OP stack: each part has
// its vault (specs.optimism.io, predeploys).
var opStack = Fees{
	BaseFee: always("0x4200000000000000000000000000000000000019"),
	Tip:     always("0x4200000000000000000000000000000000000011"),
	Data:    mustAddress("0x420000000000000000000000000000000000001A"),
}

var ether = Coin{"ETH", 18, 60}

// chains is sorted by ID.
var chains = []*Chain{
	{
		ID: 1, Name: "ethereum", Native: ether, Tags: true, Withdrawals: true, MinerRewards: true,
		Fees:    Fees{BaseFee: FeeTaker{Who: TakerBurned}, Tip: FeeTaker{Who: TakerMiner}},
		Wrapped: []Address{mustAddress("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2")},
	},
	{
		ID: 10, Name: "optimism", Native: ether, Tags: true, Fees: opStack, Traces: TracesDebug,
		Wrapped: []Address{mustAddress("0x4200000000000000000000000000000000000006")},
		// Before Bedrock ether was a contract of its own.
		Mirrors: []Address{mustAddress("0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000")},
	},
	{
		ID: 56, Name: "bsc", Native: Coin{"BNB", 18, 714}, Tags: true,
		// Fees wait at a system account, and the maker of the block takes them
		// at its end; there is nothing to tell the two apart by.
		Fees:    Fees{BaseFee: FeeTaker{Who: TakerMiner}, Tip: FeeTaker{Who: TakerMiner}},
		Wrapped: []Address{mustAddress("0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c")},
	},
	{
		ID: 137, Name: "polygon", Native: Coin{"POL", 18, 966}, Tags: true, Minerless: true, StateSync: true,
		Fees: Fees{
			BaseFee: FeeTaker{TakerAccount, []FeeAccount{
				{23850000, mustAddress("0x70bcA57F4579f58670aB2d18Ef16e02C17553C38")},
				{50523000, mustAddress("0x7A8ed27F4C30512326878652d20fC85727401854")},
			}},
			Tip: FeeTaker{Who: TakerUnknown},
		},
		Wrapped: []Address{mustAddress("0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270")},
		Mirrors: []Address{mustAddress("0x0000000000000000000000000000000000001010")},
	},
	{
		ID: 8453, Name: "base", Native: ether, Tags: true, Fees: opStack, Traces: TracesDebug,
		Wrapped: []Address{mustAddress("0x4200000000000000000000000000000000000006")},
	},
	{
		ID: 42161, Name: "arbitrum", Native: ether, Tags: true, Traces: TracesDebug, Minerless: true,
		// Its token WETH states what it makes and burns as transfers.
		Fees: Fees{BaseFee: FeeTaker{Who: TakerUnknown}, Tip: FeeTaker{Who: TakerUnknown}, Stated: true},
	},
	{
		ID: 43114, Name: "avalanche", Native: Coin{"AVAX", 18, 9005}, Tags: true, Header: HeaderAvalanche, Traces: TracesDebug,
		// All of a fee goes to an account without a key, which is how it burns.
		Fees:    Fees{BaseFee: FeeTaker{Who: TakerBurned}, Tip: FeeTaker{Who: TakerBurned}},
		Wrapped: []Address{mustAddress("0xB31f66AA3C1e785363F0875A1B74E27b85FD66c7")},
	},
}

// Chains returns the chains of the table, by number.
func Chains() []*Chain { return slices.Clone(chains) }

// ChainByID returns the chain with an EIP-155 number.
func ChainByID(id uint64) (*Chain, bool) {
	i := slices.IndexFunc(chains, func(c *Chain) bool { return c.ID == id })
	if i < 0 {
		return nil, false
	}
	return chains[i], true
}

// ChainByName returns the chain with a name, such as "ethereum", or with a
// CAIP-2 id.
func ChainByName(name string) (*Chain, error) {
	for _, c := range chains {
		if c.Name == name || string(c.CAIP2()) == name {
			return c, nil
		}
	}
	return nil, fmt.Errorf("chain %.80q: not known", name)
}

// CAIP2 returns the chain's id, such as "eip155:1".
func (c *Chain) CAIP2() ledger.Chain { return caip2(c.ID) }

func caip2(id uint64) ledger.Chain {
	return ledger.Chain("eip155:" + strconv.FormatUint(id, 10))
}

// taker returns who takes a part of a fee in a block, and whether it is burned
// instead. The zero Address is an account that is not known.
func (t FeeTaker) taker(number uint64, miner Address) (to ledger.Address, burned bool) {
	switch t.Who {
	case TakerBurned:
		return to, true
	case TakerMiner:
		return miner.Key(), false
	case TakerUnknown:
		return to, false
	}
	for _, a := range t.Accounts {
		if number >= a.From {
			to = a.Account.Key()
		}
	}
	return to, false
}
