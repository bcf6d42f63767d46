package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportEach reports every placeholder of a file that a guide shows, where it stands.
func reportEach(doc *model.Document, found []remainder, report func(diag.Finding)) {
	for _, r := range found {
		report(diag.Finding{
			Position: r.at,
			Message:  fmt.Sprintf("%s reads %s as it stands: nothing replaces %s", productName(doc.Kind), doc.Name, r.what),
			Hint:     "write the value, name a file that holds it, or render the file before it is mounted",
		})
	}
}
