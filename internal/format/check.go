package format

import (
	"slices"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// Check returns what upstream would not take in a document of that type, in the order of the document. Keys that are missing are no
// problem, and versions are not looked at.
func Check(t *Type, n *model.Node) []Problem { return Walk(t, n, nil) }

// Walk is [Check], and calls visit for every key of a document that its type knows, in the order of the document, with the path of the key.
func Walk(t *Type, n *model.Node, visit func(path string, field model.Field, key *Key)) []Problem {
	w := walk{visit: visit}
	w.value(t, n, place{})
	return w.problems
}

// walk goes through a document along its type.
type walk struct {
	problems []Problem
	visit    func(path string, field model.Field, key *Key)
	unknown  int // keys so far
}

// maxSuggestions is for how many keys of a document something is looked for that was meant: each is compared with all that there are. A file with more
// is another program's.
const maxSuggestions = 100

// place is where a value stands: below a key of the map at around. For the whole document, key and in are nil.
type place struct {
	path   string
	key    *Key
	in     *Type
	around string
	beside *model.Node // the map at around
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (w *walk) value(t *Type, n *model.Node, at place) {
	if t == nil || n == nil {
		return
	}
	var fitting []*Type
	arms := t.Arms()
	if len(arms) == 1 && arms[0].Accepts(n.Kind) {
		fitting = arms
	} else {
		for _, arm := range arms {
			if arm.Accepts(n.Kind) {
				fitting = append(fitting, arm)
			}
		}
	}
	secret := at.key != nil && at.key.Secret
	if len(fitting) > 0 && (!secret || n.Kind == model.Null || n.Kind == model.String && n.Text == "") {
		switch {
		case n.Kind == model.Map:
			w.fields(best(fitting, n), n, at)
			return
		case n.Kind == model.List:
			w.items(fitting, n, at)
			return
		case slices.ContainsFunc(fitting, func(arm *Type) bool { return arm.allows(n) }):
			return
		}
	}
	problem := Problem{Path: at.path, Position: n.Position, Value: n, Key: at.key}
	switch {
	case len(fitting) == 0:
		problem.Kind, problem.Got, problem.Want = WrongType, n.Kind.String(), t.want()
		if n.Kind == model.Null {
			problem.Kind = EmptyValue
		}
	case secret && n.Kind != model.Null && (n.Kind != model.String || n.Text != ""):
		problem.Kind = SecretInline
	default:
		var listed []string
		for _, arm := range fitting {
			listed = append(listed, arm.Literals...)
		}
		problem.Kind, problem.Got, problem.Want = NotAllowedValue, quote(n.Kind, n.Text), t.want()
		problem.Suggestion, problem.Surely = nearest(n.Text, listed), suggest.Meant(n.Text, listed)
	}
	if secret {
		problem.Got, problem.Suggestion, problem.Surely = "", "", ""
	}
	w.report(problem)
}

// report adds a problem. What is sure must also be what is suggested.
func (w *walk) report(p Problem) {
	if p.Surely != p.Suggestion {
		p.Surely = ""
	}
	w.problems = append(w.problems, p)
}

func (w *walk) fields(t *Type, n *model.Node, at place) {
	for _, f := range n.Fields {
		key := t.Key(f.Key)
		if key == nil {
			if !t.Open {
				problem := Problem{Kind: UnknownKey, Path: join(at.path, f.Key), Position: f.Position, Value: f.Value, Got: f.Key, Strict: t.Strict || at.key != nil && at.key.Strict}
				if w.unknown++; w.unknown <= maxSuggestions {
					problem.Suggestion, problem.Surely = t.suggest(f.Key, f.Value, at), t.meant(f, n)
				}
				w.report(problem)
			}
			continue
		}
		inner := place{path: join(at.path, f.Key), key: key, in: t, around: at.path, beside: n}
		if w.visit != nil {
			w.visit(inner.path, f, key)
		}
		w.value(key.Type, f.Value, inner)
	}
}

// items checks the items of a list against the type of list that has the fewest problems with them.
func (w *walk) items(lists []*Type, n *model.Node, at place) {
	list := lists[0]
	if len(lists) > 1 {
		list = slices.MinFunc(lists, func(a, b *Type) int { return len(Check(a, n)) - len(Check(b, n)) })
	}
	path := at.path
	for i, item := range n.Items {
		at.path = path + "[" + strconv.Itoa(i) + "]"
		w.value(list.Items, item, at)
	}
}
