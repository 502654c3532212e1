package page

import (
	"strconv"
	"time"

	"clew.example/clew/internal/plain"
)

// Times are UTC: what a block's header states.
const (
	minuteForm = "2 Jan 2006 15:04"
	shortForm  = "2 Jan 15:04"
)

// when shortens a time of a result to minutes. What is no time is shown as it
// came.
func when(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return plain.Text(s)
	}
	return t.UTC().Format(minuteForm)
}

func unix(sec uint32, form string) string { return time.Unix(int64(sec), 0).UTC().Format(form) }

// lasting says how long something took. Header times may run backwards.
func lasting(from, to uint32) string {
	if to <= from {
		return "at once"
	}
	return span(int64(to - from))
}

// span writes seconds in the two units that matter.
func span(sec int64) string {
	two := func(a int64, au string, b int64, bu string) string {
		if b == 0 {
			return strconv.FormatInt(a, 10) + " " + au
		}
		return strconv.FormatInt(a, 10) + " " + au + " " + strconv.FormatInt(b, 10) + " " + bu
	}
	switch day := int64(86400); {
	case sec < 60:
		return strconv.FormatInt(sec, 10) + " s"
	case sec < 3600:
		return two(sec/60, "min", sec%60, "s")
	case sec < day:
		return two(sec/3600, "h", sec%3600/60, "min")
	case sec < 60*day:
		return two(sec/day, "d", sec%day/3600, "h")
	default:
		return count(int(sec/day)) + " days"
	}
}
