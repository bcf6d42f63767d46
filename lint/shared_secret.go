package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// secret is a secret as a service reads it.
type secret struct {
	// at is where the value or the path of its file stands.
	at diag.Position
	// inline is the value that stands in the configuration, or nil.
	inline *model.Node
	// value is the value that is visible, or nil.
	value *model.Node
}

// secretBelow returns the secret that a section has in one key, or in a file that another key names. It is nil if there is none, or both.
func secretBelow(d *model.Deployment, c *model.Configuration, section *model.Node, inline, file string) *secret {
	text, path := section.Get(inline), section.Get(file)
	switch {
	case isSet(text) && !isSet(path):
		return &secret{at: text.Position, inline: text, value: text}
	case isSet(path) && !isSet(text):
		s := &secret{at: path.Position}
		if content := mountedText(d, c, path); content != nil {
			trimmed := *content
			trimmed.Text = strings.TrimSpace(content.Text)
			s.value = &trimmed
		}
		return s
	}
	return nil
}

// compareSecrets reports the finding if two services that have to share a secret do not: the values differ, or, as a warning, they come from
// two variables. No message ever holds a value.
func compareSecrets(a, b *secret, f diag.Finding, report func(diag.Finding)) {
	if a == nil || b == nil {
		return
	}
	if first, second, differ := twoSources(a.inline, b.inline); differ {
		f.Severity = diag.Warning
		f.Message += ", and nothing makes the variables " + first + " and " + second + " that they come from equal"
		report(f)
		return
	}
	text, _ := a.value.Literal()
	other, _ := b.value.Literal()
	if model.Compare(a.value, b.value) == model.Different && text != "" && other != "" && !model.IsPlaceholder(text) && !model.IsPlaceholder(other) {
		f.Message += ", and they differ"
		report(f)
	}
}
