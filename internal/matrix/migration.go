package matrix

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Migrates reports whether a line takes the users of Synapse over to MAS, also by a command that mas-cli does not have.
func Migrates(d *model.Deployment, line container.ShellLine) bool {
	_, calls := line.MasCalls(d)
	return slices.ContainsFunc(calls, func(words []string) bool {
		verbs, _ := MASVerbs(words)
		command := strings.Join(verbs, " ")
		return command == "syn2mas migrate" && !slices.Contains(words, "--dry-run") || strings.HasPrefix(command, "manage import")
	})
}

// OldSynapse returns the configuration that Synapse had before MAS: what a guide tells to remove, what syn2mas is given, or what stands there
// while something takes the users over.
func OldSynapse(d *model.Deployment) *model.Node {
	for _, doc := range d.Before {
		if doc.Kind == model.KindSynapse && doc.Root != nil {
			return doc.Root
		}
	}
	if doc := givenToSyn2MAS(d); doc != nil {
		return doc.Root
	}
	migrating := slices.ContainsFunc(container.MasLines(d), func(line container.ShellLine) bool { return Migrates(d, line) })
	for _, s := range d.Of("mas") {
		words, known := container.ShellWords(s.Node.Get("command"))
		migrating = migrating || known && len(words) > 0 && words[0] == "syn2mas"
	}
	if migrating && d.Synapse != nil && DelegationOf(d.Synapse) == NotDelegated {
		return d.Synapse.Root
	}
	return nil
}

// givenToSyn2MAS returns the configuration of Synapse that a call of syn2mas names, if that is another than what Synapse reads now. nil if there is
// none, or if it cannot be told which it is.
func givenToSyn2MAS(d *model.Deployment) *model.Document {
	var found *model.Document
	for _, line := range container.MasLines(d) {
		_, calls := line.MasCalls(d)
		for _, words := range calls {
			if verbs, _ := MASVerbs(words); len(verbs) == 0 || verbs[0] != "syn2mas" {
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
