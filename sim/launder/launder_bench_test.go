package launder_test

import (
	"testing"

	"clew.example/clew/sim/launder"
)

func BenchmarkNewSmall(b *testing.B) {
	for i := range b.N {
		world(b, launder.Small(uint64(i)))
	}
}

func BenchmarkTruthSmall(b *testing.B) {
	w := world(b, launder.Small(1))
	for b.Loop() {
		truth(b, w)
	}
}
