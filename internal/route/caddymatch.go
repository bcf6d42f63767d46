package route

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// condition decides in three values whether a request is taken.
type condition func(model.Request) (matches, known bool)

// both matches what all conditions match.
func both(conditions ...condition) condition {
	return func(r model.Request) (bool, bool) {
		all := true
		for _, c := range conditions {
			matches, known := c(r)
			if known && !matches {
				return false, true
			}
			all = all && known
		}
		return true, all
	}
}

// either matches what one of the conditions matches.
func either(conditions ...condition) condition {
	negated := make([]condition, 0, len(conditions))
	for _, c := range conditions {
		negated = append(negated, except(c))
	}
	return except(both(negated...))
}

func except(c condition) condition {
	return func(r model.Request) (bool, bool) {
		matches, known := c(r)
		return !matches, known
	}
}

func unclear(model.Request) (matches, known bool) { return false, false }

// caddyPath matches a path as Caddy does: without regard to case, with a star at an end for anything, and in the middle for one part.
func caddyPath(pattern string) condition {
	if strings.ContainsAny(pattern, "{}%") {
		return unclear
	}
	pattern = strings.ToLower(pattern)
	stars := strings.Count(pattern, "*")
	return func(r model.Request) (bool, bool) {
		at := strings.ToLower(r.Path)
		switch {
		case pattern == "*":
			return true, true
		case stars == 0:
			return at == pattern, true
		case stars == 1 && strings.HasSuffix(pattern, "*"):
			return strings.HasPrefix(at, pattern[:len(pattern)-1]), true
		case stars == 1 && strings.HasPrefix(pattern, "*"):
			return strings.HasSuffix(at, pattern[1:]), true
		case stars == 2 && strings.HasPrefix(pattern, "*") && strings.HasSuffix(pattern, "*"):
			return strings.Contains(at, pattern[1:len(pattern)-1]), true
		}
		matches, err := path.Match(pattern, at)
		return matches, err == nil
	}
}

// stripped decides on a path without its prefix, as in a block of handle_path.
func stripped(pattern string, c condition) condition {
	prefix := strings.TrimSuffix(pattern, "*")
	return func(r model.Request) (bool, bool) {
		if len(r.Path) >= len(prefix) {
			r.Path = "/" + strings.TrimPrefix(r.Path[len(prefix):], "/")
		}
		return c(r)
	}
}

// matcherSet is a named matcher, or one that stands in a directive.
type matcherSet struct {
	matches condition
	// paths are those that it has, which decide the order of directives.
	paths []string
	// expressions are the regular expressions on paths that it has, and readable says that it asks for nothing but paths, hosts
	// and who may come.
	expressions []string
	readable    bool
}

// says returns what the matcher asks of paths, for people: none is every path; nil if it asks for something else, too.
func (m matcherSet) says() *[]string {
	if !m.readable || len(m.expressions) > 1 || len(m.expressions) == 1 && len(m.paths) > 0 {
		return nil
	}
	all := slices.Clone(m.paths)
	for _, expression := range m.expressions {
		all = append(all, plainAlternatives(expression)...)
	}
	if slices.Contains(all, "/*") || slices.Contains(all, "*") {
		all = nil
	}
	return &all
}

// joinedSays returns what two that both have to hold ask of paths. Where each asks for some, there are no words for it.
func joinedSays(outer, inner *[]string) *[]string {
	switch {
	case outer == nil || inner == nil, len(*outer) > 0 && len(*inner) > 0:
		return nil
	case len(*outer) > 0:
		return outer
	}
	return inner
}

// readMatchers returns the named matchers of a block, on top of those around it.
func readMatchers(block []line, around map[string]matcherSet) map[string]matcherSet {
	named := map[string]matcherSet{}
	for name, set := range around {
		named[name] = set
	}
	for _, n := range block {
		if !strings.HasPrefix(n.name(), "@") {
			continue
		}
		if _, twice := named[n.name()]; twice {
			named[n.name()] = matcherSet{matches: unclear}
			continue
		}
		rows := n.block
		if len(n.words) > 1 {
			if n.hasBlock {
				rows = []line{{words: n.words[1:], hasBlock: true, block: n.block}}
			} else {
				rows = []line{{words: n.words[1:]}}
			}
		}
		named[n.name()] = readSet(rows)
	}
	return named
}

// readSet returns the matcher that has all of the lines. Lines of one kind with lists add up.
func readSet(rows []line) matcherSet {
	set := matcherSet{readable: true}
	lists := map[string][]condition{}
	conditions := []condition{}
	for _, row := range rows {
		values := row.words[1:]
		set.readable = set.readable && slices.Contains([]string{"path", "path_regexp", "host", "remote_ip", "client_ip"}, row.name())
		switch row.name() {
		case "path", "method", "host":
			for _, v := range values {
				lists[row.name()] = append(lists[row.name()], single(row.name(), v.text))
				if row.name() == "path" {
					set.paths = append(set.paths, v.text)
				}
			}
		case "path_regexp":
			conditions = append(conditions, pathExpression(values))
			if len(values) > 0 {
				set.expressions = append(set.expressions, values[len(values)-1].text)
			}
		case "not":
			inner := row.block
			if len(values) > 0 {
				inner = []line{{words: values}}
			}
			conditions = append(conditions, except(readSet(inner).matches))
		default:
			conditions = append(conditions, unclear)
		}
	}
	for _, list := range lists {
		conditions = append(conditions, either(list...))
	}
	set.matches = both(conditions...)
	return set
}

func single(kind, value string) condition {
	switch kind {
	case "path":
		return caddyPath(value)
	case "host":
		return caddyHost(value)
	}
	return func(r model.Request) (bool, bool) { return strings.EqualFold(r.Method, value), true }
}

// pathExpression matches the path by a regular expression, which may have a name before it.
func pathExpression(values []word) condition {
	if len(values) == 0 || strings.Contains(values[len(values)-1].text, "{$") {
		return unclear
	}
	expression, err := regexp.Compile(values[len(values)-1].text)
	if err != nil {
		return unclear
	}
	return func(r model.Request) (bool, bool) { return expression.MatchString(r.Path), true }
}

// caddyHost matches a host. A variable of the environment stands for itself.
func caddyHost(host string) condition {
	host = environment().ReplaceAllString(strings.ToLower(host), "$${$1}")
	if strings.ContainsAny(strings.NewReplacer("${", "", "}", "").Replace(host), "{}") {
		return unclear
	}
	return func(r model.Request) (bool, bool) {
		asked := strings.ToLower(r.Host)
		if isReference(host) || isReference(asked) {
			return SameHost(host, asked)
		}
		return matchHost(asked, host), true
	}
}

// environment matches what Caddy takes from the environment.
var environment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\$(\w+)(?::[^}]*)?\}`) })
