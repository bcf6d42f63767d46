// Package adopt turns a deployment that somebody wrote by hand into a stack. It brings the old documents under the names that a build gives them, takes
// from them what the language has a field for, compiles that, puts what still differs into overrides and services of the operator's own, and leaves out
// what the result does not need. What it cannot keep it says. It reads no files and writes none.
package adopt

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Compile compiles a stack that says these fields. With problems it gives no files.
type Compile func(stack *model.Node) (*model.Files, []Problem, error)

// Answers are what the files do not say.
type Answers struct {
	// Project is the name of the compose project that runs; "" for the one that the files or their folder give.
	Project string
	// ServerName is what the server is called; "" for what the files say.
	ServerName string
	// Shown is the folder as the operator named it.
	Shown string
	// Folder is where the folder lies on the machine that runs the server; relative paths begin there.
	Folder string
	// Elsewhere says that it is another place than the one that was read.
	Elsewhere bool
	// Versions are the tags of images whose files leave them open, by product.
	Versions map[string]string
	// Link returns what a stack compiles to with its routes; nil if that is not to be had, so that every proxy stays as it is.
	Link func(files *model.Files) *model.Deployment
	// ReadFile returns the content of a file of the folder that was read; nil if none may be read.
	ReadFile func(name string) ([]byte, error)

	// keeps says why the proxy of the project stays as it is, once that was found out.
	keeps string
}

// Result is the stack, and what there is to say of it.
type Result struct {
	// Stack is what the stack says.
	Stack *model.Node
	// Old are the documents of the deployment under the names that they have in out/.
	Old *Old
	// Compiled is what the stack compiles to.
	Compiled *model.Files
	// Notes say what was not taken over as it was.
	Notes []Note
	// Secrets are those that the files show.
	Secrets []Secret
	// Questions are what has to be answered before anything is written.
	Questions []Question
}

// Weight is how much a note matters to whoever adopts.
type Weight int

// The weights of notes.
const (
	// Cosmetic is nothing that users see.
	Cosmetic Weight = iota
	// Step is something to do by hand.
	Step
	// Users is what users notice.
	Users
	// Data is what costs data, unless it is seen to.
	Data
)

// String returns the weight in a word.
func (w Weight) String() string { return [...]string{"cosmetic", "step", "users", "data"}[w] }

// Note says of something in the old files what becomes of it.
type Note struct {
	Weight Weight
	// Subject is what it is about: a service, a setting, a file.
	Subject string
	Message string
	// Hint says what to do, or is "".
	Hint     string
	Position diag.Position
	// Accepted is why whoever adopts takes it as it is; "" if he did not say so.
	Accepted string
}
