package launder

import (
	"fmt"

	"clew.example/clew/ledger"
)

// Config says what world to make. The zero value of a rate leaves a feature
// out; Default has them all.
type Config struct {
	Seed       uint64
	First      ledger.Height // height of the first block
	Blocks     int           // of the main branch, at least 1
	TxPerBlock int           // mean; a block holds 0 to twice as many besides its coinbase

	// Prior is the number of outputs older than the first block that the world
	// may spend: unknown inputs. It must be 0 where First is 0.
	Prior int

	Forks        int // branches that leave the main branch
	ForkDepthMax int // blocks of a fork

	InsMax     int // of ManyIns
	HugeInsMax int // of HugeIns
	OutsMax    int // of ManyOuts and of CoinbaseMany

	Rates Rates
	Kinds Kinds
}

// Feature is something that a random world may do.
type Feature int

// The features. Each is drawn once for the thing its comment names.
const (
	SameBlock          Feature = iota // input: spends an output of its own block
	Contested                         // input, on a fork: spends what the other side spends
	Remined                           // transaction, on a fork: one of the other side, again
	ManyIns                           // transaction: up to InsMax inputs
	HugeIns                           // transaction: up to HugeInsMax inputs
	ManyOuts                          // transaction: up to OutsMax outputs
	ZeroFee                           // transaction
	OddVersion                        // transaction: version other than 1 and 2
	LockTime                          // transaction: lock time other than zero
	Sequence                          // input: sequence other than 0xffffffff
	BigWitness                        // input with a witness: many items, or a long one
	SortedBIP69                       // transaction: inputs and outputs in BIP 69 order
	SelfSpend                         // output: to the account of an input
	HotAccount                        // output: to one of few accounts
	NewAccount                        // output: to an account never seen
	ZeroValue                         // output
	Burn                              // OP_RETURN output: carries value
	EmptyBlock                        // block: a coinbase only
	UnderClaimed                      // coinbase: claims less than subsidy and fees
	CoinbaseMany                      // coinbase: up to OutsMax outputs
	CoinbaseZero                      // coinbase: one output without value
	NeedlessCommitment                // block without a witness: commits to them all the same
	Bare                              // coinbase: without height, so that it can come again
	Duplicate                         // block: an earlier bare coinbase again (BIP 30)
	DuplicateSpend                    // transaction: the older spend of a coinbase that came again, again
	SpentKnown                        // block: what each input spends is stated
	SpentPartly                       // block: it is stated for some inputs
	TimeBack                          // block: earlier than the block before
	NestedFork                        // fork: another fork leaves it
	featureCount
)

var featureNames = [featureCount]string{
	"same-block", "contested", "remined", "many-ins", "huge-ins", "many-outs", "zero-fee", "odd-version",
	"lock-time", "sequence", "big-witness", "sorted-bip69", "self-spend", "hot-account", "new-account",
	"zero-value", "burn", "empty-block", "under-claimed", "coinbase-many", "coinbase-zero",
	"needless-commitment", "bare", "duplicate", "duplicate-spend", "spent-known", "spent-partly", "time-back",
	"nested-fork",
}

// Features lists every feature.
func Features() []Feature {
	list := make([]Feature, featureCount)
	for i := range list {
		list[i] = Feature(i)
	}
	return list
}

// String returns the feature's name.
func (f Feature) String() string { return nameOf(featureNames[:], int(f), "feature") }

// Rates says how often each feature is tried, in 1,000. A feature may find
// nothing to work on: Stats counts what came of it.
type Rates [featureCount]int

// Kind is a form of output script.
type Kind int

// The kinds of script.
const (
	P2PK Kind = iota
	P2PKH
	P2SH
	P2WPKH
	P2WSH
	P2TR
	Multisig
	OpReturn
	NonStandard
	Empty
	Long // 600 bytes
	Huge // about 10,000 bytes, where Core ceases to keep a script
	kindCount
)

var kindNames = [kindCount]string{
	"p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "multisig", "op-return", "non-standard", "empty",
	"long", "huge",
}

// AllKinds lists every kind.
func AllKinds() []Kind {
	list := make([]Kind, kindCount)
	for i := range list {
		list[i] = Kind(i)
	}
	return list
}

// String returns the kind's name.
func (k Kind) String() string { return nameOf(kindNames[:], int(k), "kind") }

func nameOf(names []string, i int, of string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s %d", of, i)
	}
	return names[i]
}

// Kinds are the relative weights of the kinds among new accounts.
type Kinds [kindCount]int

// Default returns a world of 200 blocks of about 20 transactions in which
// every feature occurs except HugeIns, and whose hottest account has more
// than 4,096 outputs.
func Default(seed uint64) Config {
	return Config{
		Seed: seed, First: 500_000, Blocks: 200, TxPerBlock: 20, Prior: 500,
		Forks: 8, ForkDepthMax: 100,
		InsMax: 300, HugeInsMax: 10_000, OutsMax: 2000,
		Rates: DefaultRates(), Kinds: DefaultKinds(),
	}
}

// Small returns a world of 24 blocks that is made in a few milliseconds, for
// tests that need many.
func Small(seed uint64) Config {
	c := Default(seed)
	c.Blocks, c.TxPerBlock, c.Prior, c.Forks, c.ForkDepthMax = 24, 6, 40, 3, 12
	c.InsMax, c.OutsMax = 30, 80
	c.Rates[Bare], c.Rates[Duplicate] = 200, 100
	return c
}

// DefaultRates returns the rates of Default.
func DefaultRates() Rates {
	return Rates{
		SameBlock: 250, Contested: 300, Remined: 300, ManyIns: 10, ManyOuts: 10, ZeroFee: 50,
		OddVersion: 50, LockTime: 300, Sequence: 300, BigWitness: 20, SortedBIP69: 200,
		SelfSpend: 80, HotAccount: 500, NewAccount: 500, ZeroValue: 20, Burn: 300,
		EmptyBlock: 30, UnderClaimed: 100, CoinbaseMany: 60, CoinbaseZero: 20, NeedlessCommitment: 500,
		Bare: 80, Duplicate: 60, DuplicateSpend: 400, SpentKnown: 250, SpentPartly: 100, TimeBack: 50,
		NestedFork: 400,
	}
}

// DefaultKinds returns the weights of Default.
func DefaultKinds() Kinds {
	return Kinds{
		P2PK: 5, P2PKH: 25, P2SH: 15, P2WPKH: 25, P2WSH: 8, P2TR: 15, Multisig: 4,
		OpReturn: 8, NonStandard: 5, Empty: 2, Long: 1, Huge: 1,
	}
}

// check refuses what could not be made, with the field's name.
func (c *Config) check() error {
	switch {
	case c.Blocks < 1:
		return fmt.Errorf("blocks %d: want at least 1", c.Blocks)
	case c.TxPerBlock < 0 || c.Prior < 0 || c.Forks < 0:
		return fmt.Errorf("a count below zero: tx per block %d, prior %d, forks %d", c.TxPerBlock, c.Prior, c.Forks)
	case c.Prior > 0 && c.First == 0:
		return fmt.Errorf("prior %d: nothing is older than block 0", c.Prior)
	case max(c.InsMax, c.HugeInsMax, c.OutsMax) > 10_000:
		return fmt.Errorf("inputs %d, %d, outputs %d: want at most 10,000 in a transaction", c.InsMax, c.HugeInsMax, c.OutsMax)
	case uint64(c.First)+uint64(c.Blocks) > 1<<31:
		return fmt.Errorf("first %d and %d blocks: heights end at 2^31", c.First, c.Blocks)
	case c.Kinds == Kinds{}:
		return fmt.Errorf("kinds: every weight is zero")
	}
	return nil
}
