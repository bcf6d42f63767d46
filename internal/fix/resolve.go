// Package fix repairs files: it finds the characters that the edits of a fix mean, changes them in memory, and writes what changed. Everything
// else in a file stays as it is: comments, quotes, indentation, ends of lines, mode and owner. It knows no rules and no documents.
package fix

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Resolve returns a fix with its edits as the characters that stand in the files, or nil if one of them cannot be made as it is meant: what
// stands there is written in another way (with an escape, over several lines, behind an anchor), or the new text could not be written like
// the old one.
func Resolve(f *diag.Fix, read func(file string) ([]byte, error)) *diag.Fix {
	if f == nil {
		return nil
	}
	resolved := &diag.Fix{Does: f.Does}
	for _, e := range f.Edits {
		text, err := read(e.File)
		if err != nil {
			return nil
		}
		exact, ok := resolve(e, string(text))
		if !ok {
			return nil
		}
		resolved.Edits = append(resolved.Edits, exact)
	}
	return resolved
}

func resolve(e diag.Edit, text string) (diag.Edit, bool) {
	begin, ok := offset(text, e.Position)
	if !ok || strings.ContainsAny(e.Old+e.New, "\r\n") {
		return e, false
	}
	rest, _, _ := strings.Cut(text[begin:], "\n")
	rest = strings.TrimSuffix(rest, "\r")
	exact := diag.Edit{Position: e.Position, Form: diag.Exact}
	switch e.Form {
	case diag.Exact:
		exact.Old, exact.New = e.Old, e.New
		return exact, strings.HasPrefix(rest, e.Old)
	case diag.Filled:
		exact.Old, exact.New, ok = filled(e.New, text[:begin], rest)
		return exact, ok
	}
	quote := quoteOf(rest)
	closing := quote
	if e.Form == diag.AsWritten {
		closing = "" // a part may be meant
	}
	exact.Old = quote + e.Old + closing
	if !strings.HasPrefix(rest, exact.Old) || !ends(rest[len(exact.Old):], quote) {
		return e, false
	}
	switch e.Form {
	case diag.Bare:
		exact.New = e.New
		return exact, isLiteral(e.New) || path.Ext(e.File) != ".json" && path.Ext(e.File) != ".cue"
	case diag.Quoted:
		exact.New = strconv.Quote(e.New)
		return exact, quote == "" && exact.New == `"`+e.New+`"`
	}
	exact.New = quote + e.New
	return exact, fits(e, quote)
}

// quoteOf returns the quote that a text begins with, or "".
func quoteOf(text string) string {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		return text[:1]
	}
	return ""
}

// ends reports whether a word may end before a text.
func ends(rest, quote string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || quote != "" || !isWord(r)
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}

// fits reports whether the new text of an edit can stand where the old one does, in that quote or without any.
func fits(e diag.Edit, quote string) bool {
	old, text := e.Old, e.New
	switch {
	case strings.Contains(text, "$") && !strings.Contains(old, "$"): // Compose would take it for a variable
		return false
	case quote == `"`:
		return !strings.ContainsAny(old+text, "\"\\\t")
	case quote == "'":
		return !strings.ContainsAny(old+text, "'\t")
	case path.Ext(e.File) == ".json":
		return false
	case path.Ext(e.File) == ".cue":
		return isIdentifier(old) && isIdentifier(text)
	}
	return isPlain(text, old) && isLiteral(text) == isLiteral(old)
}

// isIdentifier reports whether CUE takes a key without quotes.
func isIdentifier(text string) bool {
	for i, r := range text {
		if r >= 0x80 || !isWord(r) || i == 0 && r >= '0' && r <= '9' {
			return false
		}
	}
	return text != ""
}

// isPlain reports whether YAML takes a text without quotes, in the place of another one. The other one shows whether commas and brackets mean
// something there.
func isPlain(text, old string) bool {
	switch {
	case text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text[:1], "-?:,[]{}#&*!|>'\"%@`"):
		return false
	case strings.Contains(text, ": ") || strings.Contains(text, " #") || strings.HasSuffix(text, ":") || strings.Contains(text, "\t"):
		return false
	}
	for _, r := range ",[]{}" {
		if strings.ContainsRune(text, r) && !strings.ContainsRune(old, r) {
			return false
		}
	}
	return true
}

// isLiteral reports whether YAML reads a text without quotes as something else than text.
func isLiteral(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "~":
		return true
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	_, errToo := strconv.ParseInt(text, 0, 64)
	return err == nil || errToo == nil
}

// filled returns the edit that puts a value where there is none: behind the colon of a key, or in the place of a word for null.
func filled(value, before, rest string) (old, new string, ok bool) {
	for _, null := range []string{"null", "Null", "NULL", "~"} {
		if after, found := strings.CutPrefix(rest, null); found && ends(after, "") {
			return null, value, true
		}
	}
	bare := strings.TrimLeft(rest, " \t")
	if strings.HasSuffix(before, ":") && (bare == "" || bare != rest && bare[0] == '#') {
		return "", " " + value, true
	}
	return "", "", false
}

// offset returns where a position lies in a text. A byte order mark is no character of the first line.
func offset(text string, at diag.Position) (int, bool) {
	begin := 0
	if strings.HasPrefix(text, "\ufeff") {
		begin = len("\ufeff")
	}
	for range at.Line - 1 {
		end := strings.IndexByte(text[begin:], '\n')
		if end < 0 {
			return 0, false
		}
		begin += end + 1
	}
	for range at.Column - 1 {
		r, size := utf8.DecodeRuneInString(text[begin:])
		if size == 0 || r == '\n' {
			return 0, false
		}
		begin += size
	}
	return begin, at.Line > 0 && at.Column > 0
}
