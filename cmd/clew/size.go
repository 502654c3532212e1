package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are the endings of a size, the longer before those that end alike.
var sizeUnits = []struct {
	name  string
	bytes uint64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40},
	{"B", 1}, {"", 1},
}

// parseSize reads such as 300MB, 1GiB or 500000000.
func parseSize(s string) (int64, error) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil || n == 0 || n > math.MaxInt64/u.bytes {
			break
		}
		return int64(n * u.bytes), nil
	}
	return 0, fmt.Errorf("size %.40q: want a number of bytes, such as 300MB or 1GiB", s)
}
