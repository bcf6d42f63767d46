package change

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Gone returns the change of a deployment that is there no more: what it kept is mounted by nothing.
func Gone(d *model.Deployment) Change {
	c := Change{Setting: "volumes", Kind: Removed, Consequence: format.Consequence{
		Level:  format.Irreversible,
		Why:    "The stack is gone: nothing mounts its data any more. Its containers go on running until docker compose down ends them, which needs the compose file as it was.",
		Source: "https://docs.docker.com/reference/cli/docker/compose/down/",
	}}
	var names []string
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose {
			continue
		}
		c.Document, c.Position = doc.Name, doc.Root.KeyPosition("volumes")
		for _, f := range doc.Root.Get("volumes").Entries() {
			names = append(names, f.Key)
		}
	}
	slices.Sort(names)
	c.From = strings.Join(names, ", ")
	return c
}
