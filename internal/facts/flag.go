package facts

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Flag is a flag of Traefik, which is a setting of its static configuration.
type Flag struct {
	// Path is its name as a path, in lower case.
	Path  string
	Value *model.Node
	// Keys are those that the path leads through, the last one the setting; short if one is not known.
	Keys []*format.Key
	// Known says that all of the path is, or may be, a setting.
	Known bool
}

// Flags returns the flags that are settings, in their order in the file.
func (f *Formats) Flags(flags map[string]*model.Node) []Flag {
	table := f.Of(&model.Document{Kind: model.KindTraefikStatic, Root: &model.Node{}})
	if table == nil {
		return nil
	}
	var all []Flag
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		section, _, _ := strings.Cut(name, ".")
		if !slices.Contains([]string{"configfile", "help", "h", "version", "hub"}, section) {
			flag := Flag{Path: name, Value: flags[name]}
			flag.Known = flag.follow(table, strings.Split(name, "."))
			all = append(all, flag)
		}
	}
	slices.SortStableFunc(all, func(a, b Flag) int {
		return cmp.Or(cmp.Compare(a.Value.Position.Line, b.Value.Position.Line), cmp.Compare(a.Value.Position.Column, b.Value.Position.Column))
	})
	return all
}

// follow goes along a path, and reports whether all of it is known.
func (f *Flag) follow(t *format.Type, path []string) bool {
	if len(path) == 0 {
		return true
	}
	name, _, isItem := strings.Cut(path[0], "[")
	for _, arm := range t.Arms() {
		key := arm.Key(name)
		if key == nil {
			if arm.Open {
				return true
			}
			continue
		}
		f.Keys = append(f.Keys, key)
		next := key.Type
		if isItem {
			next = items(next)
		}
		return next == nil || f.follow(next, path[1:])
	}
	return false
}

// items returns the type of the items of a list, or nil.
func items(t *format.Type) *format.Type {
	for _, arm := range t.Arms() {
		if arm.Items != nil {
			return arm.Items
		}
	}
	return nil
}
