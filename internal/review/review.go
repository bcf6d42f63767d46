// Package review shows what differs between two states of the stacks of a repository: for people on a terminal, as one comment of a pull request, and
// for programs. What differs, and what that means, it is told.
package review

import (
	"cmp"
	"slices"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/move"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// State is what became of a stack.
type State string

// The states of a stack. Of a new or a removed one, files are told and no settings.
const (
	Unchanged State = "unchanged"
	Changed   State = "changed"
	New       State = "new"
	Removed   State = "removed"
	// Broken says that the newer state does not compile: its files are not known.
	Broken State = "broken"
)

// Report is what differs.
type Report struct {
	// From and To say what was compared, in a few words.
	From, To string
	Stacks   []Stack // in a fixed order
}

// Stack is what differs in one stack.
type Stack struct {
	Name    string
	State   State
	Changes []change.Change
	Files   []File
	// Note is what a reader has to know about the comparison; "" if nothing.
	Note string
	// Steps are those of a move, where it takes several.
	Steps []move.Step
}

// File is a file that differs.
type File struct {
	// Name is the path in the repository.
	Name string
	Kind change.Kind
	// Diff is a unified diff, without secrets; "" if nothing else differs.
	Diff string
}

// Differs reports whether anything is different.
func (r Report) Differs() bool { return len(r.changed()) > 0 }

// changed returns the stacks that differ.
func (r Report) changed() []Stack {
	return slices.DeleteFunc(slices.Clone(r.Stacks), func(s Stack) bool { return s.State == Unchanged })
}

// counts returns how many settings changed at each level.
func (r Report) counts() map[format.Level]int {
	n := map[format.Level]int{}
	for _, s := range r.Stacks {
		for _, c := range s.Changes {
			n[c.Level]++
		}
	}
	return n
}

// group is settings whose change means the same.
type group struct {
	format.Consequence
	changes []change.Change
}

// groups returns the changes of a stack by what they mean, in the order of the first of each.
func (s Stack) groups() []group {
	var groups []group
	for _, c := range s.Changes {
		i := slices.IndexFunc(groups, func(g group) bool { return g.Level == c.Level && g.Why == c.Why })
		if i < 0 {
			groups = append(groups, group{Consequence: c.Consequence})
			i = len(groups) - 1
		}
		groups[i].changes = append(groups[i].changes, c)
	}
	return groups
}

// consequence returns in a few words what deploying a stack means.
func (s Stack) consequence() string {
	switch s.State {
	case New:
		return "a new stack"
	case Removed:
		return "the stack is gone, and nothing mounts its data"
	case Broken:
		return "the stack does not compile"
	}
	return change.Worst(s.Changes).Words()
}

// values returns what a setting was and what it becomes, as far as they are shown.
func values(c change.Change) (from, to string) {
	if c.Secret {
		const secret = "a secret"
		switch c.Kind {
		case change.Added:
			return "", secret
		case change.Removed:
			return secret, ""
		}
		return secret, "another secret"
	}
	return terminal.Line(c.From), terminal.Line(c.To)
}

// name returns what a change is about: the file, and the setting in it.
func name(c change.Change) (file, setting string) {
	return terminal.Line(c.Document), terminal.Line(cmp.Or(c.Setting, "the whole file"))
}
