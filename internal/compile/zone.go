package compile

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// zones are the names of the tz database, with those that it keeps for old names. A container takes any other name for UTC, and does not say so.
//
//go:embed zones.txt
var zones string

// timeZone reports a time zone that does not exist.
func (e *explainer) timeZone() []diag.Finding {
	at := fieldPath{"timeZone"}
	value := e.written.LookupPath(at.selectors())
	name, err := value.String()
	known := strings.Fields(zones)
	if err != nil || slices.Contains(known, name) {
		return nil
	}
	node := decoder{sources: e.sources}.node(value)
	f := diag.Finding{Rule: "schema", Severity: diag.Error, Position: node.Position, Message: fmt.Sprintf("there is no time zone %s: the containers would take UTC", name)}
	f.Hint = "take a name of the tz database, such as Europe/Berlin"
	if meant := suggest.Meant(name, known); meant != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", meant)
		f.Fix = diag.Rewrite(node.Position, name, meant)
	} else if like := suggest.Nearest(name, known); like != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", like)
	}
	return []diag.Finding{f}
}
