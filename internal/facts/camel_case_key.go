package facts

import (
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// CamelCase says that the key at the path is one of Element's in the old spelling, which Element still reads: defaultServerConfig.
func CamelCase(tables *Formats, doc *model.Document, path string) bool {
	snaked, root := SnakeCase(path), doc.Root
	if snaked == path {
		return false
	}
	for _, s := range tables.Sections(doc, root) {
		if rest, found := strings.CutPrefix(path, s.Path); found && s.Keys.Key(SnakeCase(strings.TrimPrefix(rest, "."))) != nil {
			return true
		}
	}
	return false
}

// CamelCaseKeys returns the unknown keys of Element's configuration that are such.
func CamelCaseKeys(tables *Formats, doc *model.Document) []format.Problem {
	var found []format.Problem
	for _, m := range tables.Misfits(doc) {
		if m.Kind == format.UnknownKey && CamelCase(tables, doc, m.Path) {
			found = append(found, m)
		}
	}
	return found
}

// Respell returns the fix that writes all of the keys as Element does now, or nil if a map has one of them in both spellings.
func Respell(keys []format.Problem) *diag.Fix {
	fix := &diag.Fix{Does: "write keys in lower case with underscores"}
	for _, m := range keys {
		if m.Surely != SnakeCase(m.Got) {
			return nil
		}
		fix.Edits = append(fix.Edits, diag.Rename(m.Position, m.Got, m.Surely).Edits...)
	}
	return fix
}

// SnakeCase returns default_server_config for defaultServerConfig.
func SnakeCase(key string) string {
	var b strings.Builder
	for i, r := range key {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
