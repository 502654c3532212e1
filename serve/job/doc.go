// Package job runs the traces that are asked of the server: a few at a time, in
// the order in which they were asked, whoever still listens. What is asked and
// what is found lie in a store; here is what runs now, how far it is, and the
// graphs of the answers that were looked at last.
//
// Memory is bounded by transactions, which is what a trace holds: one that
// visits more than Options.TxsMax under its policies together is ended and says
// so, and graphs are kept up to Options.TxsKept, or one that is larger. A graph
// of 6,454 transactions under one policy held 3.1 kB for each and 0.7 kB more to
// be drawn, one of 18,703 under all eight 3.9 and 1.2 kB (launder.Default(7)
// with 600 blocks of 60, Go 1.26, 2 cores, at 2bbc5f8). So in the worst case a
// million takes 4 to 5 GB, for each of Options.Workers and once for what is kept;
// who has less sets less.
package job
