// Package mock is an Esplora server for tests: it serves blocks that it was
// given, as slowly and as falsely as it is told to.
//
//	s, err := mock.Serve(mock.Peel(173).Blocks)
//	defer s.Close()
//	s.SetLatency(50 * time.Millisecond)
//	s.Tamper(mock.ChangeAmount(id, 0))
//	// ... ask s.URL ...
//	s.Stats().Requests
package mock
