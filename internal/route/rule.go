package route

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// arity says how many arguments each matcher takes: upstream's pkg/muxer/http/matcher.go, which cannot be imported without its replacements.
var arity = map[string][]int{
	"ClientIP": {1}, "Method": {1}, "Host": {1}, "HostRegexp": {1}, "Path": {1}, "PathRegexp": {1}, "PathPrefix": {1},
	"Header": {2}, "HeaderRegexp": {2}, "Query": {1, 2}, "QueryRegexp": {1, 2},
}

// rule is a rule of Traefik 3. It implements [model.Matcher].
type rule struct {
	tree *rules.Tree
	// expressions are the regular expressions of the rule by their text.
	expressions map[string]*regexp.Regexp
	// unknown says that the text holds references: a value with one is known to equal itself alone.
	unknown bool
}

// parseRule is Traefik's parser of rules; it is made when the first rule is looked at.
var parseRule = sync.OnceValues(func() (func(string) (any, error), error) {
	parser, err := rules.NewParser(slices.Collect(maps.Keys(arity)))
	if err != nil {
		return nil, err
	}
	return parser.Parse, nil
})

// parse parses a rule as Traefik 3 does.
func parse(text string) (*rule, error) {
	parseText, err := parseRule()
	if err != nil {
		return nil, err
	}
	parsed, err := parseText(text)
	if err != nil {
		return nil, err
	}
	build, ok := parsed.(rules.TreeBuilder)
	if !ok {
		return nil, errors.New("is no rule")
	}
	r := &rule{tree: build(), expressions: map[string]*regexp.Regexp{}}
	return r, r.check(r.tree)
}

// check holds the matchers below a node against what they take.
func (r *rule) check(t *rules.Tree) error {
	if t.RuleLeft != nil {
		return errors.Join(r.check(t.RuleLeft), r.check(t.RuleRight))
	}
	if err := rules.CheckRule(t); err != nil {
		return err
	}
	if !slices.Contains(arity[t.Matcher], len(t.Value)) {
		return fmt.Errorf("unexpected number of parameters; got %d, expected one of %v", len(t.Value), arity[t.Matcher])
	}
	last := t.Value[len(t.Value)-1]
	switch t.Matcher {
	case "Path", "PathPrefix":
		if !strings.HasPrefix(last, "/") {
			return fmt.Errorf("path %q does not start with a '/'", last)
		}
	case "Host":
		if strings.ContainsFunc(last, func(r rune) bool { return r > 127 }) {
			return fmt.Errorf("invalid value %q for Host matcher, non-ASCII characters are not allowed", last)
		}
	case "HostRegexp", "PathRegexp", "HeaderRegexp", "QueryRegexp":
		expression, err := regexp.Compile(last)
		if err != nil {
			return err
		}
		r.expressions[last] = expression
	case "ClientIP":
		if _, _, err := net.ParseCIDR(last); err != nil && net.ParseIP(last) == nil {
			return fmt.Errorf("%q is no address or range", last)
		}
	}
	return nil
}

// Match reports whether the rule takes the request.
func (r *rule) Match(request model.Request) (matches, known bool) {
	return r.match(r.tree, request)
}

// match decides in three values: what depends on more than host, path and method is not known, unless it makes no difference.
func (r *rule) match(t *rules.Tree, request model.Request) (matches, known bool) {
	switch t.Matcher {
	case "and", "or":
		decides := t.Matcher == "or"
		left, leftKnown := r.match(t.RuleLeft, request)
		right, rightKnown := r.match(t.RuleRight, request)
		if leftKnown && left == decides || rightKnown && right == decides {
			return decides, true
		}
		return !decides, leftKnown && rightKnown
	}
	matches, known = r.one(t.Matcher, t.Value[len(t.Value)-1], request)
	return matches != t.Not, known
}

// one decides a single matcher.
func (r *rule) one(matcher, value string, request model.Request) (matches, known bool) {
	switch {
	case matcher == "Host" && (isReference(value) && r.unknown || isReference(request.Host)):
		return SameHost(strings.ToLower(value), strings.ToLower(request.Host))
	case isReference(value) && r.unknown:
		return false, false
	}
	switch matcher {
	case "Host":
		return matchHost(strings.ToLower(request.Host), strings.ToLower(value)), true
	case "HostRegexp":
		return r.expressions[value].MatchString(strings.ToLower(request.Host)), !isReference(request.Host)
	case "Method":
		return strings.EqualFold(value, request.Method), true
	case "Path":
		return request.Path == value, true
	case "PathPrefix":
		return strings.HasPrefix(request.Path, value), true
	case "PathRegexp":
		return r.expressions[value].MatchString(request.Path), true
	}
	return false, false
}

// SameHost compares two hosts of which references may be a part. What they end with alike does not count; the rest has to be visible.
func SameHost(a, b string) (same, known bool) {
	if a == b {
		return true, true
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return false, !strings.ContainsAny(a+b, "${}*")
}

// matchHost matches a host as Traefik does since 3.7: a star stands for one label.
func matchHost(host, pattern string) bool {
	if rest, wild := strings.CutPrefix(pattern, "*."); wild {
		_, parent, found := strings.Cut(host, ".")
		return found && parent == rest
	}
	return pattern == "*" || strings.TrimSuffix(host, ".") == strings.TrimSuffix(pattern, ".")
}

// isReference reports whether a text holds what is only known at run time.
func isReference(text string) bool { return strings.Contains(text, "${") }

// Hosts returns the hosts that the rule names.
func (r *rule) Hosts() []string { return r.values(r.tree, "Host") }

// values returns the values of a matcher that the rule asks for.
func (r *rule) values(t *rules.Tree, matcher string) []string {
	switch {
	case t.RuleLeft != nil:
		return append(r.values(t.RuleLeft, matcher), r.values(t.RuleRight, matcher)...)
	case t.Matcher == matcher && !t.Not:
		return t.Value
	}
	return nil
}

// never is the rule of a route that no request from outside matches.
type never struct{}

func (never) Match(model.Request) (matches, known bool) { return false, true }
func (never) Hosts() []string                           { return nil }

// opaque is a rule that is not understood: what it matches is not known.
type opaque struct{}

func (opaque) Match(model.Request) (matches, known bool) { return false, false }
func (opaque) Hosts() []string                           { return nil }

// matcher returns the matcher of a rule.
func matcher(n *model.Node) model.Matcher {
	r, err := parse(n.Text)
	if err != nil || !n.Unknown && r.neverMatches() != nil {
		return opaque{}
	}
	r.unknown = n.Unknown
	return r
}

// length returns the priority of a rule that has no other.
func length(n *model.Node) model.Priority {
	if n == nil {
		return model.Priority{}
	}
	p := model.Priority{Least: len(n.Text)}
	if n.Unknown {
		references, rest := placeholder.References(n.Text)
		p.References, p.Least = references, len(rest)
		p.Unknown = len(p.References) == 0
		slices.Sort(p.References)
	}
	return p
}
