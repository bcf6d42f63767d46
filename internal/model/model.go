// Package model holds what matrixgen knows of one deployment: its documents as ordered trees whose nodes remember where they come from.
// Compiled stacks and files read from disk are the same type, so that what is checked is what is written.
package model

import (
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Deployment is one Matrix server: the documents that its services read.
type Deployment struct {
	// Name is the folder of the stack below stacks/, slash-separated.
	Name      string
	Documents []*Document
}

// Document returns the document of that file name, or nil.
func (d *Deployment) Document(name string) *Document {
	for _, doc := range d.Documents {
		if doc.Name == name {
			return doc
		}
	}
	return nil
}

// Format is how a document is written.
type Format string

// The formats of documents.
const (
	YAML Format = "yaml"
	JSON Format = "json"
	Text Format = "text"
)

// Document is one file.
type Document struct {
	// Name is the file's path in the folder of the deployment, slash-separated.
	Name   string
	Format Format
	// Upstream names the format that upstream defines, as "<folder of schema>.<definition>"; "" if there is none.
	Upstream string
	// Root is the content; for Text a scalar with the whole text.
	Root *Node
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

// Get returns the value of the key in a map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, f := range n.Fields {
		if f.Key == key {
			return f.Value
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
