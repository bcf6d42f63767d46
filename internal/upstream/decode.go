package upstream

import (
	"strconv"

	"github.com/matrixgen/matrixgen/internal/model"
)

func product(name string, n *model.Node) *Product {
	p := &Product{Name: name, Title: text(n, "title"), Back: statement(n.Get("back")), Major: statement(n.Get("major"))}
	for _, r := range items(n, "releases") {
		release := Release{Version: text(r, "version"), Date: text(r, "date"), Schema: number(r, "schema"), Compat: number(r, "compat")}
		for _, m := range items(r, "minimum") {
			release.Minimum = append(release.Minimum, Minimum{text(m, "product"), text(m, "version"), texts(m, "keys"), texts(m, "unless")})
		}
		for _, b := range items(r, "breaking") {
			release.Breaking = append(release.Breaking, Breaking{
				What: text(b, "what"), Keys: texts(b, "keys"), Unless: texts(b, "unless"), After: text(b, "after"), First: text(b, "first"), Source: text(b, "source"),
			})
		}
		p.Releases = append(p.Releases, release)
	}
	for _, a := range items(n, "advisories") {
		p.Advisories = append(p.Advisories, Advisory{
			ID: text(a, "id"), Severity: text(a, "severity"), Since: text(a, "since"), Below: text(a, "below"), Fixed: text(a, "fixed"), Backports: texts(a, "backports"),
			Source: text(a, "source"),
		})
	}
	for _, f := range items(n, "faults") {
		p.Faults = append(p.Faults, Fault{Name: text(f, "name"), Since: text(f, "since"), Below: text(f, "below"), What: text(f, "what"), Source: text(f, "source")})
	}
	return p
}

func statement(n *model.Node) Statement {
	if n == nil {
		return Statement{}
	}
	return Statement{text(n, "what"), text(n, "source")}
}

func items(n *model.Node, key string) []*model.Node {
	if list := n.Get(key); list != nil {
		return list.Items
	}
	return nil
}

func texts(n *model.Node, key string) []string {
	var all []string
	for _, item := range items(n, key) {
		all = append(all, item.Text)
	}
	return all
}

func text(n *model.Node, key string) string {
	if value := n.Get(key); value != nil {
		return value.Text
	}
	return ""
}

// number returns a whole number, or 0.
func number(n *model.Node, key string) int {
	value, err := strconv.Atoi(text(n, key))
	if err != nil {
		return 0
	}
	return value
}
