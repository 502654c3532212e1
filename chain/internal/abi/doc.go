// Package abi reads values that contracts encode as the Solidity ABI says, and
// names functions and events by their hashes.
//
// What is read was written by strangers. Nothing is expanded: a Tuple is a view
// of the bytes it was made from, each read is checked against them, and no
// read allocates. Offsets that overlap or go in circles, lengths beyond the
// end and dirty padding therefore cost nothing and lead nowhere.
//
// Source: Contract ABI Specification, docs.soliditylang.org.
package abi
