// Package launder makes up UTXO ledgers whose truth is known: blocks of random
// payments with everything in them that a real chain has in rare places, on a
// main branch and on forks that spend the same outputs otherwise. Property
// tests of a store and of a trace begin here.
//
//	w, err := launder.New(launder.Small(seed)) // w.Chain(), w.Forks, w.Raw(hash)
//	m, err := w.Truth(w.Tip().Hash)            // m.Spender(outpoint, asOf), m.Outputs(account, asOf)
//	s := m.Source(asOf)                    // what a trace asks; s.Sparse(seed) hides the order
//
// A World has valid blocks as far as Clew checks them: merkle roots, witness
// commitments and regression-test proof of work are right. Signatures and
// scripts are made up, and coinbases are spent before they ripen.
//
// # Cases as text
//
// Parse makes a world from a few lines, one transaction each:
//
//	first 100                        # height of the first block, 1 unless said
//	c1 coinbase   -> miner:50
//	t1 theft:10   -> a:7 b:3
//	block
//	t2 a:7 clean:3 -> c:9 burn:1     # no fee
//	t3 t1:1        -> b:1 b:1        # one to the miners
//
// A transaction is its name, inputs, an arrow and outputs. Names are letters,
// digits, and _ . - after the first letter; accounts and transactions do not
// share names. Amounts are base units. "#" begins a comment.
//
//	OUTPUT  account:amount   burn and burn.anything are OP_RETURN outputs
//	INPUT   tx:vout          that output
//	        account          its oldest unspent output
//	        account:amount   its oldest unspent outputs, as many as make the amount exactly;
//	                         of an account not named so far: an output from before the
//	                         ledger, whose value World.Spent states
//	        account:amount?  an output from before the ledger, whose value nobody states
//
// "block" ends a block. A coinbase is the first line of its block and may
// claim anything; a block without one gets one that claims nothing. Names
// make scripts and txids: see AccountOf and World.TxID.
package launder
