package facts

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// Formats remembers what documents have of upstream's formats: several rules ask the same. The rules of one list share it, over however many
// deployments, and several at a time.
type Formats struct {
	mu    sync.Mutex
	facts map[*model.Node]*facts
	found map[question]any
}

// question is what several rules ask of a deployment.
type question struct {
	of   *model.Deployment
	what string
}

// maxFacts bounds how many documents are remembered: those of one deployment after another are asked about.
const maxFacts = 64

// maxFound bounds how many answers about deployments are remembered, and so how many deployments are kept for them.
const maxFound = 8

// NewFormats returns an empty memory, to be shared by the rules of one list.
func NewFormats() *Formats {
	return &Formats{facts: map[*model.Node]*facts{}, found: map[question]any{}}
}

// Of returns the table of a document's format, or nil if upstream defines none. That all of them load is tested where they are read.
func (f *Formats) Of(doc *model.Document) *format.Type {
	name := cmp.Or(doc.Upstream, doc.Kind.Upstream())
	if name == "" || doc.Root == nil {
		return nil
	}
	t, err := format.Load(name)
	if err != nil {
		return nil
	}
	return t
}

// Warm begins to read the tables of the formats that nearly every deployment has, and does not wait: that takes as long as reading the files of
// one, and is done beside it.
func Warm() {
	for _, kind := range []model.DocumentKind{model.KindSynapse, model.KindCompose, model.KindMAS} {
		go format.Load(kind.Upstream())
	}
}

// LoadFormats reads the tables of the formats that a deployment has, several at a time: for a single deployment that takes as long as the rules
// do.
func LoadFormats(d *model.Deployment) {
	var names []string
	for _, doc := range d.Documents {
		if name := cmp.Or(doc.Upstream, doc.Kind.Upstream()); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var loading sync.WaitGroup
	for _, name := range names {
		loading.Go(func() { format.Load(name) }) // one that is wrong is found where it is used
	}
	loading.Wait()
}

// facts are what the table of a format says about a document.
type facts struct {
	table    *format.Type
	keys     []KnownKey
	Misfits  []format.Problem
	sections []Section
}

// KnownKey is a key of a document that upstream defines.
type KnownKey struct {
	Path  string
	Field model.Field
	Key   *format.Key
}

// FactsOf returns what is known of a tree that is read as the document is. There is nothing if upstream does not define the format.
func (f *Formats) FactsOf(doc *model.Document, root *model.Node) *facts {
	t := f.Of(doc)
	if t == nil || root == nil {
		return &facts{}
	}
	f.mu.Lock()
	found := f.facts[root]
	f.mu.Unlock()
	if found != nil && found.table == t {
		return found
	}
	found = newFacts(t, root)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.facts) >= maxFacts {
		clear(f.facts)
	}
	f.facts[root] = found
	return found
}

func newFacts(t *format.Type, root *model.Node) *facts {
	found := &facts{table: t, keys: make([]KnownKey, 0, keysIn(root))}
	problems := format.Walk(t, root, func(path string, f model.Field, key *format.Key) {
		found.keys = append(found.keys, KnownKey{path, f, key})
	})
	found.Misfits = slices.DeleteFunc(problems, cannotTell)
	found.sections = sectionsOf(t, root, found.keys)
	return found
}

// cannotTell reports whether a problem may be none once what is unknown is put in. A key is wrong whatever its value, but for one that may not be there, or that
// is rendered itself.
func cannotTell(p format.Problem) bool {
	if p.Value == nil || !p.Value.Unknown {
		return false
	}
	return p.Kind != format.UnknownKey || p.Value.Perhaps || placeholder.In(p.Got)
}

// keysIn returns how many keys a tree has.
func keysIn(n *model.Node) int {
	if n == nil {
		return 0
	}
	count := len(n.Fields)
	for _, f := range n.Fields {
		count += keysIn(f.Value)
	}
	for _, item := range n.Items {
		count += keysIn(item)
	}
	return count
}

// Remember returns the answer to a question about a deployment, which is found once. It is shared: nobody changes it.
func (f *Formats) Remember(d *model.Deployment, what string, find func() any) any {
	q := question{d, what}
	f.mu.Lock()
	answer, known := f.found[q]
	f.mu.Unlock()
	if known {
		return answer
	}
	answer = find()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.found) >= maxFound {
		clear(f.found)
	}
	f.found[q] = answer
	return answer
}

// Keys returns the keys of a document that upstream defines, in order.
func (f *Formats) Keys(doc *model.Document) []KnownKey { return f.FactsOf(doc, doc.Root).keys }

// Misfits returns what upstream would not take in a document, save where a value is not known. A key that upstream does not know is one whatever its value.
func (f *Formats) Misfits(doc *model.Document) []format.Problem {
	return f.FactsOf(doc, doc.Root).Misfits
}

// GeneralPath returns a path without the numbers of the items: clients[].client_id.
func GeneralPath(path string) string { return format.GeneralPath(path) }

// ParentPath returns the path of the map that a key stands in.
func ParentPath(path string) string {
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i]
	}
	return ""
}

// JoinedPath returns the path of a key below the path of a map.
func JoinedPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
