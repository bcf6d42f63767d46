package route

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Paths returns the conditions on paths in a rule, for people: /login for that path alone, /_matrix/* for what begins so, and regular
// expressions with what they begin and end with left out. None means every path. It is false if the rule asks for something else, too.
func Paths(m model.Matcher) (conditions []string, readable bool) {
	switch m := m.(type) {
	case *rule:
		return pathsOf(m.tree)
	case *siteMatcher:
		if m.says != nil {
			return *m.says, true
		}
	}
	return nil, false
}

// pathsOf returns the conditions below a node. Hosts are left out, and so is what is joined by "and" to a host.
func pathsOf(t *rules.Tree) (conditions []string, readable bool) {
	switch {
	case t.RuleLeft != nil:
		left, leftOK := pathsOf(t.RuleLeft)
		right, rightOK := pathsOf(t.RuleRight)
		mixed := t.Matcher == "and" && len(left) > 0 && len(right) > 0 || t.Matcher == "or" && (len(left) == 0) != (len(right) == 0)
		return slices.Concat(left, right), leftOK && rightOK && !mixed
	case t.Not:
		return nil, false
	}
	last := t.Value[len(t.Value)-1]
	switch t.Matcher {
	case "Host", "HostRegexp":
		return nil, true
	case "Path":
		return []string{last}, true
	case "PathPrefix":
		return []string{last + "*"}, true
	case "PathRegexp":
		return []string{plainExpression(last)}, true
	}
	return nil, false
}

// rest matches the end of an expression that allows anything below a path.
var rest = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\(\??:?/\.\*\)\?$`) })

// plainExpression returns a regular expression without what says little to people: anchors, and whatever may follow.
func plainExpression(expression string) string {
	expression = strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$")
	expression = rest().ReplaceAllString(expression, "")
	return strings.ReplaceAll(expression, "[^/]+", "*")
}

// plainAlternatives returns the alternatives of a regular expression, each as [plainExpression] has it.
func plainAlternatives(expression string) []string {
	var all []string
	depth, begin := 0, 0
	for i := 0; i < len(expression); i++ {
		switch expression[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '|':
			if depth == 0 {
				all = append(all, plainExpression(expression[begin:i]))
				begin = i + 1
			}
		}
	}
	return append(all, plainExpression(expression[begin:]))
}
