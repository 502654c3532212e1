package meter

import (
	"runtime"
	"slices"
	"time"
)

// Timings are durations of one variant, in the order they were taken.
type Timings []time.Duration

// Median returns the middle duration, 0 if there is none.
func (t Timings) Median() time.Duration {
	if len(t) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(t))
	return s[len(s)/2]
}

// Best returns the least duration, 0 if there is none.
func (t Timings) Best() time.Duration {
	if len(t) == 0 {
		return 0
	}
	return slices.Min(t)
}

// Sum returns the sum of all.
func (t Timings) Sum() (sum time.Duration) {
	for _, d := range t {
		sum += d
	}
	return sum
}

// Interleave runs every variant once in each round and returns the times by
// variant: processor time of this thread, so that work of others on the machine
// does not count, nor would waiting for a disk. On a quiet machine with the data
// in memory that is the wall time. Variants must not hand work to goroutines.
//
// All repeats of one variant before the next one's would make the
// later look up to twice as fast on short walks: caches are warm and branch
// predictors trained by then. Rounds alternate between first to last and last
// to first, so that none always runs in the wake of the same other.
func Interleave(rounds int, variants ...func(round int) error) ([]Timings, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times := make([]Timings, len(variants))
	for round := range rounds {
		for i := range variants {
			v := i
			if round%2 == 1 {
				v = len(variants) - 1 - i
			}
			start := threadTime()
			if err := variants[v](round); err != nil {
				return nil, err
			}
			times[v] = append(times[v], threadTime()-start)
		}
	}
	return times, nil
}

// PerSecond returns n over d as a rate, 0 if no time passed.
func PerSecond(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
