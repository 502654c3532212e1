// Package mock is a node that speaks the JSON-RPC of Bitcoin Core and btcd, as
// far as package bitcoind asks, over blocks that are given to it. It restarts,
// lags, stalls and lies as it is told.
//
//	n := mock.New(first, raws)  // n.URL
//	n.SetTip(hash)              // its best chain is the one that ends here
//	n.Tamper(func(method string, params []any, a *mock.Answer) { a.Result = "nonsense" })
package mock
