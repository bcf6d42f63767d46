package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// The rules that Suppress and Acknowledge find themselves, when all others have run.
const (
	suppressionInvalidName    = "suppression-invalid"
	suppressionUnusedName     = "suppression-unused"
	acknowledgementUnusedName = "acknowledgement-unused"
)

// Suppress leaves out the findings that the operator says are meant so, and adds what is wrong with the suppressions themselves. The findings
// are all those of the rules in what the suppressions speak of, those of its readers included: two deployments may share a file. A suppression
// may name any rule of the catalogue, also one that did not run.
func Suppress(catalogue, rules []Rule, findings []diag.Finding, ignores []model.Ignore) []diag.Finding {
	state := map[model.Ignore]*suppressionState{}
	for _, ignore := range ignores {
		state[ignore] = &suppressionState{}
	}
	if len(state) == 0 {
		return diag.Sort(findings)
	}
	all := map[string]Rule{}
	for _, rule := range catalogue {
		all[rule.Name] = rule
	}
	for ignore := range state {
		if all[ignore.Rule].CheckChange != nil && !inStack(ignore) && ignore.Reason != "" {
			delete(state, ignore) // it acknowledges a change, see Acknowledge
		}
	}
	kept := slices.DeleteFunc(slices.Clone(findings), func(f diag.Finding) bool {
		suppressed := false
		for ignore, s := range state {
			if ignore.Rule != f.Rule || !ignore.Covers(f.Position) || wrongWords(ignore, all) != "" {
				continue
			}
			if all[f.Rule].Fatal && f.Severity == diag.Error {
				s.refused = append(s.refused, f)
				continue
			}
			s.used, suppressed = true, true
		}
		return suppressed
	})
	ran := func(name string) bool { return slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) }
	for ignore, s := range state {
		if f, wrong := s.finding(ignore, all); wrong && ran(f.Rule) && (f.Rule == suppressionInvalidName || ran(ignore.Rule)) {
			kept = append(kept, f)
		}
	}
	return diag.Sort(kept)
}

// suppressionState is what became of a suppression.
type suppressionState struct {
	used    bool
	refused []diag.Finding
}

// finding returns what is wrong with a suppression, or false.
func (s *suppressionState) finding(ignore model.Ignore, all map[string]Rule) (diag.Finding, bool) {
	f := diag.Finding{Rule: suppressionInvalidName, Severity: diag.Error, Position: ignore.Position, Message: wrongWords(ignore, all)}
	switch {
	case f.Message != "":
		f.Hint = "write # matrixgen:ignore <rule> <reason>"
		switch {
		case ignore.Path != "":
			f.Hint = "matrixgen explain lists the rules"
		case all[ignore.Rule].CheckChange != nil && inStack(ignore):
			f.Hint = fmt.Sprintf(`write acknowledge: %q: "<what it names>": "<reason>"`, ignore.Rule)
			return f, true
		case inStack(ignore):
			f.Hint = `write @ignore(<rule>, reason="<reason>")`
		}
		if nearest := suggest.Nearest(ignore.Rule, ruleNames(all)); nearest != "" && nearest != ignore.Rule {
			f.Hint = fmt.Sprintf("did you mean %s?", nearest)
		}
		return f, true
	case len(s.refused) > 0:
		f.Message = fmt.Sprintf("%s cannot be suppressed, whatever the reason: the deployment does not work with it, or is not safe", ignore.Rule)
		f.Hint = "repair what it found, and remove the suppression"
		for _, refused := range diag.Sort(s.refused) {
			f.Related = append(f.Related, diag.Related{Position: refused.Position, Message: "what it found"})
		}
		return f, true
	case s.used || ignore.Shared:
		return diag.Finding{}, false
	}
	f.Rule, f.Severity = suppressionUnusedName, diag.Warning
	where := "here"
	if ignore.Path == "**" {
		where = "anywhere"
	} else if ignore.Path != "" {
		where = "in " + ignore.Path
	}
	f.Message = fmt.Sprintf("%s finds nothing %s: what it found later would not be seen", ignore.Rule, where)
	f.Hint = "remove the suppression"
	return f, true
}

// wrongWords says what a suppression lacks, or is "".
func wrongWords(ignore model.Ignore, all map[string]Rule) string {
	switch {
	case ignore.Rule == "":
		return "the suppression names no rule, and has no effect"
	case all[ignore.Rule].Name == "":
		return fmt.Sprintf("there is no rule %q: the suppression has no effect", ignore.Rule)
	case all[ignore.Rule].CheckChange != nil && inStack(ignore):
		return fmt.Sprintf("%s is about a change, which is acknowledged and not ignored: the suppression has no effect", ignore.Rule)
	case ignore.Reason == "":
		return fmt.Sprintf("the suppression of %s gives no reason, and has no effect", ignore.Rule)
	}
	return ""
}

// inStack reports whether a suppression stands in a file of a stack.
func inStack(ignore model.Ignore) bool { return strings.HasSuffix(ignore.Position.File, ".cue") }

func ruleNames(all map[string]Rule) []string {
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ReportedBySuppress finds nothing: Suppress reports it.
func ReportedBySuppress(*model.Deployment, func(diag.Finding)) {}

// ReportedByReader finds nothing: package read reports it.
func ReportedByReader(*model.Deployment, func(diag.Finding)) {}
