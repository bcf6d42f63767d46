// Package change says what differs between two states of a deployment, setting by setting, and what that means for its operator and his users.
// What a change costs stands beside the keys, in the definitions of upstream's formats; this package finds the setting and the fact that fits.
// It knows no files and no revisions. Values of secrets stay out of what it returns.
package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Kind is how a setting changed.
type Kind string

// The kinds of changes.
const (
	Added     Kind = "added"
	Removed   Kind = "removed"
	Changed   Kind = "changed"
	Reordered Kind = "reordered" // the items of a list are the same
)

// Change is a setting that differs.
type Change struct {
	// Document is the file, below the folder of the deployment.
	Document string
	// Setting is the path of keys as operators write it, with what tells the items of a list apart in brackets. "" stands for the whole file.
	Setting string
	Kind    Kind
	// From and To are the values in one line, shortened; "" where there is none, and for secrets.
	From, To string
	Secret   bool
	format.Consequence
	// Position is where the new value was written, or the old one if there is no new one.
	Position diag.Position
}

// Comparer compares deployments. It keeps the tables of upstream's formats.
type Comparer struct {
	mu     sync.Mutex
	tables map[string]*format.Type
	images *format.Type
	around *format.Type
}

// NewComparer returns a comparer, or an error if the definitions in schema/ are wrong.
func NewComparer() (*Comparer, error) {
	images, err := format.Load("compose.#Images")
	if err != nil {
		return nil, fmt.Errorf("load consequences: %w", err)
	}
	around, err := format.Load("compose.#Around")
	if err != nil {
		return nil, fmt.Errorf("load consequences: %w", err)
	}
	return &Comparer{tables: map[string]*format.Type{}, images: images, around: around}, nil
}

// Compare returns what differs in the documents of two linked deployments: what costs most first, then in the order of the documents.
func (c *Comparer) Compare(before, after *model.Deployment) ([]Change, error) {
	w := &walker{before: before, after: after, images: c.images, rename: newRenaming(before, after)}
	for _, name := range documentNames(before, after) {
		w.old, w.new = before.Document(name), after.Document(name)
		table, err := c.table(cmp.Or(w.new, w.old))
		if err != nil {
			return nil, err
		}
		w.document(name, table)
	}
	shifted, err := c.shifted(before, after)
	if err != nil {
		return nil, err
	}
	w.changes = append(w.changes, shifted...)
	slices.SortStableFunc(w.changes, func(a, b Change) int { return cmp.Compare(b.Level, a.Level) })
	return w.changes, nil
}

// documentNames returns the names of the documents of both, sorted.
func documentNames(before, after *model.Deployment) []string {
	var names []string
	for _, doc := range slices.Concat(before.Documents, after.Documents) {
		names = append(names, doc.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// table returns the table of a document's format, or nil if upstream defines none.
func (c *Comparer) table(doc *model.Document) (*format.Type, error) {
	name := cmp.Or(doc.Upstream, doc.Kind.Upstream())
	if name == "" {
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables[name] == nil {
		table, err := format.Load(name)
		if err != nil {
			return nil, fmt.Errorf("load consequences: %w", err)
		}
		c.tables[name] = table
	}
	return c.tables[name], nil
}

// File returns the change of a file as a whole, of which no setting changed: text, or the comments and the order of a document. Who mounts it is
// created anew all the same, and costs what that costs.
func (c *Comparer) File(name string, kind Kind, d *model.Deployment) Change {
	return file(c.images, name, kind, d)
}

func file(images *format.Type, name string, kind Kind, d *model.Deployment) Change {
	c := Change{Document: name, Kind: kind, Consequence: format.Consequence{Level: format.Nothing, Why: "No service reads it."}}
	if strings.HasPrefix(name, "kubernetes/") {
		c.Consequence = format.Consequence{
			Level: format.Restart, Why: "The chart is deployed anew, and replaces the pods that it changes.", Source: "https://helm.sh/docs/helm/helm_upgrade/",
		}
		return c
	}
	if names := readers(d, name); len(names) > 0 {
		c.Consequence = format.Consequence{
			Level: format.Restart, Why: fmt.Sprintf("The service %s mounts the file, and is created anew.", strings.Join(names, " and the service ")),
			Source: "https://docs.docker.com/reference/cli/docker/compose/up/",
		}
		for _, s := range names {
			if f := createdAnew(images, d, s); len(f) > 0 && f[0].Level > c.Level {
				c.Level, c.Why = f[0].Level, c.Why+" "+f[0].Why
			}
		}
	}
	return c
}

// readers returns the services that mount a file of their deployment, by their names.
func readers(d *model.Deployment, file string) []string {
	var names []string
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			if m.Type == "bind" && (m.Source == file || strings.HasPrefix(file, m.Source+"/")) && !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// Move returns the change of what runs a server: a cluster in place of one machine, or a machine in place of a cluster.
func Move(before *model.Deployment) Change {
	c := Change{Document: "docker-compose.yml", Kind: Removed, Consequence: format.Consequence{
		Level: format.Migration, Why: "A cluster runs the server from now on. Without the databases and the media of before it begins anew under the same name: the steps above copy them.",
		Source: "https://github.com/element-hq/ess-helm/blob/main/docs/maintenance.md",
	}}
	if before.InCluster() {
		c.Document = "kubernetes/values.yaml"
		c.Consequence.Why = "One machine runs the server from now on. Without the databases and the media of before it begins anew under the same name: the steps above copy them."
	}
	return c
}

// Worst returns the highest level of the changes.
func Worst(changes []Change) format.Level {
	worst := format.Nothing
	for _, c := range changes {
		worst = max(worst, c.Level)
	}
	return worst
}
