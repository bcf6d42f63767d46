package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// unused reports networks, volumes, secrets and configs that an override brings and no service uses: Compose makes none of them, so that a name is
// misspelt, or its use. derived is the document before all overlays, merged after them.
func (o overlay) unused(derived, merged *model.Node) []diag.Finding {
	if o.path != "override.compose" {
		return nil // what is the operator's own may wait for its use
	}
	var findings []diag.Finding
	for _, section := range []string{"networks", "volumes", "secrets", "configs"} {
		var own []string
		for _, f := range derived.Get(section).Entries() {
			own = append(own, f.Key)
		}
		for _, f := range o.root.Get(section).Entries() {
			if slices.Contains(own, f.Key) || isUsed(merged, section, f.Key) {
				continue
			}
			one := strings.TrimSuffix(section, "s")
			found := diag.Finding{
				Rule: "schema", Severity: diag.Error, Position: f.Position,
				Message: fmt.Sprintf("%s.%s.%s has no effect: no service uses a %s of that name", o.path, section, f.Key, one),
				Hint:    "name it where a service should use it, or delete it",
			}
			if like := suggest.Nearest(f.Key, own); like != "" {
				found.Hint = fmt.Sprintf("did you mean %s, which the stack has?", like)
			}
			findings = append(findings, found)
		}
	}
	return findings
}

// isUsed reports whether a service names something of a section, in any of the forms that Compose has for it. What is not seen counts as used: a service
// that is in another file, and an image that is built with secrets.
func isUsed(compose *model.Node, section, name string) bool {
	if section == "networks" && name == "default" { // of all that name none
		return true
	}
	return slices.ContainsFunc(compose.Get("services").Entries(), func(service model.Field) bool {
		s := service.Value
		if s.Get("extends").IsSet() || s.Get("build").IsSet() && section != "volumes" {
			return true
		}
		used := s.Get(section)
		if used.Field(name) != nil {
			return true
		}
		return slices.ContainsFunc(s.ItemsAt(section), func(item *model.Node) bool {
			source, _, _ := strings.Cut(item.Text, ":")
			return source == name || item.Get("source").Is(name)
		})
	}) || compose.Get("include").IsSet()
}
