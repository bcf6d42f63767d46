package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Secrets returns the secrets that stand in the documents of deployments in clear, line by line: what is shown of their files must not hold
// them.
func Secrets(deployments ...*model.Deployment) []string {
	var secrets []string
	add := func(n *model.Node) {
		if text, known := n.Literal(); known {
			for line := range strings.Lines(text) {
				if line = strings.TrimSpace(line); line != "" {
					secrets = append(secrets, line)
				}
			}
		}
	}
	tables := newFormats()
	for _, d := range deployments {
		for _, place := range secretPlaces(tables, d) {
			add(place.value)
		}
		for _, doc := range d.Documents {
			if doc.Root == nil {
				continue
			}
			if doc.Kind == model.KindEnv {
				for _, f := range doc.Root.Fields {
					if isSecretName(f.Key) {
						add(f.Value)
					}
				}
			}
			eachPrivateKey(doc.Root, add)
		}
	}
	return secrets
}
