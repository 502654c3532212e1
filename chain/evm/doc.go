// Package evm turns what nodes of Ethereum and its kin answer into one
// normalised block: transactions, and the moves of value they made, in order.
// It is pure: no network, no disk, no clock.
//
// Nodes may lie. What Decode accepts hashes to what it should: the header to
// the block's hash, the transactions, receipts and withdrawals to the roots in
// it, the logs to their blooms. Block.Checked says which of these could be
// checked. Senders are recovered from signatures if the decoder is told to, and
// else believed. Nothing commits to traces, to the price of blobs, or to the
// fees of rollups for data: these are believed, and traces are held against
// everything else that the node said.
//
// What cannot be known is said for each transaction (Tx.Unknown), and never
// taken for nothing.
//
// Sources: the Yellow Paper; EIP-55, 155, 658, 1559, 2718, 2930, 4844, 4895,
// 6780, 7685, 7702; the execution API; CAIP-2 and CAIP-19.
package evm
