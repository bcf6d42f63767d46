package rules

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportGuideCompat reports the labels of MAS in a guide that route only MAS's own host to it. What routes to Synapse is mostly not shown.
func reportGuideCompat(d *model.Deployment, report func(diag.Finding)) {
	how := matrix.DelegationOf(d.Synapse)
	if !d.Guide || how != matrix.Delegated && how != matrix.DelegatedByMSC3861 || d.MAS == nil || d.MAS.Service == nil || len(d.Of("synapse")) > 0 {
		return
	}
	routed := false
	for _, r := range d.Routes {
		if r.Rule == nil {
			return
		}
		routed = routed || r.Owner == d.MAS.Service
		if strings.Contains(r.Rule.Text, "_matrix") || strings.Contains(r.Rule.Text, "login") {
			return
		}
	}
	for _, doc := range d.Documents {
		if (doc.Kind == model.KindNginx || doc.Kind == model.KindCaddy) && strings.Contains(doc.Root.Text, "_matrix") {
			return
		}
	}
	if routed {
		report(diag.Finding{
			Position: matrix.LabelsPosition(d.MAS.Service),
			Message:  "bridges and clients without OAuth cannot log in: nothing sends /_matrix/client/*/login, logout, refresh of the homeserver to MAS",
			Hint:     "add a router to MAS with the host of the homeserver and PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$$`)",
		})
	}
}
