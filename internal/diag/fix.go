package diag

import "unicode/utf8"

// Fix is how a finding is repaired without anybody's judgement: what it changes, and nothing else, is wrong for sure, and what it puts there
// follows from the files. It never holds the value of a secret.
type Fix struct {
	// Does says what it does, to follow "fix: ": rename it to secret_path.
	Does string
	// Edits are made together, or none of them is.
	Edits []Edit
}

// Edit is a change of a few characters in one line of a file.
type Edit struct {
	Position
	// Old is what begins at the position, and New what is to stand there instead. Neither has more than one line.
	Old, New string
	Form     Form
}

// Form says how the texts of an edit are written in the file.
type Form int

const (
	// AsWritten is a key or a value, or the beginning of one, as the program reads it. The new one is written as the old one is: in the same
	// quotes, or without.
	AsWritten Form = iota
	// Bare is a whole value, in quotes or without: the new one stands without.
	Bare
	// Quoted is a whole value, without quotes: the new one stands in quotes.
	Quoted
	// Filled is a value that is null: nothing stands there, or a word for it. Old is "".
	Filled
	// Exact is what stands in the file, letter by letter.
	Exact
)

// Rename returns the fix that gives a key another name.
func Rename(key Position, old, name string) *Fix {
	return &Fix{Does: "rename it to " + name, Edits: []Edit{{Position: key, Old: old, New: name}}}
}

// Rewrite returns the fix that writes another value in the place of one.
func Rewrite(value Position, old, text string) *Fix {
	return &Fix{Does: "write " + text, Edits: []Edit{{Position: value, Old: old, New: text}}}
}

// Unquote returns the fix that writes a value without quotes.
func Unquote(value Position, old, text string) *Fix {
	return &Fix{Does: "write " + text + " without quotes", Edits: []Edit{{Position: value, Old: old, New: text, Form: Bare}}}
}

// Quote returns the fix that puts a value in quotes.
func Quote(value Position, text string) *Fix {
	return &Fix{Does: "put it in quotes", Edits: []Edit{{Position: value, Old: text, New: text, Form: Quoted}}}
}

// Fill returns the fix that gives a key without a value one.
func Fill(value Position, text string) *Fix {
	return &Fix{Does: "write " + text, Edits: []Edit{{Position: value, New: text, Form: Filled}}}
}

// End returns the place behind the last character that an exact edit takes away.
func (e Edit) End() Position {
	end := e.Position
	end.Column += utf8.RuneCountInString(e.Old)
	return end
}
