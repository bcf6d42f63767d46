package format

import "github.com/matrixgen/matrixgen/internal/model"

// Shift is a key that upstream gives another value in a newer version, if nobody sets it.
type Shift struct {
	Path []string
	// Since is the version that began to.
	Since string
	// Old and New are the values in one line, as YAML writes them, or in words.
	Old, New string
}

// Shifts returns the keys of maps that have another default in the newer of two versions, in the order of the table. Keys of lists, and those
// whose name an operator chooses, are left out: nobody lacks them.
func (t *Type) Shifts(from, to model.Version) []Shift { return t.shifts(from, to, nil, nil) }

func (t *Type) shifts(from, to model.Version, path []string, within []*Type) []Shift {
	for _, outer := range within {
		if outer == t {
			return nil
		}
	}
	within = append(within[:len(within):len(within)], t)
	var found []Shift
	for _, arm := range t.Arms() {
		for _, key := range arm.Keys {
			inner := append(path[:len(path):len(path)], key.Name)
			old, new := key.defaultOf(from), key.defaultOf(to)
			if old != nil && new != nil && old != new && new.Since != "" {
				found = append(found, Shift{Path: inner, Since: new.Since, Old: old.plain(), New: new.plain()})
			}
			found = append(found, key.Type.shifts(from, to, inner, within)...)
		}
	}
	return found
}

// plain returns the value alone, without the version and the condition.
func (d Default) plain() string {
	if d.Words != "" {
		return d.Words
	}
	return written(d.Value)
}
