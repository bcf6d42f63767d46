package route

import (
	"regexp"
	"strings"
	"sync"
)

// quotedOnce matches a value in single quotes; matcherOfMany matches a matcher with several values, which Traefik 2 took for any of them.
var (
	quotedOnce    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'([^'\x60"]*)'`) })
	matcherOfMany = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(Host|Path|PathPrefix|Method)\((\x60[^\x60]*\x60(?:\s*,\s*\x60[^\x60]*\x60)+)\)`)
	})
)

// RepairRule returns a rule that Traefik 3 takes in the place of one that it does not, and that says the same: values in backticks, and one
// value for each matcher. It is "" if that is not enough.
func RepairRule(text string) string {
	repaired := quotedOnce().ReplaceAllString(text, "`$1`")
	repaired = matcherOfMany().ReplaceAllStringFunc(repaired, func(found string) string {
		match := matcherOfMany().FindStringSubmatch(found)
		var each []string
		for value := range strings.SplitSeq(match[2], ",") {
			each = append(each, match[1]+"("+strings.TrimSpace(value)+")")
		}
		any := strings.Join(each, " || ")
		if found == repaired {
			return any
		}
		return "(" + any + ")"
	})
	if repaired == text || CheckRule(repaired) != nil {
		return ""
	}
	return repaired
}
