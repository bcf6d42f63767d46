package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportEach reports every placeholder of a file that a guide shows, where it stands.
func reportEach(doc *model.Document, found []remainder, report func(diag.Finding)) {
	for _, r := range found {
		if r.forReader() {
			continue
		}
		report(diag.Finding{
			Position: r.at,
			Message:  fmt.Sprintf("%s reads %s as it stands: nothing replaces %s", facts.ProductName(doc.Kind), doc.Name, r.what),
			Hint:     "write the value, name a file that holds it, or render the file before it is mounted",
		})
	}
}

// forReader reports whether the text tells a reader to write something of his own, such as <YOUR_DOMAIN>. No program fills that in.
func (r remainder) forReader() bool {
	return strings.HasPrefix(r.what, "<") || strings.HasPrefix(r.what, "[") || strings.HasPrefix(r.what, "…") || strings.HasPrefix(r.what, "...") || strings.HasPrefix(strings.ToUpper(r.what), "YOUR")
}
