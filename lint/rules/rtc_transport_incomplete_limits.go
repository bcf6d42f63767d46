package rules

import (
	"fmt"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// callLimit is a limit of Synapse that calls come up against.
type callLimit struct {
	key, since string
	// perSecond and burst are what calls take.
	perSecond, burst float64
}

// checkCallLimits reports limits that are lower than what calls take: those of Synapse itself only if everything else is there.
func checkCallLimits(c *model.Configuration, complete bool, report func(diag.Finding)) {
	for _, l := range []callLimit{{"rc_message", "", 0.5, 30}, {"rc_delayed_event_mgmt", "1.126.0", 1, 20}} {
		if l.since != "" && c.Version().Before(l.since) {
			continue
		}
		section := c.At(l.key)
		if !section.IsSet() && (c.Partial || !complete) || section != nil && section.Unknown {
			continue
		}
		perSecond, known := limitOf(c, l.key, "per_second")
		burst, knownToo := limitOf(c, l.key, "burst_count")
		lower := perSecond < l.perSecond || burst < l.burst
		if !known || !knownToo || !lower || perSecond > l.perSecond || burst > l.burst { // more of one may make up for the other
			continue
		}
		origin := ""
		if !section.IsSet() {
			origin = ", which is its default"
		}
		report(diag.Finding{
			Severity: diag.Warning,
			Position: c.Nearest(l.key),
			Message:  fmt.Sprintf("calls break off when Synapse refuses events: %s allows %v a second and %v at once%s", l.key, perSecond, burst, origin),
			Hint:     fmt.Sprintf("write %s: {per_second: %v, burst_count: %v}", l.key, l.perSecond, l.burst),
		})
	}
}

// limitOf returns a number of a limit, or the one that Synapse takes instead. It is false for what is not known.
func limitOf(c *model.Configuration, path ...string) (float64, bool) {
	n := c.At(path...)
	if !n.IsSet() {
		n = facts.Default(c, path...)
	}
	text, known := n.Literal()
	number, err := strconv.ParseFloat(text, 64)
	return number, known && err == nil
}
