package rules

import (
	"fmt"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// callLimit is a limit of Synapse that calls come up against.
type callLimit struct {
	key, since string
	// perSecond and burst are what calls take; defaultPerSecond and defaultBurst are Synapse's own.
	perSecond, burst, defaultPerSecond, defaultBurst float64
}

// checkCallLimits reports limits that are lower than what calls take: those of Synapse itself only if everything else is there.
func checkCallLimits(c *model.Configuration, complete bool, report func(diag.Finding)) {
	for _, l := range []callLimit{{"rc_message", "", 0.5, 30, 0.2, 10}, {"rc_delayed_event_mgmt", "1.126.0", 1, 20, 1, 5}} {
		if l.since != "" && c.Version().Before(l.since) {
			continue
		}
		section := c.At(l.key)
		if !section.IsSet() && (c.Partial || !complete) || section != nil && section.Unknown {
			continue
		}
		perSecond, known := limitOf(section.Get("per_second"), l.defaultPerSecond)
		burst, knownToo := limitOf(section.Get("burst_count"), l.defaultBurst)
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

// limitOf returns the number of a limit. It is false for what is not known.
func limitOf(n *model.Node, absent float64) (float64, bool) {
	if !n.IsSet() {
		return absent, true
	}
	text, known := n.Literal()
	number, err := strconv.ParseFloat(text, 64)
	return number, known && err == nil
}
