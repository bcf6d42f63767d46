package route

import (
	"slices"
	"sort"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// caddyOrder is the order in which Caddy runs the directives that answer requests, or change where they go.
func caddyOrder() []string {
	return []string{"redir", "method", "rewrite", "uri", "try_files", "basic_auth", "basicauth", "forward_auth", "handle", "route", "abort",
		"error", "respond", "metrics", "reverse_proxy", "php_fastcgi", "file_server"}
}

// passes reports whether a directive lets requests on as they are.
func passes(directive string) bool {
	return slices.Contains([]string{"header", "encode", "log", "tls", "root", "request_body", "log_append", "log_skip", "skip_log", "log_name",
		"vars", "request_header", "handle_errors", "tracing", "templates", "push", "intercept"}, directive)
}

// answer is what takes some requests of a site.
type answer struct {
	matches condition
	// says is what it asks of paths, for people; nil if it asks for what has no such words.
	says     *[]string
	backends []model.Backend
	// resolved says that it hands requests on to the backends and to nothing else.
	resolved    bool
	middlewares []model.Middleware
	// body is a text that it sends itself; nil if it is something else. allowsOrigin says that a header for other origins may come with it.
	body         *model.Node
	allowsOrigin bool
	// file says that it sends a file, and refuses that it turns requests away with nothing but a status.
	file, refuses bool
	// files says that it serves files, and hands on nothing. hidesOrigin says that it takes away what the backend says of other origins.
	files, hidesOrigin bool
	// at is where what it matches stands.
	at diag.Position
}

// step is a directive in the order in which it is run.
type step struct {
	line
	directive string
	set       matcherSet
	matched   bool
	pattern   string // the path of handle_path
	args      []word
}

// site is what a block of a Caddyfile is read in.
type site struct {
	upstream     func(word) (model.Backend, bool)
	named        map[string]matcherSet
	limits       []model.Middleware // what request_body limits
	allowsOrigin bool
	nested       bool
}

// answers returns what takes the requests of a block, in order. ends says that something takes every one of them. It is false if the block
// has what is not modelled.
func (s site) answers(block []line, sorted bool, at diag.Position) (all []answer, ends, ok bool) {
	s.named = readMatchers(block, s.named)
	s.allowsOrigin = s.allowsOrigin || setsOrigin(block)
	s.limits = append(slices.Clone(s.limits), bodyLimits(block)...)
	var steps []step
	var walls []wall
	for _, n := range block {
		if w, is := s.headerWall(n); is {
			walls = append(walls, w)
		}
		switch name := n.name(); {
		case strings.HasPrefix(name, "@"), passes(name):
		case name == "handle_path" || slices.Contains(caddyOrder(), name):
			next, understood := s.step(n)
			if !understood {
				return nil, false, false
			}
			steps = append(steps, next)
		default:
			return nil, false, false
		}
	}
	if sorted && !sortSteps(steps, s.nested) {
		return nil, false, false
	}
	s.nested = true
	passed := []condition{} // handle blocks that hand on what they match: the others of their group do not get it
	for _, next := range steps {
		if w, is := wallOf(next); is {
			walls = append(walls, w)
			continue
		}
		found, closed, understood := s.run(next, at)
		if !understood {
			return nil, false, false
		}
		for _, a := range found {
			conditions := []condition{a.matches}
			if next.directive == "handle" {
				conditions = append(conditions, passed...)
			}
			a.matches = both(conditions...)
			all = append(all, behind(walls, a)...)
		}
		if next.directive == "handle" && !closed {
			passed = append(passed, except(next.set.matches))
		}
		ends = ends || closed && !next.matched
	}
	return all, ends, true
}

// bodyLimits returns the limits that a block sets to what clients send. One for some requests alone is a limit that is not known.
func bodyLimits(block []line) []model.Middleware {
	var all []model.Middleware
	for _, n := range block {
		if n.name() != "request_body" {
			continue
		}
		for _, row := range n.block {
			if row.name() != "max_size" || len(row.words) != 2 {
				continue
			}
			m := model.Middleware{Name: "request_body", Defined: true, Position: row.words[0].at,
				Effects: caddyEffects("request_body", []string{row.name(), row.words[1].text})}
			m.Body.Unknown = m.Body.Unknown || len(n.words) > 1
			all = append(all, m)
		}
	}
	return all
}

// sortSteps brings directives into the order in which Caddy runs them. In nested blocks, new versions sort those of one name alone: it is
// false if that makes a difference.
func sortSteps(steps []step, nested bool) bool {
	written := slices.Clone(steps)
	sort.SliceStable(steps, func(i, j int) bool { return steps[i].before(&steps[j]) })
	if !nested {
		return true
	}
	sort.SliceStable(written, func(i, j int) bool {
		return written[i].directive == written[j].directive && written[i].before(&written[j])
	})
	return slices.EqualFunc(steps, written, func(a, b step) bool { return a.words[0].at == b.words[0].at })
}

// setsOrigin reports whether a header that allows other origins is set in a block, or in a route block in it.
func setsOrigin(block []line) bool {
	return slices.ContainsFunc(block, func(n line) bool {
		switch n.name() {
		case "route":
			return setsOrigin(n.block)
		case "header":
			rows := append([]line{n}, n.block...)
			return slices.ContainsFunc(rows, func(row line) bool {
				return slices.ContainsFunc(row.words, func(w word) bool {
					return strings.EqualFold(strings.TrimLeft(strings.TrimSuffix(w.text, ":"), "+?>"), "Access-Control-Allow-Origin")
				})
			})
		}
		return false
	})
}

// step reads the matcher of a directive.
func (s site) step(n line) (step, bool) {
	next := step{line: n, directive: n.name(), args: n.words[1:], set: matcherSet{matches: both(), readable: true}}
	if len(next.args) > 0 {
		switch first := next.args[0].text; {
		case strings.HasPrefix(first, "@"):
			set, found := s.named[first]
			if !found {
				return next, false
			}
			next.set, next.matched, next.args = set, true, next.args[1:]
		case strings.HasPrefix(first, "/"):
			next.set, next.matched, next.args = matcherSet{matches: caddyPath(first), paths: []string{first}, readable: true}, true, next.args[1:]
			next.pattern = first
		case first == "*":
			next.args = next.args[1:]
		}
	}
	if next.directive == "handle_path" {
		next.directive = "handle"
		return next, next.pattern != ""
	}
	next.pattern = ""
	return next, next.directive != "handle" && next.directive != "route" || n.hasBlock && len(next.args) == 0
}

// before orders two directives as Caddy does.
func (a *step) before(b *step) bool {
	order := caddyOrder()
	if i, j := slices.Index(order, a.directive), slices.Index(order, b.directive); i != j {
		return i < j
	}
	if len(a.set.paths) == 1 && len(b.set.paths) == 1 {
		first, second := strings.TrimSuffix(a.set.paths[0], "*"), strings.TrimSuffix(b.set.paths[0], "*")
		if first == second {
			return len(a.set.paths[0]) < len(b.set.paths[0])
		}
		return len(first) > len(second)
	}
	return a.matched && !b.matched
}

// run returns what one directive does with the requests that it matches.
func (s site) run(next step, at diag.Position) (all []answer, ends, ok bool) {
	if next.matched || next.directive == "handle" {
		at = next.words[0].at
	}
	a := answer{matches: next.set.matches, says: next.set.says(), at: at}
	switch next.directive {
	case "handle", "route":
		if a.file = servesOnlyFiles(next); a.file {
			a.allowsOrigin = s.allowsOrigin || setsOrigin(next.block)
			return []answer{a}, true, true
		}
		inner, closed, understood := s.answers(next.block, next.directive == "handle", at)
		for i := range inner {
			if next.pattern != "" {
				inner[i].matches = stripped(next.pattern, inner[i].matches)
				if inner[i].says != nil && len(*inner[i].says) > 0 {
					inner[i].says = nil // paths without the prefix
				}
				strip := model.Middleware{Name: "handle_path", Defined: true, Position: inner[i].at, Effects: caddyEffects("handle_path", []string{next.pattern})}
				inner[i].middlewares = append([]model.Middleware{strip}, inner[i].middlewares...)
			}
			inner[i].matches = both(next.set.matches, inner[i].matches)
			inner[i].says = joinedSays(next.set.says(), inner[i].says)
		}
		return inner, closed, understood
	case "reverse_proxy":
		a.backends, a.resolved = s.upstreams(next)
		a.middlewares = slices.Clone(s.limits)
		a.hidesOrigin = hidesOrigin(next.block)
	case "file_server":
		a.files, a.allowsOrigin = true, s.allowsOrigin
	case "respond":
		if len(next.args) > 0 && strings.HasPrefix(strings.TrimSpace(next.args[0].text), "{") {
			a.body = &model.Node{Kind: model.String, Text: next.args[0].text, Position: next.args[0].at}
			a.allowsOrigin = s.allowsOrigin
		}
	}
	// What changes a request, or guards it, is an answer too: what comes of it is not modelled.
	return []answer{a}, true, true
}

// upstreams returns where a reverse_proxy sends requests; false if there may be other places.
func (s site) upstreams(next step) ([]model.Backend, bool) {
	addresses := next.args
	for _, option := range next.block {
		name := option.name()
		switch {
		case name == "to":
			addresses = append(slices.Clone(addresses), option.words[1:]...)
		case slices.Contains([]string{"header_up", "header_down", "transport", "flush_interval", "fail_duration", "max_fails", "trusted_proxies",
			"unhealthy_status", "unhealthy_latency", "request_buffers", "response_buffers", "verbose_logs"}, name):
		case strings.HasPrefix(name, "lb_"), strings.HasPrefix(name, "health_"), strings.HasPrefix(name, "stream_"):
		default:
			return nil, false
		}
	}
	var backends []model.Backend
	whole := len(addresses) > 0
	for _, address := range addresses {
		b, ok := s.upstream(address)
		b.Sent = sentByCaddy(next.block, b)
		if ok || b.Port != nil {
			backends = append(backends, b)
		}
		whole = whole && ok
	}
	return backends, whole
}
