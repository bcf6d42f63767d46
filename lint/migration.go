package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// migrates reports whether a line takes the users of Synapse over to MAS, also by a command that mas-cli does not have.
func migrates(d *model.Deployment, line shellLine) bool {
	_, calls := line.masCalls(d)
	return slices.ContainsFunc(calls, func(words []string) bool {
		verbs, _ := masVerbs(words)
		command := strings.Join(verbs, " ")
		return command == "syn2mas migrate" && !slices.Contains(words, "--dry-run") || strings.HasPrefix(command, "manage import")
	})
}

// oldSynapse returns the configuration that Synapse had before MAS: what a guide tells to remove, what syn2mas is given, or what stands there
// while something takes the users over.
func oldSynapse(d *model.Deployment) *model.Node {
	for _, doc := range d.Before {
		if doc.Kind == model.KindSynapse && doc.Root != nil {
			return doc.Root
		}
	}
	if doc := givenToSyn2MAS(d); doc != nil {
		return doc.Root
	}
	migrating := slices.ContainsFunc(shellLines(d), func(line shellLine) bool { return migrates(d, line) })
	for _, s := range d.Of("mas") {
		words, known := shellWords(s.Node.Get("command"))
		migrating = migrating || known && len(words) > 0 && words[0] == "syn2mas"
	}
	if migrating && d.Synapse != nil && delegationOf(d.Synapse) == notDelegated {
		return d.Synapse.Root
	}
	return nil
}

// givenToSyn2MAS returns the configuration of Synapse that a call of syn2mas names, if that is another than what Synapse reads now. nil if there is
// none, or if it cannot be told which it is.
func givenToSyn2MAS(d *model.Deployment) *model.Document {
	var found *model.Document
	for _, line := range shellLines(d) {
		_, calls := line.masCalls(d)
		for _, words := range calls {
			if verbs, _ := masVerbs(words); len(verbs) == 0 || verbs[0] != "syn2mas" {
				continue
			}
			for _, name := range model.OptionValues(words, "--synapse-config") {
				for _, doc := range d.Documents {
					isRead := d.Synapse != nil && slices.Contains(d.Synapse.Documents, doc)
					if doc.Kind != model.KindSynapse || doc.Root == nil || isRead || path.Base(doc.Name) != path.Base(name) {
						continue
					}
					if found != nil && found != doc {
						return nil
					}
					found = doc
				}
			}
		}
	}
	return found
}

// onceMigrated returns a report for what may be over: where Synapse leaves logins to MAS already, and only a script still speaks of the migration,
// there are warnings at most.
func onceMigrated(d *model.Deployment, report func(diag.Finding)) func(diag.Finding) {
	if how := delegationOf(d.Synapse); d.Guide || len(d.Before) > 0 || how != delegated && how != delegatedByMSC3861 {
		return report
	}
	return func(f diag.Finding) {
		f.Severity = diag.Warning
		report(f)
	}
}
