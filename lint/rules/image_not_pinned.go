package rules

import (
	"cmp"
	"fmt"
	"slices"

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
	type group struct{ file, product string }
	first := map[group]*diag.Finding{} // one for each file of what is neither MAS nor Synapse, and one of each of these
	var groups []group
	for _, s := range d.Services {
		if !s.Image.Floating() || s.Node.Get("build").IsSet() && s.Product == "" || s.Foreign {
			continue
		}
		at := s.Image.Position
		message := fmt.Sprintf("the tag %s moves: the next pull of %s may bring a version that does not start with this configuration", s.Image.Tag, s.Image.Base())
		if s.Image.Tag == "" {
			message = fmt.Sprintf("without a tag this is latest: the next pull of %s may bring a version that does not start with this configuration",
				cmp.Or(s.Image.Base(), s.Name))
		}
		f := diag.Finding{Position: at, Message: message, Hint: "write a version, and better its digest too"}
		in := group{file: at.File}
		if s.Product == "mas" || s.Product == "synapse" {
			in.product = s.Product // their databases go forward alone; workers run the same
		}
		switch {
		case isMeant(d, at):
			report(f) // whoever meant the one need not mean the others
		case first[in] == nil:
			first[in] = &f
			groups = append(groups, in)
		default:
			one := first[in]
			one.Related = append(one.Related, diag.Related{Position: at, Message: "nor is this one pinned: " + cmp.Or(s.Image.Base(), s.Name)})
		}
	}
	for _, in := range groups {
		report(*first[in])
	}
}

// isMeant says that a suppression of the rule speaks of the line of an image, or of all that the sources of a stack have there.
func isMeant(d *model.Deployment, at diag.Position) bool {
	return slices.ContainsFunc(model.Suppressions(d), func(ignore model.Ignore) bool { return ignore.Rule == "image-not-pinned" && ignore.Covers(at) })
}
