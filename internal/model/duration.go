package model

import (
	"regexp"
	"strconv"
)

var durations = regexp.MustCompile(`^(\d{1,12})([smhdwy]?)$`)

// Milliseconds returns a time as Synapse reads it: a number of milliseconds, or one with a unit such as 90d. It is false for anything else.
func Milliseconds(text string) (int64, bool) {
	parts := durations.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	unit := map[string]int64{"": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000, "y": 365 * 86_400_000}[parts[2]]
	return number * unit, err == nil
}

// Forever is longer than any time that can be written.
const Forever = int64(1) << 62
