package model

// Role is what a line is in its document.
type Role int

// The roles of lines: a part of the content, a comment above a part of it, the bracket that ends one, and what the renderer puts around it all.
const (
	Content Role = iota
	Comment
	End
	Header
)

// Line is a line of a document as it is written, and what of the document stands on it.
type Line struct {
	Text string
	Role Role
	// Paths are the keys and list indexes that lead to what begins on the line, or goes on there, outermost first. For a comment or an end it
	// is what that belongs to. There are none in the header, and none in a document without structure.
	Paths [][]string
	// At is the line of the text of a document without structure, counted from 0, before anything was drawn into it.
	At int
	// Sum are the names of the files whose hash stands on the line, and Drawn those of the documents of which it draws a picture, or of which there
	// is a hash or a picture in those files.
	Sum, Drawn []string
}
