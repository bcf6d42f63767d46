package model

import (
	"regexp"
	"strconv"
	"sync"
)

var (
	durations = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,12})([smhdwy]?)$`) })
	sizes     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,12})([KMGT]?)$`) })
)

// Milliseconds returns a time as Synapse reads it: a number of milliseconds, or one with a unit such as 90d. It is false for anything else.
func Milliseconds(text string) (int64, bool) {
	return quantity(durations(), text, map[string]int64{
		"": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000, "y": 365 * 86_400_000,
	})
}

// Bytes returns a size as Synapse reads it: a number of bytes, or one with a unit such as 50M, which counts in 1024s. It is false for anything
// else.
func Bytes(text string) (int64, bool) {
	return quantity(sizes(), text, map[string]int64{"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40})
}

// quantity returns the number that a pattern finds in a text, times its unit. It is false for what no int64 holds.
func quantity(pattern *regexp.Regexp, text string, units map[string]int64) (int64, bool) {
	parts := pattern.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	unit := units[parts[2]]
	return number * unit, err == nil && number <= (1<<62)/unit
}

// Forever is longer than any time that can be written.
const Forever = int64(1) << 62
