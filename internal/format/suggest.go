package format

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// suggest returns the key that was probably meant by one that the map does not have: of the same name but for case and underscores, here or
// one level away, else the one here that is spelled most alike. A key that has a new name counts as that.
func (t *Type) suggest(name string, value *model.Node, at place) string {
	if same := matching(name, t.names()); same != "" {
		return t.Key(same).current(same)
	}
	if path := t.elsewhere(name, value, at); path != "" {
		return path
	}
	if like := nearest(name, t.names()); like != "" {
		return t.Key(like).current(like)
	}
	return ""
}

// meant returns the key that was surely meant by one that the map does not have, or "".
func (t *Type) meant(f model.Field, in *model.Node) string {
	name := suggest.Meant(f.Key, t.names())
	if name == "" || in.Field(name) != nil || !t.Key(name).takes(f.Value) {
		return ""
	}
	return name
}

// takes reports whether a value that stands at another key can stand at this one. A secret is left where it is.
func (k *Key) takes(n *model.Node) bool {
	return !k.Secret && k.Removed == "" && k.Deprecated == "" && fits(k.Type, n)
}

// fits reports whether a value is one of the type, whatever keys it has.
func fits(t *Type, n *model.Node) bool {
	return !slices.ContainsFunc(Check(t, n), func(p Problem) bool { return p.Kind != UnknownKey })
}

// Inherits reports whether the key is read in the place of an old one of the same map, with that one's value: it was only ever spelled
// wrong, or its name became longer. What is merely the successor of another key means something else.
func (k *Key) Inherits(old *Key, value *model.Node) bool {
	return k.takes(value) && (old.Removed == "0.0.0" || strings.Contains(k.Name, old.Name))
}

// current returns what to write for the key that stands at the path: its new name if it has one, and nothing if upstream removed it.
func (k *Key) current(path string) string {
	if k.Renamed == "" && k.Removed == "" {
		return path
	}
	return k.Renamed
}

// elsewhere returns the path of the only key of that name in the map around this one, if it is free there, or in the maps of this one; all paths, if
// several of these have it. It is "" if there is none, or the value is nothing for it.
func (t *Type) elsewhere(name string, value *model.Node, at place) string {
	var paths []string
	note := func(in *Type, path string) {
		if same := matching(name, in.names()); same != "" && fits(in.Key(same).Type, value) {
			paths = append(paths, in.Key(same).current(join(path, same)))
		}
	}
	if at.in != nil {
		note(at.in, at.around)
	}
	if len(paths) == 1 && at.beside.Get(paths[0][strings.LastIndexByte(paths[0], '.')+1:]) != nil {
		return ""
	}
	outside := len(paths)
	for _, key := range t.Keys {
		for _, arm := range key.Type.Arms() {
			if arm.Accepts(model.Map) {
				note(arm, join(at.path, key.Name))
			}
		}
	}
	if last := len(paths) - 1; outside == 0 && (last == 1 || last == 2) {
		return strings.Join(paths[:last], ", ") + " or " + paths[last]
	}
	if len(paths) != 1 {
		return ""
	}
	return paths[0]
}

// matching returns the known name that equals the given one but for case, underscores and dashes, or "".
func matching(name string, known []string) string {
	for _, k := range known {
		if suggest.Alike(k, name) {
			return k
		}
	}
	return ""
}

// nearest returns the known name that is spelled most alike, or the only one that begins with the words of the name, or "".
func nearest(name string, known []string) string {
	if same := matching(name, known); same != "" {
		return same
	}
	best, score := "", 0.0
	var longer []string
	for _, k := range known {
		if s := similarity(name, k); s > score {
			best, score = k, s
		}
		if strings.HasPrefix(k, name+"_") && isNegative(k) == isNegative(name) {
			longer = append(longer, k)
		}
	}
	if best == "" && len(longer) == 1 {
		return longer[0]
	}
	return best
}

// similarity returns how much two names are alike if the one may be a mistyped form of the other, up to 1; else 0: a few letters differ, or the names
// begin with the same word and are alike. Of two of which one turns something on and the other off, neither is a form of the other. MinScore of
// levenshtein 1.2.3 is not used, it returns wrong scores.
func similarity(a, b string) float64 {
	s, distance := levenshtein.Similarity(a, b, nil), levenshtein.Distance(a, b, nil)
	first, _, _ := strings.Cut(a, "_")
	other, _, _ := strings.Cut(b, "_")
	if s < 0.6 || distance > 4 || distance > 2 && first != other || isNegative(a) != isNegative(b) || !suggest.SameNumbers(a, b) {
		return 0
	}
	return s
}

// isNegative reports whether a name says that something is not so.
func isNegative(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' }), func(word string) bool {
		return slices.Contains([]string{"disable", "disabled", "no", "not", "deny", "denied", "block", "blocked", "without", "hide", "hidden", "exclude", "forbid", "skip"}, word)
	})
}
