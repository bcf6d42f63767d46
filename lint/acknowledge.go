package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Acknowledge turns findings about a change into advice where the operator says that the change is meant, and otherwise says how to. What he
// acknowledged before the change was for another one: left in place, it permits nothing. What he acknowledges now and did not do is told.
func Acknowledge(rules []Rule, findings []diag.Finding, before, after *model.Deployment) []diag.Finding {
	return acknowledge(rules, findings, words{before.Acknowledged, before.Documents, "the stack"}, words{after.Acknowledged, after.Documents, "the stack"})
}

// AcknowledgeIn is [Acknowledge] for findings about stacks that are gone: the word is said in a file that stays.
func AcknowledgeIn(file string, rules []Rule, findings []diag.Finding, before, after []model.Acknowledgement) []diag.Finding {
	return acknowledge(rules, findings, words{before, nil, file}, words{after, nil, file})
}

// words are what an operator says about changes, in a place, and the documents whose comments do.
type words struct {
	acknowledged []model.Acknowledgement
	documents    []*model.Document
	place        string
}

func acknowledge(rules []Rule, findings []diag.Finding, before, after words) []diag.Finding {
	changing := map[string]bool{}
	for _, rule := range rules {
		changing[rule.Name] = rule.CheckChange != nil
	}
	used := map[model.Acknowledgement]bool{}
	var kept []diag.Finding
	for _, f := range findings {
		if changing[f.Rule] {
			f = acknowledged(f, before, after, used)
		}
		kept = append(kept, f)
	}
	if _, ran := changing[acknowledgementUnusedName]; !ran {
		return diag.Sort(kept)
	}
	for _, a := range after.acknowledged {
		if !changing[a.Rule] || used[a] || stands(before.acknowledged, a) {
			continue
		}
		kept = append(kept, diag.Finding{
			Rule: acknowledgementUnusedName, Severity: diag.Warning, Position: a.Position,
			Message: fmt.Sprintf("%s finds no %q in this change: nothing is acknowledged", a.Rule, a.Subject),
			Hint:    "copy the names from the finding, or remove it",
		})
	}
	return diag.Sort(kept)
}

// stands reports whether the same was acknowledged before, for the same reason.
func stands(earlier []model.Acknowledgement, a model.Acknowledgement) bool {
	return slices.ContainsFunc(earlier, func(e model.Acknowledgement) bool {
		return e.Rule == a.Rule && e.Subject == a.Subject && e.Reason == a.Reason
	})
}

// acknowledged returns a finding about a change as it is after what the operator says about it.
func acknowledged(f diag.Finding, before, after words, used map[model.Acknowledgement]bool) diag.Finding {
	how := fmt.Sprintf("acknowledge: %q: %q: \"<reason>\" in %s", f.Rule, f.Subject, after.place)
	if after.documents != nil && !strings.HasSuffix(f.File, ".cue") {
		how = fmt.Sprintf("# matrixgen:ignore %s <reason> above the line, in the same change", f.Rule)
	}
	for _, a := range after.acknowledged {
		if a.Rule != f.Rule || a.Subject != f.Subject {
			continue
		}
		if used[a] = true; !stands(before.acknowledged, a) {
			return asAdvice(f, a.Reason)
		}
		f.Related = append(slices.Clone(f.Related), diag.Related{Position: a.Position, Message: "this was for an earlier change: write the reason for this one"})
	}
	for _, doc := range after.documents {
		for _, ignore := range doc.Ignores {
			if ignore.Rule != f.Rule || ignore.Reason == "" || !ignore.Covers(f.Position) {
				continue
			}
			if !ignoredBefore(before, doc.Name, ignore) {
				return asAdvice(f, ignore.Reason)
			}
			f.Related = append(slices.Clone(f.Related), diag.Related{Position: ignore.Position, Message: "this was for an earlier change: write the reason for this one"})
		}
	}
	if f.Severity > diag.Info {
		f.Hint += "; if the change is meant: " + how
	}
	return f
}

// asAdvice returns a finding as advice to whoever reviews the change.
func asAdvice(f diag.Finding, reason string) diag.Finding {
	f.Severity, f.Hint = diag.Info, "acknowledged: "+reason
	return f
}

func ignoredBefore(before words, document string, ignore model.Ignore) bool {
	return slices.ContainsFunc(before.documents, func(doc *model.Document) bool {
		return doc.Name == document && slices.ContainsFunc(doc.Ignores, func(i model.Ignore) bool { return i.Rule == ignore.Rule && i.Reason == ignore.Reason })
	})
}
