// Package upstream knows the releases of upstream's products that matter: what they ask of others, what they break, and which holes they close.
// The facts stand in schema/release.
package upstream

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// Product is what is known of the releases of a product.
type Product struct {
	// Name is the product as a service has it, such as synapse.
	Name string
	// Title is its name for people, such as Synapse.
	Title string
	// Back says what stops an older version from taking over the database of a newer one; the zero value if nothing does.
	Back Statement
	// Major says what it takes to reach another major version, if a new tag alone does not.
	Major Statement
	// Releases are those that matter, the oldest first. The last is the newest that is known.
	Releases []Release
	// Advisories are the holes that were made known, those that were closed first in front.
	Advisories []Advisory
	// Faults are what single releases do wrong, by line.
	Faults []Fault
}

// Statement is a sentence and where upstream says so.
type Statement struct{ What, Source string }

// Release is a version that an operator has to know something about.
type Release struct {
	// Version is upstream's, without a v; Date is a day such as 2026-10-23, or "" if it is not known.
	Version, Date string
	// Schema is the form of the database that it writes, and Compat the oldest form that a program has to know to work with such a database. 0 means
	// that both are those of the release before.
	Schema, Compat int
	// Minimum are the oldest versions of other products that it works with.
	Minimum []Minimum
	// Breaking are the changes that can break a deployment.
	Breaking []Breaking
}

// Minimum is the oldest version of another product.
type Minimum struct {
	Product, Version string
	// Keys are the settings of which one has to be there for it to count; none if it always does.
	Keys []string
	// Unless are the settings with which it does not.
	Unless []string
}

// Met says whether a version of the other product is the minimum or newer: 14.0 is, of "14".
func (m Minimum) Met(v model.Version) model.Answer {
	least := m.Version
	for strings.Count(least, ".") < 2 {
		least += ".0"
	}
	if !v.Known() {
		return model.CannotTell
	}
	return model.Known(v.AtLeast(least))
}

// Fault is something that a few releases do wrong.
type Fault struct {
	// Name is the same for what is wrong in several lines of releases.
	Name string
	// Since is the first release that has it, and Below the one that mends it in that line.
	Since, Below string
	What, Source string
}

// Breaking is a change that can break a deployment.
type Breaking struct {
	What string
	// Keys are the settings that it touches; none if it touches everybody.
	Keys []string
	// Unless are the settings with which it touches nobody.
	Unless []string
	// After is the last release at which First can be done, if it has to be done before; both are "" if not.
	After, First string
	// Source is where upstream says so.
	Source string
}

// Advisory is a hole that was made known.
type Advisory struct {
	// ID is what others call it. Severity is critical, high, moderate or low, or "" if upstream does not say.
	ID, Severity string
	// Since is the first version that has the hole, or "" if all older ones do. Below is the first that does not have it any more, and Fixed the one to take.
	Since, Below, Fixed string
	// Backports are older versions that do not have it either, nor do later ones of their line.
	Backports []string
	Source    string
}

// Affects reports whether a version has the hole. Of one that is not known to its last part nobody can tell.
func (a Advisory) Affects(v model.Version) bool {
	backported := slices.ContainsFunc(a.Backports, func(b string) bool { return v.SameLine(b) && v.AtLeast(b) })
	return v.Exact() && v.Before(a.Below) && !backported && (a.Since == "" || v.AtLeast(a.Since))
}

// Newest returns the newest release that is known; the zero value if there is none.
func (p *Product) Newest() Release {
	if p == nil || len(p.Releases) == 0 {
		return Release{}
	}
	return p.Releases[len(p.Releases)-1]
}

// Exact reports whether a version is one release of the product, and no line of them.
func (p *Product) Exact(v model.Version) bool {
	return v.ExactTo(strings.Count(p.Newest().Version, ".") + 1)
}

// Faulty returns what a known version does wrong.
func (p *Product) Faulty(v model.Version) []Fault {
	var found []Fault
	if p != nil {
		for _, f := range p.Faults {
			if v.AtLeast(f.Since) && v.Before(f.Below) {
				found = append(found, f)
			}
		}
	}
	return found
}

// Asks returns the oldest version of another product that a version of this one works with, and the release that began to ask for it. An unknown
// version asks what the newest does. It is the zero value if nothing is known.
func (p *Product) Asks(v model.Version, other string) (Minimum, Release) {
	var found Minimum
	var since Release
	for _, r := range p.Releases {
		i := slices.IndexFunc(r.Minimum, func(m Minimum) bool { return m.Product == other })
		if i >= 0 && !v.Before(r.Version) {
			found, since = r.Minimum[i], r
		}
	}
	return found, since
}

// Forms returns the form of the database that a version writes, and the oldest that a program has to know for it; 0 if that is not known.
func (p *Product) Forms(v model.Version) (schema, compat int) {
	for _, r := range p.Releases {
		if r.Schema > 0 && v.AtLeast(r.Version) {
			schema, compat = r.Schema, r.Compat
		}
	}
	return schema, compat
}

var products = sync.OnceValues(load)

// Of returns what is known of a product, or nil.
func Of(name string) (*Product, error) {
	all, err := products()
	return all[name], err
}

func load() (map[string]*Product, error) {
	names, err := fs.Glob(schema.Files, "release/*.cue")
	if err != nil {
		return nil, err
	}
	all := map[string]*Product{}
	for _, name := range names {
		data, err := format.ReadData(schema.Files, name)
		if err != nil {
			return nil, err
		}
		for _, f := range data.Fields {
			if all[f.Key] != nil {
				return nil, fmt.Errorf("schema/%s: %s stands in two files", name, f.Key)
			}
			all[f.Key] = product(f.Key, f.Value)
		}
	}
	return all, nil
}

// Rank orders advisories by how bad they are, from 1 to 4; one that upstream does not rate counts as moderate.
func (a Advisory) Rank() int {
	return map[string]int{"low": 1, "": 2, "moderate": 2, "high": 3, "critical": 4}[a.Severity]
}

// besides are images by the end of their names, with their products.
var besides = map[string]string{
	"/matrix-hookshot": "hookshot", "/heisenbridge": "heisenbridge", "/sygnal": "sygnal", "/element-admin": "element-admin", "/element-call": "element-call",
	"/prom/prometheus": "prometheus", "/prometheus/prometheus": "prometheus", "/prom/alertmanager": "alertmanager", "/prometheus/alertmanager": "alertmanager",
	"/grafana/grafana": "grafana", "/grafana/grafana-oss": "grafana", "/prometheuscommunity/postgres-exporter": "postgres-exporter",
	"/prometheus-community/postgres-exporter": "postgres-exporter",
}

// ProductOf returns the product of a service whose releases may be known, or "". It knows a few more than those that others ask for.
func ProductOf(s *model.Service) string {
	if s.Product != "" || s.Node.Get("build").IsSet() {
		return s.Product
	}
	for end, name := range besides {
		if strings.HasSuffix("/"+s.Image.Repository, end) {
			return name
		}
	}
	switch base := s.Image.Base(); {
	case strings.HasSuffix(s.Image.Repository, "/mautrix/discord"):
		return "mautrix-discord"
	case strings.HasSuffix(s.Image.Repository, "/mautrix/"+base) && strings.HasPrefix(s.Image.Tag, "v0.2"): // their releases are called after the month
		return "mautrix"
	}
	return ""
}

// Names returns the products of which releases are known, in order.
func Names() []string {
	all, err := products()
	if err != nil {
		return nil // that the facts can be read is tested
	}
	return slices.Sorted(maps.Keys(all))
}

// With returns the products that have a release of that version, in order.
func With(version string) []string {
	var found []string
	for _, name := range Names() {
		p, err := Of(name)
		if err == nil && slices.ContainsFunc(p.Releases, func(r Release) bool { return r.Version == version }) {
			found = append(found, name)
		}
	}
	return found
}
