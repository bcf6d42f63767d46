package lint

import (
	"slices"
	"strings"

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

// oldSynapse returns the configuration that Synapse had before MAS: what a guide tells to remove, or what stands there while something takes
// the users over.
func oldSynapse(d *model.Deployment) *model.Node {
	for _, doc := range d.Before {
		if doc.Kind == model.KindSynapse && doc.Root != nil {
			return doc.Root
		}
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
