// Package job runs the traces that are asked of the server: a few at a time, in
// the order in which they were asked, whoever still listens. What is asked and
// what is found lie in a store; here is what runs now, how far it is, and the
// graphs of the answers that were looked at last.
//
// Memory is bounded by transactions, which is what a trace holds: one that
// visits more than Options.TxsMax under its policies together is ended and says
// so, and graphs are kept up to Options.TxsKept.
package job
