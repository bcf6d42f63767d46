package sensitive

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Secrets returns the secrets that stand in the documents of deployments in clear, line by line, and as they are written within quotes: what is
// shown of their files must not hold them.
func Secrets(deployments ...*model.Deployment) []string {
	var secrets []string
	eachSecret(facts.NewFormats(), deployments, func(_ *model.Node, text string) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				secrets = append(secrets, line, escaped.Replace(line), strings.ReplaceAll(line, "'", "''"))
			}
		}
	})
	slices.Sort(secrets)
	return slices.Compact(secrets)
}

// escaped writes a text as within double quotes.
var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
