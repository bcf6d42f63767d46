package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// wall is a directive of Caddy that lets requests on once somebody has signed in.
type wall struct {
	matches condition
	// all says that every request comes to it.
	all bool
	model.Middleware
}

// headerWall returns the header for other origins that a directive adds to answers, as something that stands before what answers. One that is set
// after the backend has answered, by defer or with >, takes the place of the backend's, and one with ? or - adds none.
func (s site) headerWall(n line) (wall, bool) {
	if n.name() != "header" {
		return wall{}, false
	}
	next, understood := s.step(n)
	rows := append([]line{{words: next.args}}, n.block...)
	var value string
	for _, row := range rows {
		if len(row.words) == 0 {
			continue
		}
		switch name := strings.ToLower(strings.TrimSuffix(row.words[0].text, ":")); {
		case name == "defer", strings.HasPrefix(name, "-"), strings.HasPrefix(name, ">"):
			return wall{}, false
		case strings.TrimPrefix(name, "+") == "access-control-allow-origin" && len(row.words) > 1:
			value = row.words[1].text
		}
	}
	if !understood || value == "" {
		return wall{}, false
	}
	m := model.Middleware{Name: "header", Defined: true, Position: n.words[0].at, Effects: model.Effects{SetsHeaders: true,
		Added: []model.ResponseHeader{{Name: "access-control-allow-origin", Value: value}}}}
	return wall{next.set.matches, !next.matched, m}, true
}

// hidesOrigin reports whether a reverse_proxy removes or replaces the header that lets pages of other origins read answers.
func hidesOrigin(block []line) bool {
	return slices.ContainsFunc(block, func(row line) bool {
		return row.name() == "header_down" && slices.ContainsFunc(row.words[1:], func(w word) bool {
			return strings.EqualFold(strings.TrimLeft(w.text, "-"), "Access-Control-Allow-Origin")
		})
	})
}

// servesOnlyFiles reports whether a block for well-known documents sends files and does nothing else.
func servesOnlyFiles(next step) bool {
	if !slices.ContainsFunc(next.set.paths, func(path string) bool { return strings.Contains(path, "/.well-known/") }) {
		return false
	}
	found := false
	for _, n := range next.block {
		switch name := n.name(); name {
		case "file_server":
			found = len(n.words) == 1 || n.words[1].text == "*" || n.hasBlock
		case "root", "rewrite", "uri", "try_files", "header", "encode", "log":
		default:
			return false
		}
	}
	return found
}

// mostWalls is how many walls of one block are followed: each makes two answers of one.
const mostWalls = 5

// wallOf returns the wall that a directive is. Both run in front of what answers requests.
func wallOf(next step) (wall, bool) {
	switch next.directive {
	case "basic_auth", "basicauth", "forward_auth":
	default:
		return wall{}, false
	}
	var words []string
	for _, w := range next.args {
		words = append(words, w.text)
	}
	m := model.Middleware{Name: next.directive, Defined: true, Position: next.words[0].at, Effects: caddyEffects(next.directive, words)}
	return wall{next.set.matches, !next.matched, m}, true
}

// behind returns an answer for what is behind the walls, and for what goes past them.
func behind(walls []wall, a answer) []answer {
	if len(walls) > mostWalls {
		a.resolved = false
		return []answer{a}
	}
	all := []answer{a}
	for _, w := range slices.Backward(walls) {
		if a.hidesOrigin && w.Name == "header" {
			continue
		}
		var next []answer
		for _, one := range all {
			inside := one
			inside.middlewares = append([]model.Middleware{w.Middleware}, one.middlewares...)
			if w.all {
				next = append(next, inside)
				continue
			}
			inside.matches = both(w.matches, one.matches)
			next = append(next, inside, one)
		}
		all = next
	}
	return all
}
