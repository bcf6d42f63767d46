// Package minijinja reads the language of the templates that MAS fills in for every user: MiniJinja, a Jinja in Rust. It says whether a template
// parses and what it asks for, and renders nothing. The grammar is that of minijinja 2, src/compiler/lexer.rs and src/compiler/parser.rs:
// https://github.com/mitsuhiko/minijinja
package minijinja

// Template is what a template asks for, in the order of its text.
type Template struct {
	// Names are the variables and functions that the template does not make itself.
	Names []Name
	// Filters and Tests are those behind | and is.
	Filters, Tests []Name
	// Methods are what is called on values: split in user.email.split("@").
	Methods []Name
	// Fixed says that it renders to the same text for everybody: there is nothing in it to be filled in.
	Fixed bool
}

// Name is a name in a template.
type Name struct {
	Text string
	// Perhaps says that the template has something else in case the value is not there: a default, an or, an if around it.
	Perhaps bool
	// Called says that it is called as a function.
	Called bool
}

// SyntaxError says why a template does not parse, in words that follow "the template".
type SyntaxError struct{ Problem string }

func (e *SyntaxError) Error() string { return e.Problem }
