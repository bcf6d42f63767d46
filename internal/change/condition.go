package change

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// condition is a kind of change, by the word of a fact in schema/: @change(LEVEL, when=WORD, …), or when=WORD:ARGUMENT.
type condition struct {
	word string
	// whole says that it is about values that come or go, and so about what is inside of one that does.
	whole bool
	holds func(c asked) bool
}

// asked is a change of which a condition may hold.
type asked struct {
	fact
	place
	pair
	argument string
}

// conditions are all kinds of changes.
func conditions() []condition {
	return []condition{
		{"", false, func(asked) bool { return true }},
		{"set", true, func(c asked) bool { return c.own && !c.item && c.came() }}, // the key has a value now
		{"unset", true, func(c asked) bool { return c.own && !c.item && c.went() }},
		{"added", true, func(c asked) bool { return c.own && c.item && c.came() && c.has(c.after) }},     // one more of several; added:type=x, if it has that, or added:x, if it is that
		{"added-there", true, func(c asked) bool { return c.own && c.item && c.came() && c.wasThere() }}, // to something that is not new itself
		{"removed", true, func(c asked) bool { return c.own && c.item && c.went() && c.has(c.before) }},
		{"job-added", true, func(c asked) bool { return c.own && c.item && c.came() && isJob(c.sides.after, c.service()) }},
		{"job-removed", true, func(c asked) bool { return c.own && c.item && c.went() && isJob(c.sides.before, c.service()) }},
		{"unmounted", true, func(c asked) bool {
			return c.own && c.item && c.went() && isData(c.before) && !c.proxyGoes() && !c.stillMounted()
		}},
		{"figures-unmounted", true, func(c asked) bool { return c.own && c.item && c.went() && isData(c.before) && keepsFigures(c.before) }},
		{"data", false, func(c asked) bool { return isData(c.around[0].before) || isData(c.around[0].after) }},
		{"on", true, func(c asked) bool { return is(c.after, "true") && !is(c.before, "true") }},                    // off is the default
		{"off", true, func(c asked) bool { return is(c.after, "false") && !is(c.before, "false") && c.wasThere() }}, // on is the default
		{"turned-off", false, func(c asked) bool { return is(c.after, "false") && is(c.before, "true") }},           // it was said to be on
		{"shorter", true, func(c asked) bool { return shorter(c.pair, c.argument) }},
		{"address", false, func(c asked) bool { return model.SameURL(c.before, c.after) != model.Yes }},
		{"host", false, func(c asked) bool { return !slices.Equal(hosts(c.before), hosts(c.after)) }},
		{"newer", false, func(c asked) bool { return version("newer", c.pair) }},
		{"older", false, func(c asked) bool { return version("older", c.pair) }},
		{"major", false, func(c asked) bool { return version("major", c.pair) }},
	}
}

// conditionOf returns the kind of changes that a fact is for. One that is not known has no word, and never holds.
func conditionOf(when string) condition {
	word, _, _ := strings.Cut(when, ":")
	for _, c := range conditions() {
		if c.word == word {
			return c
		}
	}
	return condition{holds: func(asked) bool { return false }}
}

// fits reports whether a fact is about this kind of change.
func fits(f fact, p place, values pair) bool {
	_, argument, _ := strings.Cut(f.When, ":")
	return conditionOf(f.When).holds(asked{f, p, values, argument})
}

// wasThere reports whether there was something that could be on: with the whole of what is around it, it comes new.
func (c asked) wasThere() bool { return c.around[0].before != nil || c.around[1].before != nil }

// proxyGoes reports whether a value is of a reverse proxy that goes: its data are certificates, and there are new ones for what takes its place.
func (c asked) proxyGoes() bool { return c.around[1].after == nil && isProxy(c.around[1].before) }

// stillMounted reports whether something that goes on running has what was mounted, and writes there: then it is not lost.
func (c asked) stillMounted() bool {
	if c.sides.after == nil {
		return false
	}
	var lost model.Mount
	for _, s := range c.sides.before.Services {
		for _, m := range s.Mounts {
			if m.Position == c.before.Position {
				lost = m
			}
		}
	}
	return lost.Source != "" && slices.ContainsFunc(c.sides.after.Services, func(s *model.Service) bool {
		return !c.sides.after.IsJob(s) && slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
			return !m.ReadOnly && m.Type == lost.Type && m.Source == lost.Source
		})
	})
}

// service returns the name of the service that a place is about.
func (c asked) service() string {
	name, _ := strings.CutPrefix(c.setting, "services.")
	return strings.Trim(name, `"`)
}

func (p pair) came() bool { return p.before == nil }
func (p pair) went() bool { return p.after == nil }

// has reports whether an item is what the argument says, a text, or has it: resources.names=replication holds where all names of all resources are that.
// Without an argument every item does.
func (c asked) has(item *model.Node) bool {
	path, value, isField := strings.Cut(c.argument, "=")
	switch {
	case c.argument == "":
		return true
	case !isField:
		return item.Is(c.argument)
	}
	values := []*model.Node{item}
	for key := range strings.SplitSeq(path, ".") {
		var inner []*model.Node
		for _, v := range values {
			found := v.Get(key)
			switch {
			case found == nil:
			case found.Kind == model.List:
				inner = append(inner, found.Items...)
			default:
				inner = append(inner, found)
			}
		}
		values = inner
	}
	return len(values) > 0 && !slices.ContainsFunc(values, func(v *model.Node) bool { return !v.Is(value) })
}
