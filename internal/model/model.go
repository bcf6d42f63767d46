// Package model holds what matrixgen knows of one deployment: its documents as ordered trees whose nodes remember where they come from.
// Compiled stacks and files read from disk are the same type, so that what is checked is what is written.
package model

import (
	"io/fs"
	"slices"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Files are the documents of one Matrix server as they were compiled or read, with what else their sources say. Nothing is related to anything
// yet: package link makes a [Deployment] of them, and leaves them as they are.
type Files struct {
	// Name is the folder of the stack below stacks/, or of the compose file below the folder that was read; slash-separated.
	Name      string
	Documents []*Document
	// Guide says that the documents are blocks of a Markdown file.
	Guide bool
	// Before are documents as they were before a change: what a guide tells to remove.
	Before []*Document
	// Told are the commands that explanations beside the documents give their readers, as scripts.
	Told []*Document
	// Named are variables of compose files that no file of variables has, and that an explanation, a workflow or the like beside the documents names.
	Named []string
	// Ignores are the suppressions in the sources of a compiled deployment; those in files that were read are of their documents.
	Ignores []Ignore
	// Slots are the secrets that a compiled deployment needs, each once. Sealed is the file that has them; nil if nobody looked for it.
	Slots  []Slot
	Sealed *Sealed

	// Acknowledged are the changes that the sources of a compiled deployment say are meant.
	Acknowledged []Acknowledgement
	// Unchecked are the raw settings that a compiled deployment has although matrixgen does not know them.
	Unchecked []Unchecked

	// Missing are the sources of binds that lie in the folder that was read, where nothing is, and that nothing shows how to make: no template or
	// example, no script, no rule by which Git ignores them.
	Missing []string
}

// Deployment is one Matrix server, linked: its documents, the services that read them, and the routes to these. Only package link makes one.
type Deployment struct {
	// Files are copies of what was linked. A document has the kind that its reader gives it, and the README its pictures.
	Files

	// Services are those of the compose documents, in order. None if there is no compose document.
	Services []*Service
	// Networks are those of the compose documents by their key.
	Networks map[string]Network
	// MAS, Synapse and Element are the configurations of the three, each as the product reads it. nil if there is none.
	MAS, Synapse, Element *Configuration

	// Chart is Element's Helm chart, if that is what runs the server; else nil.
	Chart *Chart

	// Proxy is what routes requests to the services, and Routes are its rules. nil if no proxy that is modelled is to be seen.
	Proxy  *Proxy
	Routes []Route
}

// Document returns the document of that file name, or nil.
func (f *Files) Document(name string) *Document {
	for _, doc := range f.Documents {
		if doc.Name == name {
			return doc
		}
	}
	return nil
}

// Written returns the document as its file has it, without what stands elsewhere.
func (d *Document) Written() *Document {
	if len(d.Elsewhere) == 0 {
		return d
	}
	root, written := *d.Root, *d
	root.Fields = slices.DeleteFunc(slices.Clone(root.Fields), func(f Field) bool { return slices.Contains(d.Elsewhere, f.Key) })
	written.Root, written.Elsewhere = &root, nil
	return &written
}

// Root returns the root of the document of that name, or nil.
func (f *Files) Root(name string) *Node {
	if doc := f.Document(name); doc != nil {
		return doc.Root
	}
	return nil
}

// InCluster reports whether a cluster runs what is generated, by Element's chart.
func (f *Files) InCluster() bool { return f.Document("kubernetes/values.yaml") != nil }

// Format is how a document is written.
type Format string

// The formats of documents.
const (
	YAML Format = "yaml"
	JSON Format = "json"
	Text Format = "text"
	Env  Format = "env"
	Unit Format = "unit" // of systemd, as Podman reads it
)

// Document is one file.
type Document struct {
	// Name is the file's path in the folder of the deployment, slash-separated.
	Name   string
	Format Format
	// Kind says what the document is; "" until it is linked for one that was compiled.
	Kind DocumentKind
	// Upstream names the format that upstream defines, as "<folder of schema>.<definition>"; "" if there is none.
	Upstream string
	// Root is the content; for Text a scalar with the whole text.
	Root *Node
	// Elsewhere are the keys of what is generated that do not stand in the file itself: a chart says the same in their place.
	Elsewhere []string

	// Template says that something renders the file before a service reads it: its placeholders are unknown values, and not mistakes.
	Template bool
	// Whole says of a template that only single values are put into it, never lines: what is absent stays absent.
	Whole bool
	// Branches says of a template that conditions and loops decide on lines of it, and nothing else puts lines into it: what is absent from a map or a
	// list stays absent, unless that is Open.
	Branches bool
	// Sample says that people copy the file, and that nothing reads it as it stands: its secrets are none.
	Sample bool
	// Unread says of a file of variables that neither Compose nor a script reads it.
	Unread bool
	// Excerpt says that the file shows a part alone: what is absent may stand elsewhere.
	Excerpt bool
	// HasParts says of a configuration that a folder for more of it lies beside it, which a service without a visible command may be told to read.
	HasParts bool
	// Continued says that a comment in the file tells of more that belongs to it: "rest of the config", "...". It is known once the documents are
	// linked.
	Continued bool
	// Inside is the document that holds this one as a text; nil for a file of its own.
	Inside *Document
	// Inline says that the text stands in a compose file, whose variables Compose puts in.
	Inline bool
	// Source is the text that a document inside of values for Element's chart was read from, at the place of its first line; nil for others.
	Source *Node
	// ChartVersion is the version of the chart that the values are for, where they say so; else "".
	ChartVersion string
	// Installs says that values stand in an object that has something install the chart, or become one: what applies that may fill in more.
	Installs bool
	// Flat says of a text that it is written in a way that hides where its lines are: all of it stands at one position.
	Flat bool
	// Overlay says that a compose file is laid over the main one of its deployment, which its name does not say for sure.
	Overlay bool
	// Layer is the place of a compose file, or of a file of variables, among those that a command of the tree gives Compose, from 1; 0 if none gives it. That of a
	// file of values is its place among those that Helm lays over each other.
	Layer int
	// Ignored says that a .gitignore among the files keeps it out of the repository.
	Ignored bool
	// Ignores are the suppressions in the file.
	Ignores []Ignore
	// Permissions are those of the file as it lies here; 0 if there are none to be seen.
	Permissions fs.FileMode
	// Memo keeps what was found out about the text; nil if nothing is kept.
	Memo *Memo
}

// Kind is the kind of a node.
type Kind int

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// String returns the kind as operators call it.
func (k Kind) String() string {
	return [...]string{"null", "true or false", "a whole number", "a number", "text", "a list", "a map"}[k]
}

// Node is a value in a document.
type Node struct {
	Kind Kind
	// Text is the value of a scalar: the content of a String, and the literal of a Bool, Int or Float.
	Text   string
	Fields []Field // of a Map, in order
	Items  []*Node // of a List
	// Position is where the value was written: in the operator's file if it came from there, else in the schema that derives it.
	Position diag.Position
	// Unknown says that the service reads something else than what stands here, and nothing visible says what: a reference such as
	// ${MAS_SECRET}, a placeholder of a template, an encrypted value. Text is then the name of that source, by which two can be compared.
	Unknown bool
	// Perhaps says that a condition or a loop of a template decides if the value is there; it is then Unknown, too. Open says of a map or a list that
	// some of what is in it is there perhaps.
	Perhaps, Open bool
	// ByChart says that Element's chart sets the value. It stands where the operator wrote what it follows from.
	ByChart bool
	// Tag is a tag of YAML beyond the standard ones, such as !reset in a compose file.
	Tag string
	// Replaceable says of a value that a stack derives that an override may replace it.
	// More says of a derived list which field of a stack has further items for it; "" if its items belong together.
	More        string
	Replaceable bool
}

// Field is a key of a map with its value.
type Field struct {
	Key   string
	Value *Node
	// Comment says why, in lines without comment marks.
	Comment string
	// Position is where the key was written.
	Position diag.Position
}

// Get returns the value of the key in a map, or nil. Of a key that stands there twice the last one counts, as for the programs that read such a file at all.
func (n *Node) Get(key string) *Node {
	if f := n.Field(key); f != nil {
		return f.Value
	}
	return nil
}

// Field returns the key of a map with its value, or nil: the last one, as [Node.Get] does.
func (n *Node) Field(key string) *Field {
	if n == nil {
		return nil
	}
	for i := len(n.Fields) - 1; i >= 0; i-- {
		if n.Fields[i].Key == key {
			return &n.Fields[i]
		}
	}
	return nil
}

// At returns the value below a path of keys, or nil.
func (n *Node) At(path ...string) *Node {
	for _, key := range path {
		n = n.Get(key)
	}
	return n
}

// Along returns the value below a path of keys and list indexes, or nil.
func (n *Node) Along(path []string) *Node {
	for _, part := range path {
		if n == nil {
			return nil
		}
		if n.Kind != List {
			n = n.Get(part)
			continue
		}
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(n.Items) {
			return nil
		}
		n = n.Items[i]
	}
	return n
}
