package route

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// location is a location of nginx: which paths it takes, and the block that answers them.
type location struct {
	nginx.Directive
	// modifier is =, ^~, ~ or ~*, or "" for a prefix.
	modifier, pattern string
	// quick says that its proxy gets what lacks only the last slash of its prefix, too: nginx redirects that.
	quick bool
}

// readLocation reads a directive; false if it takes no requests from outside.
func readLocation(d nginx.Directive) (location, bool) {
	l := location{Directive: d}
	words := d.Arguments()
	switch {
	case len(words) == 2:
		l.modifier, l.pattern = words[0].Text, words[1].Text
	case len(words) == 1:
		l.pattern = words[0].Text
		for _, modifier := range []string{"=", "^~", "~*", "~"} { // it may stand at the pattern
			if rest, found := strings.CutPrefix(l.pattern, modifier); found && rest != "" {
				l.modifier, l.pattern = modifier, rest
				break
			}
		}
	}
	l.quick = strings.HasSuffix(l.pattern, "/") && slices.ContainsFunc(d.Block, func(d nginx.Directive) bool { return strings.HasSuffix(d.Name(), "_pass") })
	return l, l.pattern != "" && !strings.HasPrefix(l.pattern, "@")
}

func (l *location) isPrefix() bool { return l.modifier == "" || l.modifier == "^~" }

// takes matches the paths of a location by itself.
func (l *location) takes() condition {
	pattern := l.pattern
	switch {
	case isReference(pattern):
		return unclear
	case l.modifier == "=":
		return func(r model.Request) (bool, bool) { return r.Path == pattern, true }
	case l.isPrefix():
		return func(r model.Request) (bool, bool) { return strings.HasPrefix(r.Path, pattern), true }
	}
	expression, ok := pathRegexp(pattern, l.modifier == "~*")
	if !ok {
		return unclear
	}
	return func(r model.Request) (bool, bool) { return expression.MatchString(r.Path), true }
}

// pathRegexp compiles a regular expression of nginx; false for one that Go does not have.
func pathRegexp(pattern string, anyCase bool) (*regexp.Regexp, bool) {
	if anyCase {
		pattern = "(?i)" + pattern
	}
	expression, err := regexp.Compile(pattern)
	return expression, err == nil
}

// level is what the locations of one block make of requests, in the order of nginx. final comes before the regular expressions around the
// block, and open after them.
type level struct{ final, open []answer }

// level orders the locations of a block as ngx_http_core_find_location looks for them: an exact one; then the longest prefix, in which it
// looks further; then regular expressions in order, unless that prefix has ^~; and else the prefix.
func (n *nginxProxy) level(block []nginx.Directive, s scope, depth int) level {
	var prefixes, expressions []location
	var found level
	for _, d := range block {
		l, ok := readLocation(d)
		switch {
		case d.Name() != "location" || !d.HasBlock || !ok:
		case depth > deepestBlock:
			found.final = append(found.final, answer{matches: unclear, at: d.Position()})
		case l.modifier == "=":
			found.final = append(found.final, restrict(n.said(l, s), l.takes())...)
		case l.isPrefix():
			prefixes = append(prefixes, l)
		default:
			expressions = append(expressions, l)
		}
	}
	slices.SortStableFunc(prefixes, func(a, b location) int { return len(b.pattern) - len(a.pattern) })
	found.final = append(found.final, redirected(prefixes)...)
	var quiet []answer      // of the prefixes that keep the regular expressions of this block away
	var quieted []condition // what these take, where other regular expressions come first
	for i, l := range prefixes {
		longest := []condition{l.takes()}
		for _, longer := range prefixes[:i] {
			if strings.HasPrefix(longer.pattern, l.pattern) {
				longest = append(longest, except(longer.takes()))
			}
		}
		inner := n.level(l.Block, s.enter(l.Block), depth+1)
		found.final = append(found.final, restrict(inner.final, longest...)...)
		own := append(restrict(inner.open, longest...), restrict(n.said(l, s), l.takes())...)
		switch {
		case l.modifier == "^~" && depth == 0:
			quiet = append(quiet, restrict(own, longest...)...)
		case l.modifier == "^~":
			quieted = append(quieted, both(longest...))
			found.open = append(found.open, own...)
		default:
			found.open = append(found.open, own...)
		}
	}
	found.final = append(found.final, quiet...)
	for _, l := range expressions {
		taken := both(l.takes(), except(either(quieted...)))
		inner := n.level(l.Block, s.enter(l.Block), depth+1)
		found.final = append(found.final, restrict(slices.Concat(inner.final, inner.open, n.said(l, s)), taken)...)
	}
	return found
}

// said returns the answers of a location, with the words for what it takes where one answer is for all of that.
func (n *nginxProxy) said(l location, s scope) []answer {
	answers := n.answers(l, s)
	if len(answers) != 1 || isReference(l.pattern) || slices.ContainsFunc(l.Block, func(d nginx.Directive) bool { return d.Name() == "location" }) {
		return answers
	}
	says := []string{l.pattern}
	switch {
	case l.isPrefix() && l.pattern == "/":
		says = nil
	case l.isPrefix():
		says[0] += "*"
	case l.modifier != "=":
		says = plainAlternatives(l.pattern)
	}
	answers = slices.Clone(answers)
	answers[0].says = &says
	return answers
}

// restrict adds conditions to answers.
func restrict(answers []answer, conditions ...condition) []answer {
	restricted := slices.Clone(answers)
	for i := range restricted {
		restricted[i].matches = both(append(slices.Clone(conditions), restricted[i].matches)...)
	}
	return restricted
}

// redirected returns what nginx answers itself to a path that lacks the last slash of a prefix.
func redirected(prefixes []location) []answer {
	var all []answer
	for _, l := range prefixes {
		bare := strings.TrimSuffix(l.pattern, "/")
		if !l.quick || bare == "" || slices.ContainsFunc(prefixes, func(other location) bool { return other.pattern == bare }) {
			continue
		}
		all = append(all, answer{at: l.Position(), matches: func(r model.Request) (bool, bool) { return r.Path == bare, true }})
	}
	return all
}
