package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// keyDefinedTwice: of a key that stands there twice, one counts, and nobody says which.
func keyDefinedTwice() lint.Rule {
	return lint.Rule{
		Name:      "key-defined-twice",
		Severity:  diag.Error,
		OfText:    true,
		Documents: "mas, synapse, compose",
		Title:     "a key or an id that stands there twice",
		Why: "Of a key that stands there twice the last value counts, silently, and Compose refuses the file. Ids in a list of MAS have to " +
			"be unique, and a second file of Synapse replaces whole sections of the first.",
		Sees: "nothing, and a database that is sqlite3; Multiple password schemes have the same versions; could not bind address",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Multiple password schemes have the same versions", "could not bind address"},
		},
		Before: example.Synapse(`enable_search: true
enable_search: false
`),
		After: example.Synapse(`enable_search: false
`),
		Source: []string{
			"https://github.com/element-hq/synapse/issues/17677",
			"element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs",
		},
		Check: checkKeyDefinedTwice,
	}
}

func checkKeyDefinedTwice(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindCompose:
			if doc.Root != nil && (!doc.Template || doc.Whole || doc.Branches) { // else lines are put in that nobody sees
				reportTwins(doc.Kind, doc.Root, "", report)
			}
		}
		if doc.Kind == model.KindCompose {
			checkListTwins(doc, report)
		}
	}
	for _, c := range facts.Contents(d, model.KindMAS) {
		checkIDs(c, report)
	}
	checkReplaced(d.Synapse, report)
	checkAppended(d.MAS, report)
}

// reportTwins reports keys that stand in a map twice with different values.
func reportTwins(kind model.DocumentKind, n *model.Node, path string, report func(diag.Finding)) {
	var firsts map[string]int
	if len(n.Fields) > 1 {
		firsts = make(map[string]int, len(n.Fields))
	}
	for i, f := range n.Fields {
		if f.Value != nil && f.Value.Perhaps {
			continue // a condition may choose one of them
		}
		first, again := firsts[f.Key]
		if !again && firsts != nil {
			firsts[f.Key] = i
		}
		if again && f.Key != "<<" && !sameValue(n.Fields[first].Value, f.Value) {
			message := fmt.Sprintf("%s stands here a second time, and what stands first does not count", facts.JoinedPath(path, f.Key))
			if kind == model.KindCompose {
				message = fmt.Sprintf("Docker Compose refuses the file: %s stands there twice", facts.JoinedPath(path, f.Key))
			}
			report(diag.Finding{
				Position: f.Position,
				Message:  message,
				Hint:     "keep one of them",
				Related:  []diag.Related{{Position: n.Fields[first].Position, Message: f.Key + " stands here first"}},
			})
		}
		if hasParts(f.Value) {
			reportTwins(kind, f.Value, facts.JoinedPath(path, f.Key), report)
		}
	}
	for i, item := range n.Items {
		if hasParts(item) {
			reportTwins(kind, item, fmt.Sprintf("%s[%d]", path, i), report)
		}
	}
}

func hasParts(n *model.Node) bool { return n != nil && len(n.Fields)+len(n.Items) > 0 }

// sameValue says that two values read the same. Two that are not known do if they come from the same source.
func sameValue(a, b *model.Node) bool {
	if a.Kind != b.Kind || a.Unknown != b.Unknown || a.Text != b.Text || len(a.Fields) != len(b.Fields) || len(a.Items) != len(b.Items) {
		return false
	}
	for i, f := range a.Fields {
		if f.Key != b.Fields[i].Key || !sameValue(f.Value, b.Fields[i].Value) {
			return false
		}
	}
	for i, item := range a.Items {
		if !sameValue(item, b.Items[i]) {
			return false
		}
	}
	return true
}

// checkListTwins reports variables and labels that a list of NAME=value has twice.
func checkListTwins(doc *model.Document, report func(diag.Finding)) {
	services := doc.Root.Get("services")
	if services == nil {
		return
	}
	for _, service := range services.Fields {
		for _, section := range []string{"environment", "labels"} {
			seen := map[string]*model.Node{}
			for _, item := range service.Value.ItemsAt(section) {
				name, _, assigned := strings.Cut(item.Text, "=")
				if !assigned || strings.Contains(name, "$") {
					continue
				}
				if first := seen[name]; first != nil && first.Text != item.Text {
					report(diag.Finding{
						Severity: diag.Warning,
						Position: item.Position,
						Message:  fmt.Sprintf("%s is set a second time, and what stands first does not count", name),
						Hint:     "keep one of them",
						Related:  []diag.Related{{Position: first.Position, Message: "it stands here first"}},
					})
				}
				seen[name] = item
			}
		}
	}
}
