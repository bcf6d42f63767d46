package cli

import (
	"io"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// findingGroup is what was found in one deployment. What is in none, and all of it where there is one deployment alone, has no name.
type findingGroup struct {
	deployment string
	findings   []diag.Finding
}

// groups returns findings by their deployment if several were checked: first what is in none, then the one that is hurt most. The order inside stays.
func (f *findingFlags) groups(findings []diag.Finding) []*findingGroup {
	none := &findingGroup{}
	groups, by := []*findingGroup{none}, map[string]*findingGroup{"": none}
	for _, finding := range findings {
		name := finding.Deployment
		if f.checked == nil || len(f.checked.Deployments) < 2 {
			name = ""
		}
		g := by[name]
		if g == nil {
			g = &findingGroup{deployment: name}
			groups, by[name] = append(groups, g), g
		}
		g.findings = append(g.findings, finding)
	}
	return groups
}

// writeHeading writes the line above the findings of a deployment.
func (a *app) writeHeading(w io.Writer, text string) error {
	colored, err := a.colored(w)
	if err != nil {
		return err
	}
	return put(w, "%s\n", terminal.Ready(diag.Text{Color: colored}.Heading(terminal.Line(text))))
}
