package sensitive

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Secret is a secret as a service reads it.
type Secret struct {
	// At is where the value or the path of its file stands.
	At diag.Position
	// Inline is the value that stands in the configuration, or nil.
	Inline *model.Node
	// Value is the value that is visible, or nil.
	Value *model.Node
}

// SecretBelow returns the secret that a section has in one key, or in a file that another key names. It is nil if there is none, or both.
func SecretBelow(d *model.Deployment, c *model.Configuration, section *model.Node, inline, file string) *Secret {
	text, path := section.Get(inline), section.Get(file)
	switch {
	case text.IsSet() && !path.IsSet():
		return &Secret{At: text.Position, Inline: text, Value: text}
	case path.IsSet() && !text.IsSet():
		s := &Secret{At: path.Position}
		if content := container.MountedText(d, c, path); content != nil {
			trimmed := *content
			trimmed.Text = strings.TrimSpace(content.Text)
			s.Value = &trimmed
		}
		return s
	}
	return nil
}
