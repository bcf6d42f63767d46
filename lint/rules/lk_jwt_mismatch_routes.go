package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
)

// reportTokenRoutes reports calls of an address that the proxy does not lead to lk-jwt-service, while others arrive.
func reportTokenRoutes(d *model.Deployment, report func(diag.Finding)) {
	report = lint.GuessingProxy(d, report)
	var seen []string
	for _, t := range slices.Concat(matrix.SynapseTransports(d.Synapse), matrix.WellKnownTransports(d)) {
		arriving, lost, first := matrix.TokenFates(d, t.URL)
		if arriving == 0 || len(lost) == 0 || slices.Contains(seen, t.URL.Text) {
			continue
		}
		seen = append(seen, t.URL.Text)
		report(diag.Finding{
			Position: matrix.RulePosition(first.Route),
			Message:  fmt.Sprintf("calls fail in clients that ask for %s: %s%s %s", advice.InWords(lost), t.URL.Text, lost[0], first.Problem),
			Hint:     "lead /sfu/get, /get_token and /delegate_delayed_leave of this address to lk-jwt-service",
			Related:  []diag.Related{{Position: t.URL.Position, Message: "the address that clients are given"}},
		})
	}
}

// reportLiveKitRoute reports an address of LiveKit that the proxy leads elsewhere.
func reportLiveKitRoute(d *model.Deployment, address *model.Node, report func(diag.Finding)) {
	rooms := matrix.OnlyService(d, "livekit")
	u, ok := matrix.PublicAddress(address)
	if d.Proxy == nil || rooms == nil || !ok {
		return
	}
	fate := matrix.CallTo(d, u, "/rtc", "GET", rooms)
	if fate.Problem == "" {
		return
	}
	f := diag.Finding{
		Position: address.Position,
		Message:  fmt.Sprintf("calls never connect: %s/rtc %s", strings.TrimSuffix(address.Text, "/"), fate.Problem),
		Hint:     "write the address by which the proxy leads to LiveKit, or lead this one to its port 7880",
	}
	if fate.Route != nil {
		f.Related = []diag.Related{{Position: matrix.RulePosition(fate.Route), Message: "this takes it"}}
	}
	lint.GuessingProxy(d, report)(f)
}
