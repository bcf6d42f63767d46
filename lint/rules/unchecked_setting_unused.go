package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// uncheckedSettingUnused: what was let through once would let a later mistake through, too.
func uncheckedSettingUnused(tables *facts.Formats) lint.Rule {
	const stack = "-- stack.cue --\npackage home\n\nserverName: \"example.org\"\noverride: synapse: %s: 4\nunchecked: synapse: %q: \"came with a newer release\"\n"
	return lint.Rule{
		Name:      "unchecked-setting-unused",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "the CUE files of a stack",
		Title:     "a setting is let through unchecked without need",
		Why: "An entry of unchecked lets a setting of override through that matrixgen does not know. Once it knows the setting, or the setting is gone, " +
			"the entry only keeps mistakes from being found.",
		Sees:   "nothing",
		Before: fmt.Sprintf(stack, "max_event_delay_duration", "max_event_delay_duration"),
		After:  fmt.Sprintf(stack, "zigzag_level", "zigzag_level"),
		Source: []string{"docs/language.md of matrixgen"},
		Check:  func(d *model.Deployment, report func(diag.Finding)) { checkUncheckedSettingUnused(tables, d, report) },
	}
}

func checkUncheckedSettingUnused(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, u := range d.Unchecked {
		for _, doc := range d.Documents {
			if strings.HasPrefix(doc.Upstream, u.Override+".") && doc.Upstream != "synapse.#LogConfig" {
				checkUnchecked(tables, doc, u, report)
			}
		}
	}
}

func checkUnchecked(tables *facts.Formats, doc *model.Document, u model.Unchecked, report func(diag.Finding)) {
	if slices.ContainsFunc(tables.Misfits(doc), func(m format.Problem) bool {
		return m.Kind == format.UnknownKey && facts.GeneralPath(m.Path) == u.Path
	}) {
		return
	}
	f := diag.Finding{
		Position: u.Position,
		Message:  fmt.Sprintf("unchecked lets %s of %s through, which is not there", u.Path, u.Override),
		Hint:     "remove the entry",
	}
	if tables.Of(doc).At(strings.Split(strings.ReplaceAll(u.Path, "[]", ".[]"), ".")...) != nil {
		f.Message = fmt.Sprintf("matrixgen knows %s of %s, and can check it", u.Path, u.Override)
	}
	report(f)
}
