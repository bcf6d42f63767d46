// Package docs renders the pages of docs/ that say what the schema says. Its tests hold the pages to that, and rewrite them with -update; the
// program does not need it.
package docs

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
)

// Secrets returns what docs/secrets.md says of each slot, as Markdown: a table of all, and a section for each.
func Secrets(slots []model.Slot) string {
	var page strings.Builder
	page.WriteString("| secret | what it is for | another one costs |\n|---|---|---|\n")
	for _, slot := range slots {
		fmt.Fprintf(&page, "| [`%s`](#%s) | %s | %s |\n", slot.Name, slot.Name, slot.What, secret.Costs(&slot))
	}
	for _, slot := range slots {
		fmt.Fprintf(&page, "\n### %s\n\n%s", slot.Name, secret.Page(&slot))
	}
	return page.String()
}
