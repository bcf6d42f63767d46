package lint

import (
	"cmp"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// formats holds the tables of upstream's formats. Each is made when a rule first asks for it; the rules of one list share them, over however
// many deployments, and several at a time.
type formats struct {
	mu    sync.Mutex
	types map[string]*format.Type
}

func newFormats() *formats { return &formats{types: map[string]*format.Type{}} }

// of returns the table of a document's format, or nil if upstream defines none. That all of them load is tested where they are read.
func (f *formats) of(doc *model.Document) *format.Type {
	name := cmp.Or(doc.Upstream, doc.Kind.Upstream())
	if name == "" || doc.Root == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if t, made := f.types[name]; made {
		return t
	}
	t, err := format.Load(name)
	if err != nil {
		t = nil
	}
	f.types[name] = t
	return t
}

// misfit is what upstream would not take, with the value, which is nil if the key is unknown.
type misfit struct {
	format.Problem
	value *model.Node
}

// misfits returns what upstream would not take in a document, save where a value is not known.
func (f *formats) misfits(doc *model.Document) []misfit {
	t := f.of(doc)
	if t == nil {
		return nil
	}
	var misfits []misfit
	for _, p := range format.Check(t, doc.Root) {
		m := misfit{Problem: p}
		if p.Kind != format.UnknownKey {
			if m.value = valueAt(doc.Root, p.Path, p.Position); m.value == nil || m.value.Unknown {
				continue
			}
		}
		misfits = append(misfits, m)
	}
	return misfits
}

// valueAt returns the value with the path that package format gives it. A key may hold dots, and may stand there twice: the position decides.
func valueAt(n *model.Node, path string, at diag.Position) *model.Node {
	switch {
	case path == "" && n.Position == at:
		return n
	case path == "":
		return nil
	case n.Kind == model.List && strings.HasPrefix(path, "["):
		number, rest, _ := strings.Cut(path[1:], "]")
		if item := n.Along([]string{number}); item != nil {
			return valueAt(item, strings.TrimPrefix(rest, "."), at)
		}
		return nil
	}
	for _, f := range n.Fields {
		rest, found := strings.CutPrefix(path, f.Key)
		if !found || rest != "" && rest[0] != '.' && rest[0] != '[' {
			continue
		}
		if value := valueAt(f.Value, strings.TrimPrefix(rest, "."), at); value != nil {
			return value
		}
	}
	return nil
}

var itemNumber = regexp.MustCompile(`\[\d+\]`)

// general returns a path without the numbers of the items: clients[].client_id.
func general(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	return itemNumber.ReplaceAllString(path, "[]")
}

// parent returns the path of the map that a key stands in.
func parent(path string) string {
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i]
	}
	return ""
}

// joined returns the path of a key below the path of a map.
func joined(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
