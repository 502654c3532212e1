package esplora_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
)

// latency is 20 ms; CLEW_LATENCY=50ms measures what is promised for that.
func latency(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("CLEW_LATENCY")
	if text == "" {
		return 20 * time.Millisecond
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// walked follows a story at some latency and says what it took. Figures of
// time are logged and not judged: the machine may be busy.
func walked(t *testing.T, story mock.Story, latency time.Duration, perSecond int) mock.Stats {
	t.Helper()
	s := serve(t, story.Blocks)
	s.SetLatency(latency)
	e := open(t, esplora.Options{URL: s.URL, PerSecond: perSecond})
	began := time.Now()
	v := pin(t, e, newest)
	ids, err := follow(context.Background(), v, story.Start)
	if err == nil {
		err = v.Recheck(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(ids, story.Txs) {
		t.Fatalf("%d transactions, want %d", len(ids), len(story.Txs))
	}
	stats := s.Stats()
	t.Logf("%d transactions at %v: %v, %d requests in %d rounds, %d at a time, %v",
		len(ids), latency, time.Since(began).Round(10*time.Millisecond), stats.Requests, stats.Rounds, stats.InFlight, stats.ByKind)
	if stats.InFlight > esplora.DefaultInFlight {
		t.Errorf("%d requests at a time", stats.InFlight)
	}
	return stats
}

// TestChain: a hop costs one round trip.
func TestChain(t *testing.T) {
	t.Parallel()
	const hops = 173
	stats := walked(t, mock.Peel(hops), latency(t), 0)
	// Some room for requests that a busy machine kept from leaving together.
	if rounds := hops + hops/4; stats.Rounds > rounds {
		t.Errorf("%d round trips one after the other for %d hops", stats.Rounds, hops)
	}
	if most := 3*hops + hops/10 + 20; stats.Requests > most {
		t.Errorf("%d requests, want at most %d", stats.Requests, most)
	}
}

// TestFan: a spender costs three requests, its block a tenth of one, and they
// go sixteen at a time.
func TestFan(t *testing.T) {
	t.Parallel()
	const spenders = 1000
	for _, tc := range []struct {
		name      string
		perBlock  int
		latency   time.Duration
		perSecond int
	}{
		{"in one block", spenders, latency(t), -1},
		{"in a block each", 1, time.Millisecond, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			stats := walked(t, mock.Fan(spenders, tc.perBlock), tc.latency, tc.perSecond)
			if most := 3*spenders + spenders/10 + 20; stats.Requests > most {
				t.Errorf("%d requests, want at most %d", stats.Requests, most)
			}
			// Where the latency is what takes time; a busy machine keeps some
			// requests from leaving together.
			if most := stats.Requests/esplora.DefaultInFlight*3/2 + 20; tc.perBlock > 1 && stats.Rounds > most {
				t.Errorf("%d rounds for %d requests, want at most %d", stats.Rounds, stats.Requests, most)
			}
		})
	}
}

// TestHints: what is fetched ahead is asked for once; there may be any number
// of hints, of anything; and closing ends them.
func TestHints(t *testing.T) {
	t.Parallel()
	story := mock.Fan(300, 50)
	s := serve(t, story.Blocks)
	s.SetLatency(time.Millisecond)
	e := open(t, esplora.Options{URL: s.URL, InFlight: 4, PerSecond: -1})
	v := pin(t, e, newest)
	refs, err := v.AppendTxRefs(context.Background(), nil, story.Txs)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		v.Ahead(refs)
	}
	v.Ahead([]ledger.TxRef{1 << 50})
	if _, err := v.AppendTxs(context.Background(), nil, refs); err != nil {
		t.Fatal(err)
	}
	if n := s.Stats().ByKind["tx"]; n > len(refs)+1 { // and the coin spent
		t.Errorf("%d requests for %d transactions", n, len(refs))
	}
	v.Ahead(refs)
	v.Close()
	v.Ahead(refs)
	if _, err := v.AppendTxRefs(context.Background(), nil, []ledger.TxID{{9}}); err == nil {
		t.Error("a closed view answers")
	}
}

// TestTogether: many goroutines ask one view for the same things.
func TestTogether(t *testing.T) {
	t.Parallel()
	story := mock.Fan(60, 7)
	s := serve(t, story.Blocks)
	e := open(t, esplora.Options{URL: s.URL, PerSecond: -1, CacheDir: t.TempDir()})
	v := pin(t, e, newest)
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			_, err := follow(context.Background(), v, story.Start)
			if err == nil {
				_, err = v.AppendOutputs(context.Background(), nil, mock.Script(1), 0, 1<<60)
			}
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
