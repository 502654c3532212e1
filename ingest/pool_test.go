package ingest

import (
	"context"
	"errors"
	"testing"
	"time"

	"clew.example/clew/ledger"
)

// TestPoolSizes: the number of blocks and bytes follows --memory, within bounds.
func TestPoolSizes(t *testing.T) {
	for _, c := range []struct {
		memory int64
		blocks int
		bytes  int64
	}{
		{0, poolBlocksMax, poolBytesMax},
		{1, poolBlocksMin, poolBytesMin},
		{300_000_000, 4, 18_750_000},
		{1 << 40, poolBlocksMax, poolBytesMax},
	} {
		if p := newPool(c.memory); cap(p.free) != c.blocks || p.bytesMax != c.bytes {
			t.Errorf("memory %d: %d blocks, %d bytes, want %d, %d", c.memory, cap(p.free), p.bytesMax, c.blocks, c.bytes)
		}
	}
}

// TestPoolBytes: a block waits for room, the largest travels alone, and an
// ended context ends the wait.
func TestPoolBytes(t *testing.T) {
	ctx := context.Background()
	p := newPool(1)
	a, err := p.take(ctx, p.bytesMax)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := p.take(short, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a block without room: %v", err)
	}
	p.put(a, p.bytesMax)
	b, err := p.take(ctx, 100*p.bytesMax)
	if err != nil {
		t.Fatal(err)
	}
	p.put(b, 100*p.bytesMax)
	if p.inFlight.Load() != 0 {
		t.Errorf("%d bytes in flight, and nothing is", p.inFlight.Load())
	}
}

// TestPoolForgets gives the memory of an outsized block back.
func TestPoolForgets(t *testing.T) {
	p := newPool(1)
	b, err := p.take(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b.Raw = make([]byte, blockKeepMax+1)
	b.Spent = []ledger.SpentOut{{Script: []byte{1}}}
	p.put(b, 1)
	if footprint(b) != 0 {
		t.Errorf("%d bytes are kept", footprint(b))
	}
}
