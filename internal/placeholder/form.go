// Package placeholder tells texts that stand for something else, ${SECRET}, {{ secret }}, <secret>, CHANGE_ME, from texts that are values. The
// forms in which programs and people write them are a table: one more form is one more line in forms.go.
package placeholder

// Form is one way to write that something else is to stand in the place of a text.
type Form struct {
	// Name is what people call it.
	Name string
	// For says what it stands for, and so who puts it in.
	For Purpose
	// does says what follows for a text that holds it.
	does effect
	// pattern matches it. A group in it is the name of a variable.
	pattern string
	// Example is a text that holds the form, and Value one that looks alike and is a value.
	Example, Value string
}

// Purpose is what a placeholder stands for.
type Purpose string

// The purposes. The first three are put in by a program before the text is read, the last two by people.
const (
	Variable   Purpose = "a variable"
	Expression Purpose = "an expression of a template engine"
	Tag        Purpose = "a control tag of a template engine"
	Blank      Purpose = "a blank that somebody fills in"
	Words      Purpose = "a description of what somebody fills in"
)

// effect is a set of what follows for a text that holds a form. Of any form, rules take nothing for known that the text seems to say.
type effect uint

const (
	// sure: nothing else is written like this. It may be said of such a text that it was left over.
	sure effect = 1 << iota
	// foreign: in a compose file, such a text is for Docker or for the program in the container.
	foreign
	// compose: Compose puts it in. In other files it is a value unless another form says so.
	compose
	// template: it is a placeholder in files that are called templates, and a value in others.
	template
	// lines: it may stand for whole lines.
	lines
	// masked: a parser of YAML stumbles over it.
	masked
	// opening: it is the beginning of one that goes on in another line.
	opening
	// named: two of the same name hold the same, and two of different names are taken for different.
	named
	// shown: it can be cut out of a text that may hold a secret, and be shown.
	shown
)

// byProgram says that a program puts it in.
func (f Form) byProgram() bool { return f.For == Variable || f.For == Expression || f.For == Tag }

// isLocal says that it is a placeholder in files of some kinds alone.
func (f Form) isLocal() bool { return f.does&(compose|template) != 0 && f.does&sure == 0 }

// InTemplates says that it is a placeholder in files that are called templates alone.
func (f Form) InTemplates() bool { return f.isLocal() && f.does&template != 0 }

// InCompose says that it is a placeholder in compose files.
func (f Form) InCompose() bool { return f.isLocal() && f.does&compose != 0 }
