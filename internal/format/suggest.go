package format

import (
	"strings"

	"github.com/agext/levenshtein"

	"github.com/matrixgen/matrixgen/internal/model"
)

// suggest returns the key that was probably meant by one that the map does not have: of the same name but for case and underscores, here or
// one level away, else the one here that is spelled most alike. A key that has a new name counts as that.
func (t *Type) suggest(name string, at place) string {
	if same := matching(name, t.names()); same != "" {
		return t.Key(same).current(same)
	}
	if path := t.elsewhere(name, at); path != "" {
		return path
	}
	if like := nearest(name, t.names()); like != "" {
		return t.Key(like).current(like)
	}
	return ""
}

// current returns what to write for the key that stands at the path: its new name if it has one, and nothing if upstream removed it.
func (k *Key) current(path string) string {
	if k.Renamed == "" && k.Removed == "" {
		return path
	}
	return k.Renamed
}

// elsewhere returns the path of the only key of that name in the map around this one, or in the maps of this one; "" if there is not
// exactly one.
func (t *Type) elsewhere(name string, at place) string {
	var paths []string
	note := func(in *Type, path string) {
		if same := matching(name, in.names()); same != "" {
			paths = append(paths, in.Key(same).current(join(path, same)))
		}
	}
	if at.in != nil {
		note(at.in, at.around)
	}
	for _, key := range t.Keys {
		for _, arm := range key.Type.Arms() {
			if arm.Accepts(model.Map) {
				note(arm, join(at.path, key.Name))
			}
		}
	}
	if len(paths) != 1 {
		return ""
	}
	return paths[0]
}

// matching returns the known name that equals the given one but for case, underscores and dashes, or "".
func matching(name string, known []string) string {
	name = plain(name)
	for _, k := range known {
		if plain(k) == name {
			return k
		}
	}
	return ""
}

func plain(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", ""))
}

// nearest returns the known name that is spelled most alike, or "" if none is.
func nearest(name string, known []string) string {
	if same := matching(name, known); same != "" {
		return same
	}
	best, score := "", 0.0
	for _, k := range known {
		if s := similarity(name, k); s > score {
			best, score = k, s
		}
	}
	return best
}

// similarity returns how much two names are alike if the one may be a mistyped form of the other, up to 1; else 0. Numbers are not
// mistyped: msc4190_enabled does not mean msc4140_enabled. MinScore of levenshtein 1.2.3 is not used, it returns wrong scores.
func similarity(a, b string) float64 {
	s := levenshtein.Similarity(a, b, nil)
	if s < 0.6 || levenshtein.Distance(a, b, nil) > 4 || digits(a) != digits(b) {
		return 0
	}
	return s
}

func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, name)
}
