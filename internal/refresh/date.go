package refresh

import "github.com/matrixgen/matrixgen/internal/model"

// Dated is what came and went with a version.
type Dated struct {
	Version string
	Delta
	// Old is the list of the version before, and New that of this one.
	Old, New List
}

// Date says with which of the versions what differs between the first and the last came and went, the oldest first. It asks for as few lists as
// that takes: between two versions whose lists are alike it looks at no other one.
func Date(versions []string, list func(version string) (List, error)) ([]Dated, error) {
	lists := map[string]List{}
	get := func(version string) (List, error) {
		if lists[version] == nil {
			found, err := list(version)
			if err != nil {
				return nil, err
			}
			lists[version] = found
		}
		return lists[version], nil
	}
	var between func(versions []string) ([]Dated, error)
	between = func(versions []string) ([]Dated, error) {
		if len(versions) < 2 {
			return nil, nil
		}
		first, last := versions[0], versions[len(versions)-1]
		old, err := get(first)
		if err != nil {
			return nil, err
		}
		new, err := get(last)
		if err != nil {
			return nil, err
		}
		delta := Diff(old, new)
		switch {
		case delta.empty():
			return nil, nil
		case len(versions) == 2:
			return []Dated{{last, delta, old, new}}, nil
		}
		middle := len(versions) / 2
		before, err := between(versions[:middle+1])
		if err != nil {
			return nil, err
		}
		after, err := between(versions[middle:])
		return append(before, after...), err
	}
	dated, err := between(versions)
	if err != nil || len(versions) < 2 {
		return nil, err
	}
	last := versions[len(versions)-1]
	if len(dated) == 0 || dated[len(dated)-1].Version != last {
		dated = append(dated, Dated{Version: last, Old: lists[last], New: lists[last]}) // that nothing differs up to there is known now
	}
	return dated, nil
}

// older reports whether a version is older than another one.
func older(version, than string) bool { return model.ParseVersion(version).Before(than) }
