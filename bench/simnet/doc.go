// Package simnet makes chains of btcd's simulation network, and runs the btcd
// nodes that take them. It is for tests and benches: nobody mines these coins.
//
//	b := simnet.Genesis()
//	for range 100 {
//		b = simnet.Mine(b, "main")
//	}
//	n, err := simnet.Start(simnet.Options{Bin: bin, Dir: dir})
//	err = n.Submit(ctx, b)
//
// Blocks keep every rule that btcd checks, and the same arguments give the same
// bytes. Proof of work takes two tries on average (bits 207fffff).
package simnet
