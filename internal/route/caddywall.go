package route

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// wall is a directive of Caddy that lets requests on once somebody has signed in.
type wall struct {
	matches condition
	// all says that every request comes to it.
	all bool
	model.Middleware
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
