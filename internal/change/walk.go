package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// hashLabel is what a build puts on services so that a change of a mounted file creates them anew. The change itself is told where it is.
const hashLabel = "matrixgen.config-hash"

// walker goes through two states of a deployment side by side.
type walker struct {
	before, after *model.Deployment
	rename        *renaming
	old, new      *model.Document
	images        *format.Type
	changes       []Change
}

// fact is a consequence that may fit at a place.
type fact struct {
	format.Consequence
	// own says that it stands beside the key of the place itself, and not of one above.
	own bool
}

// place is where two values are compared.
type place struct {
	setting string
	table   *format.Type // nil if upstream's format says nothing of it
	facts   []fact       // the first that fits holds
	// item says that the value is one of several that an operator may add to or take from.
	item     bool
	secret   bool
	identity string  // of the items of a list
	around   [2]pair // the values around, the nearest first
	sides    sides
	depth    int
}

// sides are the deployments that are compared. Both are nil where a value is only rendered.
type sides struct{ before, after *model.Deployment }

// pair is a value before and after. One of them may be nil.
type pair struct{ before, after *model.Node }

// position is where the change is to be seen.
func (p pair) position() diag.Position {
	if p.after != nil {
		return p.after.Position
	}
	return p.before.Position
}

func (w *walker) document(name string, table *format.Type) {
	var values pair
	if w.old != nil {
		values.before = w.old.Root
	}
	if w.new != nil {
		values.after = w.new.Root
	}
	if table == nil || values.before == nil || values.after == nil {
		w.file(name, table, values)
		return
	}
	w.compare(w.root(table), values)
}

// file compares documents of which one is not there, or whose format is not known.
func (w *walker) file(name string, table *format.Type, values pair) {
	kind := Changed
	d := w.after
	switch {
	case values.before == nil:
		kind = Added
	case values.after == nil:
		kind, d = Removed, w.before
	case w.equal(values.before, values.after):
		return
	}
	c := file(w.images, name, kind, d)
	if table != nil {
		c.Consequence = w.root(table).consequence(values)
	}
	if along, does := w.alongWithService(name, kind); does && c.Level <= format.Outage {
		c.Consequence = along
	}
	c.Position = values.position()
	w.changes = append(w.changes, c)
}

// root returns the place of a whole document.
func (w *walker) root(table *format.Type) place {
	return place{table: table, facts: factsOf(table.Changes, true), sides: sides{w.before, w.after}}
}

// alongWithService returns what it means that a file comes or goes together with the services that mount it: nothing of its own.
func (w *walker) alongWithService(name string, kind Kind) (format.Consequence, bool) {
	with, without, verb, rest := w.after, w.before, "comes", "nothing reads it until then"
	if kind == Removed {
		with, without, verb, rest = w.before, w.after, "goes", "nothing reads it any more"
	}
	names := readers(with, name)
	if kind == Changed || len(names) == 0 || slices.ContainsFunc(names, func(s string) bool { return without.Service(s) != nil }) {
		return format.Consequence{}, false
	}
	return format.Consequence{
		Level: format.Nothing, Why: fmt.Sprintf("It %s with the service %s: %s.", verb, strings.Join(names, " and the service "), rest),
		Source: "https://docs.docker.com/reference/cli/docker/compose/up/",
	}, true
}

func factsOf(consequences []format.Consequence, own bool) []fact {
	var facts []fact
	for _, c := range consequences {
		facts = append(facts, fact{c, own})
	}
	return facts
}

// inherited are the facts of a place as they hold for what is below it.
func inherited(facts []fact) []fact {
	var below []fact
	for _, f := range facts {
		below = append(below, fact{f.Consequence, false})
	}
	return below
}

// compare adds what differs between two values.
func (w *walker) compare(p place, values pair) {
	values = pair{p.normal(values.before), p.normal(values.after)}
	switch {
	case values.before == nil && values.after == nil, values.before != nil && values.after != nil && w.equal(values.before, values.after):
	case (values.before == nil || values.after == nil) && p.isSection():
		w.fields(p, values.orEmpty())
	case values.before == nil || values.after == nil:
		w.report(p, values)
	case values.before.Kind == model.Map && values.after.Kind == model.Map:
		w.fields(p, values)
	case values.before.Kind == model.List && values.after.Kind == model.List && !p.whole():
		w.items(p, values)
	default:
		w.report(p, values)
	}
}

// isSection reports whether a value is a section of a document in which each name stands for one thing, such as the services of a compose file.
func (p place) isSection() bool {
	if p.depth != 1 || p.table == nil {
		return false
	}
	return slices.ContainsFunc(p.table.Arms(), func(arm *format.Type) bool {
		return len(arm.Keys) == 0 && len(arm.Free) == 1 && len(arm.Free[0].Changes) > 0
	})
}

// orEmpty returns a map that came or went with an empty one on the other side. Other values stay as they are.
func (p pair) orEmpty() pair {
	if p.before == nil && p.after.Kind == model.Map {
		p.before = &model.Node{Kind: model.Map, Position: p.after.Position}
	}
	if p.after == nil && p.before.Kind == model.Map {
		p.after = &model.Node{Kind: model.Map, Position: p.before.Position}
	}
	return p
}

// fields compares two maps, the keys of the old one first.
func (w *walker) fields(p place, values pair) {
	values.before = w.rename.labels(values.before, values.after)
	var keys []string
	for _, f := range slices.Concat(values.before.Fields, values.after.Fields) {
		if !slices.Contains(keys, f.Key) {
			keys = append(keys, f.Key)
		}
	}
	for _, key := range keys {
		below := pair{values.before.Get(key), values.after.Get(key)}
		w.compare(w.below(p, key, values), below)
	}
}

// below returns the place of a key.
func (w *walker) below(p place, name string, values pair) place {
	child := place{setting: joined(p.setting, name), facts: inherited(p.facts), sides: p.sides, around: [2]pair{values, p.around[0]}, depth: p.depth + 1}
	child.secret = p.secret || p.hides(name, values.before.Get(name), values.after.Get(name))
	key := keyOf(p.table, name)
	if key == nil {
		return child
	}
	child.table, child.identity, child.item = key.Type, key.Identity, key.Name == ""
	if child.item && len(key.Changes) == 0 {
		child.facts = p.facts // one of the values that the key above is about
	}
	child.facts = slices.Concat(factsOf(key.Changes, true), w.imageFacts(p, name), child.facts)
	return child
}

// imageFacts returns what it means that a service is created anew, or for its image that it is another one.
func (w *walker) imageFacts(p place, name string) []fact {
	service, inside := strings.CutPrefix(p.setting, "services.")
	if !inside || p.depth != 2 {
		return nil
	}
	d := w.after
	if d.Service(service) == nil {
		d = w.before
	}
	if name != "image" {
		return createdAnew(w.images, d, service)
	}
	return imageFacts(w.images, d, service)
}

// imageFacts returns what it means for a service of a deployment that its image is another one. Nobody waits for what a job has in its image.
func imageFacts(images *format.Type, d *model.Deployment, service string) []fact {
	s := d.Service(service)
	if s == nil || images.Key(s.Product) == nil || isJob(d, service) {
		return nil
	}
	return factsOf(images.Key(s.Product).Changes, true)
}

// createdAnew returns what it means that a service runs the same image in another container.
func createdAnew(images *format.Type, d *model.Deployment, service string) []fact {
	return slices.DeleteFunc(imageFacts(images, d, service), func(f fact) bool { return f.When != "" })
}

// keyOf returns the key of a map in upstream's format, or nil.
func keyOf(table *format.Type, name string) *format.Key {
	if table == nil {
		return nil
	}
	var free *format.Key
	for _, arm := range table.Arms() {
		key := arm.Key(name)
		switch {
		case key == nil:
		case key.Name != "":
			return key
		case free == nil:
			free = key
		}
	}
	return free
}

// joined returns the path of a key. A key with dots stands in quotes.
func joined(setting, name string) string {
	if strings.ContainsAny(name, ". ") {
		name = `"` + name + `"`
	}
	if setting == "" {
		return name
	}
	return setting + "." + name
}

// report adds the change of a value that is told as one.
func (w *walker) report(p place, values pair) {
	c := Change{Document: w.name(), Setting: p.setting, Kind: Changed, Secret: p.secret, Consequence: p.consequence(values), Position: values.position()}
	switch {
	case values.before == nil:
		c.Kind = Added
	case values.after == nil:
		c.Kind = Removed
	}
	if !p.secret {
		c.From, c.To = p.render(values.before), p.render(values.after)
	}
	w.changes = append(w.changes, c)
}

func (w *walker) name() string {
	if w.new != nil {
		return w.new.Name
	}
	return w.old.Name
}
