package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// answers returns what a location does with the requests that it takes, leaving aside the locations in it.
func (n *nginxProxy) answers(l location, outer scope) []answer {
	s := outer.enter(l.Block)
	all, ends := n.rewrites(l.Block, s, l.Position())
	if ends && len(all) == 1 && l.pattern == "/" && l.modifier == "" && all[0].refuses {
		return nil // it turns away what nobody else takes, as if there were nothing
	}
	if ends {
		return all
	}
	for _, d := range l.Block {
		if d.Name() == "limit_except" && d.HasBlock {
			all = append(all, answer{matches: except(ofMethods(d.Arguments())), at: l.Position()})
		}
	}
	return append(all, n.content(l, s))
}

// ofMethods matches requests with one of the methods; GET is HEAD, too.
func ofMethods(words []nginx.Word) condition {
	return func(r model.Request) (bool, bool) {
		return slices.ContainsFunc(words, func(w nginx.Word) bool { return strings.EqualFold(w.Text, r.Method) }), true
	}
}

// content returns what a location has for requests that nothing has answered yet: a backend, or files.
func (n *nginxProxy) content(l location, s scope) answer {
	a := answer{matches: both(), at: l.Position(), allowsOrigin: s.allowsOrigin()}
	pass := -1
	for i, d := range l.Block {
		switch name := d.Name(); {
		case name == "include", name == unseen:
			a.middlewares = append(a.middlewares, model.Middleware{Name: strings.TrimSpace(name + " " + d.Argument(0)), Position: d.Position(), Effects: nginxEffects(d)})
		case name == "proxy_pass":
			pass = i
		case name == "internal" || strings.HasSuffix(name, "_pass"):
			return a
		case !isSilent(name):
			a.matches = unclear
			return a
		}
	}
	if pass < 0 {
		a.files = len(a.middlewares) == 0 && s.files && !s.leadsOn
		a.file = len(a.middlewares) == 0 && s.files && strings.Contains(l.pattern, "well-known")
		a.middlewares = nil
		return a
	}
	backends, changes, ok := n.backends(l, l.Block[pass], s)
	if a.middlewares = append(a.middlewares, s.middlewares()...); s.refusesAll() {
		return a
	}
	for i := range backends {
		backends[i].Sent = n.sent(l.Block[pass], s)
	}
	a.backends, a.resolved = backends, ok
	a.middlewares = append(a.middlewares, changes...)
	return a
}

// rewrites returns what the directives of the rewrite module answer in a block, in order, and whether they answer everything.
func (n *nginxProxy) rewrites(block []nginx.Directive, s scope, at diag.Position) (all []answer, ends bool) {
	for _, d := range block {
		switch d.Name() {
		case "return":
			return append(all, returned(d, s, at)), true
		case "break":
			return all, false
		case "rewrite":
			matches := unclear
			if expression, ok := pathRegexp(d.Argument(0), false); ok && !isReference(d.Argument(0)) {
				matches = func(r model.Request) (bool, bool) { return expression.MatchString(r.Path), true }
			}
			all = append(all, answer{matches: matches, at: d.Position()}) // where the new path leads is not modelled
		case "if":
			all = append(all, n.conditional(d, s, at)...)
		}
	}
	return all, false
}

// returned is the answer of a directive return.
func returned(d nginx.Directive, s scope, at diag.Position) answer {
	a := answer{matches: both(), at: at, allowsOrigin: s.allowsOrigin(), refuses: strings.HasPrefix(d.Argument(0), "4") && len(d.Words) == 2}
	if len(d.Words) == 3 && strings.HasPrefix(d.Argument(0), "2") {
		text := d.Words[2]
		a.body = &model.Node{Kind: model.String, Text: text.Text, Position: text.Position}
	}
	return a
}

// conditional returns what an if answers: what it returns, or hands on. One that sets variables or headers alone leaves requests as they are.
func (n *nginxProxy) conditional(d nginx.Directive, s scope, at diag.Position) []answer {
	inner := s.enter(d.Block)
	all, ends := n.rewrites(d.Block, inner, at)
	if !ends && slices.ContainsFunc(d.Block, func(d nginx.Directive) bool {
		return !isSilent(d.Name()) || d.Name() == "include" || strings.HasSuffix(d.Name(), "_pass")
	}) {
		all = append(all, answer{matches: both(), at: at})
	}
	return restrict(all, n.holds(d.Arguments(), s))
}

// holds decides on the condition of an if.
func (n *nginxProxy) holds(words []nginx.Word, s scope) condition {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.Text)
	}
	if len(texts) == 0 || !strings.HasPrefix(texts[0], "(") {
		return unclear
	}
	texts[0] = texts[0][1:]
	if last := len(texts) - 1; texts[last] == ")" {
		texts = texts[:last]
	} else {
		texts[last] = strings.TrimSuffix(texts[last], ")")
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	if len(texts) != 3 {
		return unclear
	}
	return compared(strings.Trim(texts[0], "${}"), texts[1], texts[2], s)
}

// compared decides on a variable by an operator and a text.
func compared(variable, operator, text string, s scope) condition {
	value, isSet := s.variables[variable]
	subject := func(r model.Request) (string, bool) {
		switch variable {
		case "request_method":
			return r.Method, true
		case "host", "http_host", "server_name":
			return strings.ToLower(r.Host), !isReference(r.Host)
		case "uri", "document_uri", "request_uri":
			return r.Path, true
		}
		return value, isSet && !strings.Contains(value, "$")
	}
	isNot := strings.HasPrefix(operator, "!")
	var matches condition
	switch strings.TrimPrefix(operator, "!") {
	case "=":
		matches = func(r model.Request) (bool, bool) {
			if variable == "host" || variable == "http_host" {
				return ofHost(text)(r)
			}
			own, known := subject(r)
			return own == text, known && !strings.Contains(text, "$")
		}
	case "~", "~*":
		expression, ok := pathRegexp(text, strings.HasSuffix(operator, "*"))
		if !ok || isReference(text) {
			return unclear
		}
		matches = func(r model.Request) (bool, bool) {
			own, known := subject(r)
			return known && expression.MatchString(own), known
		}
	default:
		return unclear
	}
	if isNot {
		return except(matches)
	}
	return matches
}
