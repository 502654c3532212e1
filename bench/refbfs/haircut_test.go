package refbfs_test

import (
	"testing"

	"clew.example/clew/bench/refbfs"
)

// TestHaircut follows a theft by hand: 10 of which 3 are stolen go to 4, 5 and
// a fee of 1; the 5 are then spent alone.
func TestHaircut(t *testing.T) {
	var c refbfs.Chain
	c.Add(nil, []uint64{3}, []uint32{3})
	c.Add(nil, []uint64{7}, []uint32{3})
	c.Add([]uint32{0, 1}, []uint64{4, 5}, []uint32{0, 4})
	c.Add([]uint32{3}, []uint64{5}, []uint32{0})
	for range 2 {
		if edges, unspent, fees := c.Haircut(0, 0); edges != 2 || unspent != 3 || fees != 0 {
			t.Errorf("haircut: %d edges, %d unspent, %d fees", edges, unspent, fees)
		}
	}
	if edges, unspent, fees := c.Haircut(3, 0); edges != 0 || unspent != 5 || fees != 0 {
		t.Errorf("haircut of what is not spent: %d edges, %d unspent, %d fees", edges, unspent, fees)
	}
}
