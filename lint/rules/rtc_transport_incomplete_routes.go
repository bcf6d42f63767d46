package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// reportLostTransports reports addresses of which nothing arrives at lk-jwt-service.
func reportLostTransports(d *model.Deployment, transports []matrix.CallTransport, severity diag.Severity, report func(diag.Finding)) {
	report = lint.GuessingProxy(d, report)
	for _, t := range transports {
		arriving, lost, first := matrix.TokenFates(d, t.URL)
		if arriving > 0 || len(lost) == 0 {
			continue
		}
		f := diag.Finding{
			Severity: severity,
			Position: t.URL.Position,
			Message:  fmt.Sprintf("nobody gets into a call: %s%s %s", t.URL.Text, lost[0], first.Problem),
			Hint:     "write the address by which the proxy leads to lk-jwt-service, or lead this one there",
		}
		if first.Route != nil {
			f.Related = []diag.Related{{Position: matrix.RulePosition(first.Route), Message: "this takes it"}}
		}
		report(f)
	}
}
