package route

import (
	"regexp"
	"strings"
	"sync"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/matrixgen/matrixgen/internal/model"
)

// RuleProblem says why Traefik 3 does not use a rule.
type RuleProblem struct {
	// Reason is what is wrong, in an operator's words or in Traefik's.
	Reason string
	// Hint says what to write instead; "" if it is not known.
	Hint string
	// FineBefore says that Traefik 2 understands the rule.
	FineBefore bool
}

// template matches what Traefik 2 takes for a pattern, and Traefik 3 for a text: {name:regexp}.
var template = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{[A-Za-z_]\w*(:[^}]*)?\}`) })

// namedPattern matches a named expression of Traefik 2, of which no host has the braces.
var namedPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{[A-Za-z_]\w*:[^}]+\}`) })

// Problem returns what keeps Traefik 3 from using the rule of a route, or nil. A rule that was understood when the route was made is not read again.
func Problem(r *model.Route) *RuleProblem {
	m := r.Matcher
	if s, settles := m.(settling); settles {
		m = s.Matcher
	}
	if understood, is := m.(*rule); is {
		return understood.neverMatches()
	}
	return CheckRule(r.Rule.Text)
}

// CheckRule returns what keeps Traefik 3 from using a rule, or nil.
func CheckRule(text string) *RuleProblem {
	r, err := parse(text)
	if err != nil {
		return explain(text, err.Error())
	}
	return r.neverMatches()
}

// neverMatches returns why a rule that is understood matches nothing, or nil.
func (r *rule) neverMatches() *RuleProblem {
	for _, matcher := range []string{"Host", "Path", "PathPrefix"} {
		for _, value := range r.values(r.tree, matcher) {
			if strings.Contains(value, "${") {
				return &RuleProblem{
					Reason: "it never matches: the " + matcher + " is the text " + value + ", which nothing replaces",
					Hint:   "write the value itself, or one $ where Compose is to replace it",
				}
			}
			if template().MatchString(value) {
				return &RuleProblem{
					Reason:     "it never matches: Traefik 3 takes the " + matcher + " " + value + " for a plain text",
					Hint:       "use " + expressionOf(matcher) + " with a regular expression",
					FineBefore: true,
				}
			}
		}
	}
	for _, value := range r.values(r.tree, "HostRegexp") {
		if named := namedPattern().FindString(value); named != "" {
			return &RuleProblem{
				Reason:     "it never matches: to Traefik 3, the braces in the HostRegexp " + value + " are letters of the host",
				Hint:       "write the regular expression alone, such as ^[a-z]+\\.example\\.org$",
				FineBefore: true,
			}
		}
	}
	return nil
}

func expressionOf(matcher string) string {
	if matcher == "Host" {
		return "HostRegexp"
	}
	return "PathRegexp"
}

// explain puts an error of the parser into an operator's words.
func explain(text, message string) *RuleProblem {
	p := &RuleProblem{Reason: message}
	switch {
	case strings.Contains(message, "unexpected number of parameters"):
		p.Hint = "give every matcher one value, and join matchers with ||"
		p.FineBefore = parsesAsBefore(text)
	case strings.Contains(message, "unsupported function: Headers"):
		p.Hint = "the matcher is called Header since Traefik 3, and HeaderRegexp"
		p.FineBefore = parsesAsBefore(text)
	case strings.Contains(message, "unsupported function: HostSNI"):
		p.Hint = "HostSNI is for TCP routers; use Host"
	case strings.Contains(message, "unsupported function: HostHeader"):
		p.Hint = "use Host"
		p.FineBefore = parsesAsBefore(text)
	case strings.Contains(message, "'CHAR'"), strings.Contains(message, "rune literal"), strings.Contains(message, "illegal rune"):
		p.Reason = "a value stands in single quotes"
		p.Hint = "put values in backticks"
	case strings.Contains(message, "is not defined"):
		p.Hint = "put values in backticks"
	case strings.Contains(message, "empty args"):
		p.Reason = "a matcher has an empty value"
		p.Hint = "see whether a variable has no value"
	}
	return p
}

// parsesAsBefore reports whether a rule is one of Traefik 2.
func parsesAsBefore(text string) bool {
	parser, err := rules.NewParser([]string{"Host", "HostHeader", "HostRegexp", "ClientIP", "Path", "PathPrefix", "Method", "Headers",
		"HeadersRegexp", "Query"})
	if err != nil {
		return false
	}
	_, err = parser.Parse(text)
	return err == nil
}

// UsesPathRegexp reports whether a rule has a matcher that Traefik 2 lacks.
func UsesPathRegexp(text string) bool {
	r, err := parse(text)
	return err == nil && len(r.values(r.tree, "PathRegexp")) > 0
}
