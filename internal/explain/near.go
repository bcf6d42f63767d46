package explain

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/suggest"
)

// Near returns up to three names that a name which nothing has may have been meant for, and how to look further: the list that has more with it in
// their names, or "".
func (b *Book) Near(name string) (names []string, list string) {
	for _, kind := range b.kinds() {
		topics, err := kind.topics()
		if err != nil {
			continue
		}
		if nearest := nearest(name, topics); nearest != "" && !slices.Contains(names, nearest) {
			names = append(names, nearest)
		}
		holds := slices.ContainsFunc(topics, func(t Topic) bool { return strings.Contains(t.Name, name) })
		if list == "" && len(name) > 2 && holds {
			list = kind.name
		}
	}
	return names[:min(3, len(names))], list
}

// nearest returns the topic whose name, or the last part of it, is spelled most alike.
func nearest(name string, topics []Topic) string {
	byEnd, ends := map[string]string{}, []string{}
	var whole []string
	for _, t := range topics {
		whole = append(whole, t.Name)
		p := parts(t.Name)
		for n := 1; n < len(p) && n <= len(parts(name)); n++ {
			end := strings.Join(p[len(p)-n:], ".")
			if byEnd[end] == "" {
				byEnd[end] = t.Name
				ends = append(ends, end)
			}
		}
	}
	if n := suggest.Nearest(name, whole); n != "" {
		return n
	}
	return byEnd[suggest.Meant(strings.Join(parts(name), "."), ends)]
}

// kind is a kind of topics under the name of its list.
type kind struct {
	name   string
	topics func() ([]Topic, error)
}

func (b *Book) kinds() []kind {
	return []kind{
		{"rules", func() ([]Topic, error) { return b.Rules(), nil }},
		{"fields", b.Fields},
		{"secrets", b.Secrets},
		{"keys", b.Keys},
	}
}

// Lists returns the names of the lists that [Book.List] has.
func (b *Book) Lists() []string {
	var names []string
	for _, k := range b.kinds() {
		names = append(names, k.name)
	}
	return names
}

// List returns the topics of a kind; none if there is no such kind.
func (b *Book) List(name string) ([]Topic, error) {
	for _, k := range b.kinds() {
		if k.name == name {
			return k.topics()
		}
	}
	return nil, nil
}
