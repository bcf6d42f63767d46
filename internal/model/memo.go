package model

import "sync"

// Memo keeps what was found out about the text of a document. The copies of a document share it: of a script that lies beside forty projects, each
// question is answered once.
type Memo struct{ answers sync.Map }

// Once returns the answer to a question about the text of a document, and nothing else of it, which it works out the first time.
func Once[T any](doc *Document, question string, answer func() T) T {
	if doc.Memo == nil {
		return answer()
	}
	if known, ok := doc.Memo.answers.Load(question); ok {
		return known.(T)
	}
	found := answer()
	doc.Memo.answers.Store(question, found)
	return found
}
