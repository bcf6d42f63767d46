package placeholder

import (
	"slices"
	"strings"
	"sync"
)

// questions are the matchers for what is asked of texts, made from the table when somebody first asks.
type questions struct {
	anywhere, rendered, renderedInCompose, compose, template, byHand, shown *matcher
	variable, masked, lines, upsets, expressions, excerpt                   *matcher
	// pieces are words in lower case that the blanks of people have.
	pieces []string
}

var asked = sync.OnceValue(func() *questions {
	patterns := func(wanted func(Form) bool) []string {
		var all []string
		for _, f := range Forms() {
			if wanted(f) {
				all = append(all, f.pattern)
			}
		}
		return all
	}
	of := func(wanted func(Form) bool) *matcher { return newMatcher("", patterns(wanted)) }
	is := func(e effect) func(Form) bool { return func(f Form) bool { return f.does&e != 0 } }
	q := &questions{
		anywhere:          of(func(f Form) bool { return !f.isLocal() }),
		rendered:          of(func(f Form) bool { return f.byProgram() && is(sure)(f) }),
		renderedInCompose: of(func(f Form) bool { return f.byProgram() && is(sure)(f) && !is(foreign)(f) }),
		compose:           of(is(compose)),
		template:          of(is(template)),
		byHand:            of(func(f Form) bool { return !f.byProgram() && is(sure)(f) }),
		shown:             of(is(shown)),
		masked:            of(is(masked)),
		upsets:            of(is(masked | opening)),
		expressions:       of(func(f Form) bool { return f.For == Expression && is(masked)(f) }),
		excerpt:           newMatcher("(?im)", excerpts()),
	}
	line := strings.Join(patterns(is(lines)), "|")
	q.lines = newMatcher("(?m)", []string{`^[ \t]*(?:` + line + `)(?:[ \t]*(?:` + line + `))*[ \t\r]*$`, `^[ \t]*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[ \t\r]*$`}) // a name alone on a line stands for a block
	q.variable = newMatcher("^", patterns(is(named)))
	for _, pattern := range patterns(func(f Form) bool { return f.For == Blank }) {
		for _, k := range marksOf(pattern) {
			q.pieces = append(q.pieces, strings.Trim(strings.ToLower(k.text), "-_ "))
		}
	}
	return q
})

// In reports whether a text waits to be replaced, by whatever form: CHANGE_ME, <secret>, ${SECRET}. What it is replaced by is not known, and
// that it is still there is for the rule on placeholders.
func In(text string) bool { return asked().anywhere.match(text) }

// Rendered reports whether a text holds what surely a program puts in before the file is read: ${SECRET}, {{ secret }}.
func Rendered(text string) bool { return asked().rendered.match(text) }

// RenderedInCompose is Rendered for a compose file, where {{ }} is for Docker or for the program in the container.
func RenderedInCompose(text string) bool { return asked().renderedInCompose.match(text) }

// RenderedInTemplate is Rendered for what is a placeholder in files that are called templates alone: $SECRET, {SECRET}.
func RenderedInTemplate(text string) bool { return asked().template.match(text) }

// ByCompose reports whether Compose puts something in: $secret, ${SECRET}. A doubled dollar stands for itself.
func ByCompose(text string) bool { return asked().compose.match(strings.ReplaceAll(text, "$$", "")) }

// ByHand reports whether a text surely asks people to put something in: CHANGE_ME, <your-domain>, SOME_LONG_SECRET.
func ByHand(text string) bool { return asked().byHand.match(text) }

// Shown returns the first placeholder in a text, without what surrounds it, which may be a secret. It is "" if none can be told from that.
func Shown(text string) string {
	if m := asked().shown; m.may(text) {
		return m.expression().FindString(text)
	}
	return ""
}

// MayHold reports whether a piece of a text that holds a placeholder may be the piece that does: ${DB of postgres://synapse:${DB:-x}@db.
func MayHold(piece string) bool {
	if strings.ContainsAny(piece, "$<{(@%[") || In(piece) {
		return true
	}
	lower := strings.ToLower(piece)
	return slices.ContainsFunc(asked().pieces, func(word string) bool { return word != "" && strings.Contains(lower, word) })
}

// DeclaresExcerpt reports whether a comment tells of more that does not stand in a file: "rest of the config", "...".
func DeclaresExcerpt(comment string) bool { return asked().excerpt.match(comment) }
