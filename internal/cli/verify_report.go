package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/terminal"
	"github.com/matrixgen/matrixgen/internal/verify"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// verifyReport is what there is to say of one server.
type verifyReport struct {
	server   workspace.Server
	results  []verify.Result
	findings []diag.Finding
}

// writeVerified prints the reports of all servers.
func (a *app) writeVerified(ctx context.Context, reports []verifyReport, format string) error {
	switch format {
	case "json":
		return terminal.WriteJSON(a.Out, jsonVerified(reports))
	case "github":
		for _, r := range reports {
			if err := diag.WriteGitHub(a.Out, below(git.Prefix(ctx, r.server.Dir), r.findings)); err != nil {
				return err
			}
		}
		return nil
	}
	for i, r := range reports {
		if i > 0 {
			put(a.Out, "\n")
		}
		if err := a.writeText(a.Out, r.server.Files, r.findings); err != nil {
			return err
		}
		if err := a.writeGroups(r); err != nil {
			return err
		}
	}
	return nil
}

// writeGroups prints how many questions of each group passed, and what was not asked because of others.
func (a *app) writeGroups(r verifyReport) error {
	put(a.Out, "%s: %s\n", r.server.Name, counted(r.results))
	for _, g := range verify.Groups() {
		of := slices.DeleteFunc(slices.Clone(r.results), func(one verify.Result) bool { return one.Group != g })
		if len(of) > 0 {
			put(a.Out, "  %s %s\n", fmt.Sprintf("%-10s", g), counted(of))
		}
	}
	skipped := map[string][]string{}
	for _, one := range r.results {
		if one.Because != "" && !slices.Contains(skipped[one.Reason], one.Name) {
			skipped[one.Reason] = append(skipped[one.Reason], one.Name)
		}
	}
	for _, one := range r.results {
		if names := skipped[one.Reason]; one.Because != "" && names != nil {
			tell(a.Out, "  not asked, since %s: %s\n", one.Reason, strings.Join(names, ", "))
			delete(skipped, one.Reason)
		}
	}
	return nil
}

// counted says how many of some questions passed.
func counted(results []verify.Result) string {
	count := map[verify.Status]int{}
	for _, r := range results {
		count[r.Status]++
	}
	text := fmt.Sprintf("%d of %d passed", count[verify.Passed], len(results))
	if n := count[verify.Failed]; n > 0 {
		text += fmt.Sprintf(", %d failed", n)
	}
	if n := count[verify.Unasked]; n > 0 {
		text += fmt.Sprintf(", %d not asked", n)
	}
	return text
}

// jsonVerified returns the reports in the stable form matrixgen/verify/v1.
func jsonVerified(reports []verifyReport) any {
	type check struct {
		Server string        `json:"server"`
		Name   string        `json:"name"`
		Group  verify.Group  `json:"group"`
		About  string        `json:"about"`
		Status verify.Status `json:"status"`
		Reason string        `json:"reason,omitempty"`
	}
	out := struct {
		Schema   string         `json:"schema"`
		Findings any            `json:"findings"`
		Checks   []check        `json:"checks"`
		Summary  map[string]int `json:"summary"`
	}{Schema: "matrixgen/verify/v1", Checks: []check{}, Summary: map[string]int{"passed": 0, "failed": 0, "unasked": 0}}
	var findings []diag.Finding
	for _, r := range reports {
		for _, one := range r.results {
			out.Checks = append(out.Checks, check{r.server.Name, one.Name, one.Group, one.About, one.Status, one.Reason})
			out.Summary[string(one.Status)]++
		}
		findings = append(findings, r.findings...)
	}
	slices.SortStableFunc(findings, func(a, b diag.Finding) int { return cmp.Compare(a.File, b.File) })
	out.Findings = diag.JSON(findings)
	return out
}
