package change

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// base is a database that a file of out/ makes on a server.
type base struct{ server, name, role string }

// made matches what makes a database.
var made = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\\set role '([^']+)'\n\\set name '([^']+)'$`) })

// bases returns the databases that the files of a deployment make, in order.
func bases(d *model.Deployment) []base {
	var all []base
	for _, doc := range d.Documents {
		server, is := strings.CutPrefix(strings.TrimSuffix(doc.Name, ".sql"), "databases/")
		if !is || doc.Format != model.Text || doc.Root == nil {
			continue
		}
		for _, found := range made().FindAllStringSubmatch(doc.Root.Text, -1) {
			all = append(all, base{server: server, name: found[2], role: found[1]})
		}
	}
	return all
}

// left returns the databases that nothing makes any more, on servers that go on running: they stay there.
func (c *Comparer) left(before, after *model.Deployment) []Change {
	now := bases(after)
	var changes []Change
	for _, b := range bases(before) {
		server := after.Service(b.server)
		if server == nil || slices.Contains(now, b) || server.Env("POSTGRES_DB").Is(b.name) {
			continue
		}
		superuser := "postgres"
		if said, known := server.Env("POSTGRES_USER").Literal(); known {
			superuser = said
		}
		document := fmt.Sprintf("databases/%s.sql", b.server)
		change := Change{Document: document, Setting: "database " + b.name, Kind: Removed, Position: topOf(document)}
		key := "database"
		if b.role == superuser || slices.ContainsFunc(now, func(other base) bool { return other.server == b.server && other.role == b.role }) {
			key = "database-of-others"
		}
		for _, told := range c.asked(key, "removed", change) {
			told.Why = strings.NewReplacer("{database}", b.name, "{role}", b.role, "{server}", b.server, "{superuser}", superuser).Replace(told.Why)
			changes = append(changes, told)
		}
	}
	return changes
}
