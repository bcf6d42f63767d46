package format

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// Level says what a change costs an operator and his users. A higher one is worse.
type Level int

// The levels, from nothing to what nobody can undo.
const (
	Nothing Level = iota
	Restart
	Outage
	LoginAgain
	ProviderFirst
	Migration
	Lockout
	Irreversible
)

// Levels returns all levels, the mildest first.
func Levels() []Level {
	return []Level{Nothing, Restart, Outage, LoginAgain, ProviderFirst, Migration, Lockout, Irreversible}
}

// String returns the level as reports for programs and the facts in schema/ call it.
func (l Level) String() string {
	return [...]string{"nothing", "restart", "outage", "login", "provider", "migration", "lockout", "irreversible"}[l]
}

// Words returns the level in an operator's words.
func (l Level) Words() string {
	return [...]string{"nothing to do", "container restarts", "brief outage", "clients must log in again", "identity-provider change needed first",
		"data migration", "users cannot sign in", "irreversible"}[l]
}

// Consequence is what a change of a value means, with the reason and with where upstream says so.
type Consequence struct {
	Level Level
	// When is the kind of change that it is for, in a word that package change knows; "" for any.
	When        string
	Why, Source string
}

// consequence returns what an attribute @change(level, "why", "source") or @change(level, when=word, "why", "source") says. The third form,
// @change(as=key), points to a sibling, and is resolved where the keys are read.
func consequence(body string) (Consequence, error) {
	parts := split(body)
	level := slices.IndexFunc(Levels(), func(l Level) bool { return l.String() == parts[0] })
	if level < 0 {
		return Consequence{}, fmt.Errorf("%q is no level of a change", parts[0])
	}
	c := Consequence{Level: Level(level)}
	rest := parts[1:]
	if len(rest) > 0 {
		if word, found := strings.CutPrefix(rest[0], "when="); found {
			c.When, rest = word, rest[1:]
		}
	}
	if len(rest) != 2 {
		return Consequence{}, fmt.Errorf("a change has a level, a reason and a source")
	}
	for i, text := range []*string{&c.Why, &c.Source} {
		unquoted, err := literal.Unquote(rest[i])
		if err != nil || unquoted == "" {
			return Consequence{}, fmt.Errorf("the reason and the source of a change stand in quotes")
		}
		*text = unquoted
	}
	return c, nil
}

// split cuts the body of an attribute at its commas, but not at those in quotes or brackets.
func split(body string) []string {
	var parts []string
	quoted, escaped, depth, start := false, false, 0, 0
	for i, r := range body {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = quoted
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(body[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(body[start:]))
}

// change notes what an attribute says about changes.
func (b *builder) change(attribute *ast.Attribute, body string) Consequence {
	c, err := consequence(body)
	if err != nil {
		b.fail(attribute, err.Error())
	}
	return c
}
