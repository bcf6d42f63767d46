package change

import (
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
	depth    int
}

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
	w.compare(place{table: table, facts: factsOf(table.Changes, true)}, values)
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
	c := File(name, kind, d)
	if table != nil {
		c.Consequence = place{table: table, facts: factsOf(table.Changes, true)}.consequence(values)
	}
	c.Position = values.position()
	w.changes = append(w.changes, c)
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
	child := place{setting: joined(p.setting, name), facts: inherited(p.facts), around: [2]pair{values, p.around[0]}, depth: p.depth + 1}
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
	s := w.after.Service(service)
	if s == nil {
		s = w.before.Service(service)
	}
	if s == nil || w.images.Key(s.Product) == nil {
		return nil
	}
	facts := factsOf(w.images.Key(s.Product).Changes, true)
	if name != "image" {
		facts = slices.DeleteFunc(facts, func(f fact) bool { return f.When != "" })
	}
	return facts
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
