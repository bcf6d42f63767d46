package change

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// consequence returns what a change means: the first fact that fits, or a worse one that fits something inside of what came or went.
func (p place) consequence(values pair) format.Consequence {
	var found format.Consequence
	for _, f := range p.facts {
		if fits(f, p, values) {
			found = f.Consequence
			break
		}
	}
	if values.before == nil || values.after == nil {
		p.inside(values, func(c format.Consequence) {
			if c.Level > found.Level {
				found = c
			}
		})
	}
	return found
}

// inside tells which facts fit what is inside of a value that came or went, if they are about that. Others are about changes of what stays.
func (p place) inside(values pair, tell func(format.Consequence)) {
	n := values.after
	if n == nil {
		n = values.before
	}
	half := func(n *model.Node) pair {
		if values.after == nil {
			return pair{before: n}
		}
		return pair{after: n}
	}
	visit := func(below place, n *model.Node) {
		for _, f := range below.facts {
			if f.own && conditionOf(f.When).whole && fits(f, below, half(n)) {
				tell(f.Consequence)
				break
			}
		}
		below.inside(half(n), tell)
	}
	for _, field := range n.Fields {
		below := place{setting: joined(p.setting, field.Key), sides: p.sides, around: [2]pair{values, p.around[0]}}
		if key := keyOf(p.table, field.Key); key != nil {
			below.table, below.identity, below.item, below.facts = key.Type, key.Identity, key.Name == "", factsOf(key.Changes, true)
			if below.item && len(key.Changes) == 0 {
				below.facts = p.facts
			}
		}
		visit(below, field.Value)
	}
	for _, item := range p.longForm(n).Items {
		below := place{sides: p.sides, around: [2]pair{values, p.around[0]}, item: true, facts: p.facts}
		if p.table != nil {
			for _, arm := range p.table.Arms() {
				if arm.Items != nil {
					below.table = arm.Items
				}
			}
		}
		visit(below, item)
	}
}

func is(n *model.Node, text string) bool {
	literal, known := n.Literal()
	return known && strings.EqualFold(literal, text)
}

// isData reports whether a mount holds data of a service: a volume, or a folder of the host outside of the deployment. What it may not write is none,
// nor is what Postgres reads when it makes a cluster. https://hub.docker.com/_/postgres
func isData(mount *model.Node) bool {
	if mount == nil {
		return false
	}
	source, _ := mount.Get("source").Literal()
	target, _ := mount.Get("target").Literal()
	if mount.Get("read_only").True() || strings.HasPrefix(target, "/docker-entrypoint-initdb.d") {
		return false
	}
	return mount.Get("type").Is("volume") || mount.Get("type").Is("bind") && source != "/var/run/docker.sock" && !strings.HasPrefix(source, ".")
}

// isJob reports whether a deployment has a service of that name, and it runs to its end.
func isJob(d *model.Deployment, name string) bool {
	return d != nil && d.Service(name) != nil && d.IsJob(d.Service(name))
}

// keepsFigures reports whether a mount holds what was measured.
func keepsFigures(mount *model.Node) bool {
	target, _ := mount.Get("target").Literal()
	return model.Mount{Target: target}.KeepsFigures()
}

// isProxy reports whether a service is a reverse proxy, by its image.
func isProxy(service *model.Node) bool {
	image, _ := service.Get("image").Literal()
	name, _, _ := strings.Cut(path.Base(image), ":")
	return slices.Contains([]string{"traefik", "caddy", "nginx"}, name)
}

// shorter reports whether a time for which something is kept shrinks. None is for ever, or what the argument says.
func shorter(values pair, none string) bool {
	old, oldKnown := duration(values.before, none)
	new, newKnown := duration(values.after, none)
	return oldKnown && newKnown && new < old
}

// duration returns a time in milliseconds. No time is for ever, or what the argument says.
func duration(n *model.Node, none string) (int64, bool) {
	text, known := n.Literal()
	switch {
	case n == nil && none != "":
		return model.Milliseconds(none)
	case n == nil || n.Kind == model.Null:
		return model.Forever, true
	case !known:
		return 0, false
	}
	return model.Milliseconds(text)
}

// hosts returns the host names in a rule of Traefik, sorted.
func hosts(rule *model.Node) []string {
	text, _ := rule.Literal()
	var names []string
	for _, call := range regexp.MustCompile(`(?i)\bHost\w*\(([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		for _, name := range strings.Split(call[1], ",") {
			names = append(names, strings.Trim(name, " `\"'"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// version reports whether an image is older or newer than the one before, or of another major version. An unknown version is neither.
func version(word string, values pair) bool {
	old, known := values.before.Literal()
	new, knownToo := values.after.Literal()
	before, after := model.ParseImage(old), model.ParseImage(new)
	if !known || !knownToo || !before.Version().Known() || !after.Version().Known() {
		return false
	}
	switch word {
	case "newer":
		return before.Version().Before(after.Tag)
	case "older":
		return before.Version().Exact() && after.Version().Before(before.Tag)
	}
	return before.Version().Major() != after.Version().Major()
}
