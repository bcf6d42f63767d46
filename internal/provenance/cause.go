package provenance

import (
	"slices"

	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// State says who decides what a field of the stack is.
type State int

// The states of a field: the operator wrote it, the language has a default for it, or it is not there. The folder of the stack counts as a field,
// too: its name is what things are called by default.
const (
	Set State = iota
	Default
	Unset
	Folder
)

// Field is a field of the stack on which something depends.
type Field struct {
	// Path is the field as an operator names it: hosts.mas, federation.allow[0].
	Path  string
	State State
	// Position is where the operator wrote the value, else where the language declares the field; zero for a folder, and for what an operator
	// may name as he likes and did not.
	Position diag.Position
	// Value is what stands there: the value of a scalar, the name of a folder, else "". Source is how that is written in CUE: by the operator, or
	// by the language, which derives the default.
	Value, Source string
	// Comment is what the language says of the field, Own what the operator wrote above it, and Want what may stand there. All may be empty.
	Comment, Own, Want string
	path               []string
}

// Step is a line of the schema by which something was derived.
type Step struct {
	Position diag.Position
	// Source is the line as it stands there, without indentation.
	Source string
	// Comment is what the schema says above the line, Section what it says above the section that the line stands in.
	Comment, Section string
}

// gap is a place where the schema uses CUE that is not followed. What follows from it is not known, and neither is what else it follows from.
type gap struct{ at, what string }

func (g gap) String() string {
	return g.at + ": the schema uses " + g.what + ", which explain does not follow"
}

// notFollowed is the cause of a value that is not known because of a node of the schema.
func notFollowed(at ast.Node, what string) causes {
	return causes{gap{at.Pos().Position().String(), what}}
}

// causes are what something follows from, each once, nearest first: fields of the stack and lines of the schema, *Field and *Step. A gap among them
// makes them incomplete.
type causes []any

// and returns the causes with others behind them.
func (c causes) and(more ...causes) causes {
	all := union{causes: c}
	for _, others := range more {
		all.add(others)
	}
	return all.causes
}

// union is what causes are gathered in.
type union struct {
	causes causes
	owned  bool         // the causes are in nobody else's hands
	known  map[any]bool // of many
}

// many is how many causes are more than can be looked through each time.
const many = 24

func (u *union) add(others causes) {
	switch {
	case len(others) == 0:
		return
	case len(u.causes) == 0:
		u.causes = others // nearly always nothing comes behind them
		return
	case len(others) <= len(u.causes) && &others[0] == &u.causes[0]:
		return // they are the first of these
	}
	if u.known == nil && len(u.causes)+len(others) > many {
		u.known = make(map[any]bool, 2*many)
		for _, cause := range u.causes {
			u.known[cause] = true
		}
	}
	for _, cause := range others {
		if u.has(cause) {
			continue
		}
		if !u.owned {
			u.causes, u.owned = slices.Clone(u.causes), true
		}
		u.causes = append(u.causes, cause)
		if u.known != nil {
			u.known[cause] = true
		}
	}
}

func (u *union) has(cause any) bool {
	if u.known != nil {
		return u.known[cause]
	}
	return slices.Contains(u.causes, cause)
}

// common returns the causes that are in both.
func (c causes) common(others causes) causes {
	return slices.DeleteFunc(slices.Clone(c), func(cause any) bool { return !slices.Contains(others, cause) })
}

// gaps returns the places that are not followed among the causes.
func (c causes) gaps() causes {
	var gaps causes
	for _, cause := range c {
		if _, ok := cause.(gap); ok {
			gaps = append(gaps, cause)
		}
	}
	return gaps
}

// fields returns the fields of the stack among the causes: first those that the operator wrote.
func (c causes) fields() []*Field {
	var fields []*Field
	for _, cause := range c {
		if field, ok := cause.(*Field); ok {
			fields = append(fields, field)
		}
	}
	slices.SortStableFunc(fields, func(a, b *Field) int { return int(a.State) - int(b.State) })
	return fields
}

// steps returns the lines of the schema among the causes.
func (c causes) steps() []*Step {
	var steps []*Step
	for _, cause := range c {
		if step, ok := cause.(*Step); ok {
			steps = append(steps, step)
		}
	}
	return steps
}
