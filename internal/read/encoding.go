package read

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// encoding reports whether a file is text in UTF-8. If it is not, but has the name and the keys of a configuration, that is a finding: the
// products read nothing else.
func encoding(name string, text []byte, isNamedSo bool) (findings []diag.Finding, isText bool) {
	binary := bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0
	switch {
	case !binary && utf8.Valid(text):
		return nil, true
	case !isNamedSo:
		return nil, false
	case binary && (bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))):
		return said(name, "this file is written in UTF-16 and is not checked"), false
	case binary:
		return nil, false
	}
	switch recognise(outlineText(strings.ToValidUTF8(string(text), "?"))) {
	case model.KindOther:
		return nil, false
	case model.KindMAS, model.KindSynapse, model.KindCompose:
		return []diag.Finding{misencoded(name, text)}, false
	}
	return said(name, "this file is no text in UTF-8 and is not checked"), false
}

// misencoded is the finding at the first byte that is none of UTF-8.
func misencoded(name string, text []byte) diag.Finding {
	i := 0
	for c, size := utf8.DecodeRune(text); c != utf8.RuneError || size != 1; c, size = utf8.DecodeRune(text[i:]) {
		i += size
	}
	before := string(text[:i])
	at := diag.Position{File: name, Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1}
	return diag.Finding{Rule: "syntax-error", Severity: diag.Error, Position: at,
		Message: fmt.Sprintf("this is no text in UTF-8: it has the byte %#02x", text[i]), Hint: "save the file in UTF-8"}
}
