package main

import (
	"fmt"
	"time"

	"clew.example/clew/report/file"
)

// size writes a number of bytes in units of 1,000.
func size(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	unit, tenths := 0, n*10
	for tenths >= 10_000 && unit < len(units)-1 {
		tenths, unit = tenths/1000, unit+1
	}
	if unit == 0 {
		return file.Count(n) + " bytes"
	}
	return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, units[unit])
}

// clock writes a duration as a person would say it.
func clock(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
