package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// newerKeys are the keys by product that no table has, where the image may be newer than the table: whether they are read nobody here can tell.
type newerKeys map[string]*diag.Finding

// isNewer says that the image may read keys that the table does not have. Where no image is seen at all, the table is what there is to go by.
func isNewer(table *format.Type, image model.Image) bool {
	if table == nil || table.Knows == "" || image.Position.Line == 0 {
		return false
	}
	version := image.Version()
	return !version.Known() || version.After(table.Knows)
}

func (n newerKeys) add(doc *model.Document, knows string, image model.Image, m format.Problem) {
	product := facts.ProductName(doc.Kind)
	if first := n[product]; first != nil {
		first.Related = append(first.Related, diag.Related{Position: m.Position, Message: "nor of " + m.Path})
		return
	}
	running := "the image does not say which version runs"
	if image.Version().Known() {
		running = fmt.Sprintf("this is %s", image.Tag)
	}
	n[product] = &diag.Finding{
		Severity: diag.Info,
		Position: m.Position,
		Message:  fmt.Sprintf("this matrixgen knows %s up to %s, and %s: it cannot say whether %s is read", product, knows, running, m.Path),
		Hint:     "look the key up in the documentation of that version",
	}
	if m.Surely != "" {
		n[product].Hint = fmt.Sprintf("look the key up in the documentation of that version; perhaps %s is meant", m.Surely)
	}
}

// report reports one finding for each product, in the order of the products.
func (n newerKeys) report(report func(diag.Finding)) {
	var products []string
	for product := range n {
		products = append(products, product)
	}
	slices.SortFunc(products, cmp.Compare[string])
	for _, product := range products {
		report(*n[product])
	}
}
