// Package launder makes up UTXO ledgers whose truth is known: blocks of random
// payments with everything in them that a real chain has in rare places, on a
// main branch and on forks that spend the same outputs otherwise. Property
// tests of a store and of a trace begin here.
package launder
