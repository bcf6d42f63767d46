package change

import (
	"fmt"
	"iter"
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

// secured matches what makes a role and gives it its password.
var secured = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?m)^\\\\set role '([^']+)'\n\\\\set password ") })

// role is a role that a file of out/ makes on a server.
type role struct{ server, name string }

// roles returns the roles that the files of a deployment make, in order.
func roles(d *model.Deployment) []role {
	var all []role
	for server, text := range databaseFiles(d) {
		for _, found := range secured().FindAllStringSubmatch(text, -1) {
			all = append(all, role{server, found[1]})
		}
	}
	return all
}

// databaseFiles yields the servers that files of a deployment make databases on, with the text of each file.
func databaseFiles(d *model.Deployment) iter.Seq2[string, string] {
	return func(yield func(server, text string) bool) {
		for _, doc := range d.Documents {
			server, is := strings.CutPrefix(strings.TrimSuffix(doc.Name, ".sql"), "databases/")
			if is && doc.Format == model.Text && doc.Root != nil && !yield(server, doc.Root.Text) {
				return
			}
		}
	}
}

// bases returns the databases that the files of a deployment make, in order.
func bases(d *model.Deployment) []base {
	var all []base
	for server, text := range databaseFiles(d) {
		for _, found := range made().FindAllStringSubmatch(text, -1) {
			all = append(all, base{server: server, name: found[2], role: found[1]})
		}
	}
	return all
}

// left returns the databases and the roles that nothing makes any more, on servers that go on running: they stay there.
func (c *Comparer) left(before, after *model.Deployment) []Change {
	var changes []Change
	tell := func(key, setting, server, database, role string) {
		document := fmt.Sprintf("databases/%s.sql", server)
		for _, told := range c.asked(key, "removed", Change{Document: document, Setting: setting, Kind: Removed, Position: topOf(document)}) {
			told.Why = strings.NewReplacer("{database}", database, "{role}", role, "{server}", server, "{superuser}", superuser(after.Service(server))).Replace(told.Why)
			changes = append(changes, told)
		}
	}
	now, was := bases(after), bases(before)
	owns := func(bases []base, server, role string) bool {
		return slices.ContainsFunc(bases, func(b base) bool { return b.server == server && b.role == role })
	}
	for _, b := range was {
		server := after.Service(b.server)
		if server == nil || slices.Contains(now, b) || server.Env("POSTGRES_DB").Is(b.name) {
			continue
		}
		key := "database"
		if b.role == superuser(server) || owns(now, b.server, b.role) {
			key = "database-of-others"
		}
		tell(key, "database "+b.name, b.server, b.name, b.role)
	}
	kept := roles(after)
	for _, r := range roles(before) {
		if server := after.Service(r.server); server != nil && !slices.Contains(kept, r) && r.name != superuser(server) && !owns(was, r.server, r.name) {
			tell("role", "role "+r.name, r.server, "", r.name)
		}
	}
	return changes
}

// superuser returns the name of the role that a server of Postgres was made with.
func superuser(server *model.Service) string {
	if said, known := server.Env("POSTGRES_USER").Literal(); known {
		return said
	}
	return "postgres"
}
