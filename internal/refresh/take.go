package refresh

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Taken is what taking in a release came to.
type Taken struct {
	// History has the release now.
	History History
	// Dated is what came and went since the newest release that was there before; none if there was none.
	Dated []Dated
	// Texts are those of errors, by their name in the list.
	Texts map[string]string
}

// Take adds the releases of a product up to a version to a history, with what came and went with each. A history that is empty begins with that
// version alone; schema, upstream's own, then says which settings there are, if it is not nil: the documentation of Synapse leaves a few out.
func Take(ctx context.Context, from Publisher, h History, version string, schema List) (Taken, error) {
	taken := Taken{History: h, Texts: map[string]string{}}
	read := func(version string) (List, error) {
		source, err := from.Source(ctx, version)
		maps.Copy(taken.Texts, source.Texts)
		return source.List, err
	}
	if len(h) == 0 {
		list, err := read(version)
		all := maps.Clone(schema)
		if all == nil {
			all = List{}
		}
		maps.Copy(all, list) // of one release; the schema may be of a later one
		taken.History = History{{version, all}}
		return taken, err
	}
	last := h[len(h)-1].Version
	versions, err := from.Versions(ctx)
	if err != nil {
		return taken, err
	}
	versions = slices.DeleteFunc(versions, func(v string) bool { return older(v, last) || older(version, v) })
	if len(versions) < 2 || versions[0] != last || versions[len(versions)-1] != version {
		return taken, fmt.Errorf("there is no release %s after %s", version, last)
	}
	if taken.Dated, err = Date(versions, read); err == nil {
		taken.History = h.Apply(taken.Dated)
	}
	return taken, err
}

// TakeList adds a release to a history whose list is known, as from a file that a maintainer has.
func TakeList(h History, version string, list List) Taken {
	if len(h) == 0 {
		return Taken{History: History{{version, list}}}
	}
	dated := []Dated{{version, Diff(h[len(h)-1].List, list), h[len(h)-1].List, list}}
	return Taken{History: h.Apply(dated), Dated: dated}
}
