package bitcoind

import (
	"fmt"
	"math/big"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// checkHeader checks what a header has to do with the one before it, and its
// proof of work. That it builds on another one is errMoved.
func checkHeader(opt *Options, raw *[ledger.HeaderSize]byte, before link, h *header) error {
	if h.Height == 0 && h.Hash != opt.Network.Genesis {
		return fmt.Errorf("block 0 is not that of %s", opt.Network.Name)
	}
	if before.known && ledger.Hash(raw[4:36]) != before.hash {
		return errMoved
	}
	if opt.NoPow {
		return nil
	}
	if err := bitcoin.CheckPow(h.Hash, h.bits, opt.Network); err != nil {
		return err
	}
	if before.known && steady(opt.Network) {
		return checkTarget(h.Height, before.bits, h.bits)
	}
	return nil
}

// retargetEvery is how many blocks keep one target, and four times easier the
// most that the next may be (Bitcoin Core, PermittedDifficultyTransition). It
// stops a stranger from going on behind a true block with a chain that costs
// nothing.
const retargetEvery = 2016

// steady reports whether a network's blocks may not fall back to the least work
// when none is found for a while, as on the other test networks.
func steady(n *bitcoin.Network) bool { return n.Name == "mainnet" || n.Name == "signet" }

// checkTarget checks how a target follows from the one before. How fast blocks
// came is not looked at, and harder ones than due only cost who makes them.
func checkTarget(h ledger.Height, before, bits uint32) error {
	if bits == before {
		return nil
	}
	if h%retargetEvery != 0 {
		return fmt.Errorf("the target changes from bits %08x to %08x between retargets", before, bits)
	}
	old, _ := bitcoin.Target(before)
	now, _ := bitcoin.Target(bits)
	if easiest := new(big.Int).Lsh(number(old), 2); number(now).Cmp(easiest) > 0 {
		return fmt.Errorf("the target becomes more than four times easier, from bits %08x to %08x", before, bits)
	}
	return nil
}

func number(a bitcoin.Uint256) *big.Int {
	n := new(big.Int)
	for i := len(a) - 1; i >= 0; i-- {
		n.Or(n.Lsh(n, 64), new(big.Int).SetUint64(a[i]))
	}
	return n
}
