package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkSealed reports what stands in clear in the SOPS file of a stack.
func checkSealed(d *model.Deployment, report func(diag.Finding)) {
	if d.Sealed == nil || d.Sealed.Missing {
		return
	}
	if d.Sealed.NoChecksum {
		report(diag.Finding{
			Position: diag.Position{File: d.Sealed.File, Line: 1, Column: 1},
			Message:  "sops refuses this file: its metadata has no mac",
			Hint:     "restore the file from Git",
		})
	}
	for _, s := range d.Sealed.Secrets {
		if s.Clear {
			report(diag.Finding{
				Position: s.Position, Secret: true,
				Message: fmt.Sprintf("%s stands here for everybody to read, though the file is encrypted", s.Name),
				Hint:    fmt.Sprintf("take it out, store it with matrixgen secrets set %s %s, and make a new secret if this one was ever committed", d.Name, s.Name),
			})
		}
	}
}
