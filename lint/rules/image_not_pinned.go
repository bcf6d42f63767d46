package rules

import (
	"cmp"
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// imageNotPinned: a tag that moves makes two hosts, or two days, run something different.
func imageNotPinned() lint.Rule {
	return lint.Rule{
		Name:      "image-not-pinned",
		Severity:  diag.Warning,
		Documents: "compose",
		Title:     "the tag of an image moves",
		Why: "With latest, main or no tag, the next pull installs whatever was released last: Synapse 1.157, Postgres 18 and lk-jwt-service " +
			"0.5 each turned a working stack into one that does not start.",
		Sees: "after a pull, a service that stops as soon as it starts",
		Before: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:latest
`,
		After: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
`,
		Source: []string{"https://github.com/element-hq/synapse/issues/19895", "https://github.com/docker-library/postgres/pull/1259"},
		Check:  checkImagePinned,
	}
}

func checkImagePinned(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		if !s.Image.Floating() || s.Node.Get("build").IsSet() {
			continue
		}
		message := fmt.Sprintf("the tag %s moves: the next pull of %s may bring a version that does not start with this configuration", s.Image.Tag, s.Image.Base())
		if s.Image.Tag == "" {
			message = fmt.Sprintf("without a tag this is latest: the next pull of %s may bring a version that does not start with this configuration",
				cmp.Or(s.Image.Base(), s.Name))
		}
		report(diag.Finding{Position: s.Image.Position, Message: message, Hint: "write a version, and better its digest too"})
	}
}
