package lint

import (
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// camelCase says that the key at the path is one of Element's in the old spelling, which Element still reads: defaultServerConfig.
func camelCase(tables *formats, doc *model.Document, path string) bool {
	snaked, root := snakeCase(path), doc.Root
	if snaked == path {
		return false
	}
	for _, s := range tables.sections(doc, root) {
		if rest, found := strings.CutPrefix(path, s.path); found && s.keys.Key(snakeCase(strings.TrimPrefix(rest, "."))) != nil {
			return true
		}
	}
	return false
}

// camelCaseKeys returns the unknown keys of Element's configuration that are such.
func camelCaseKeys(tables *formats, doc *model.Document) []format.Problem {
	var found []format.Problem
	for _, m := range tables.misfits(doc) {
		if m.Kind == format.UnknownKey && camelCase(tables, doc, m.Path) {
			found = append(found, m)
		}
	}
	return found
}

// respell returns the fix that writes all of the keys as Element does now, or nil if a map has one of them in both spellings.
func respell(keys []format.Problem) *diag.Fix {
	fix := &diag.Fix{Does: "write keys in lower case with underscores"}
	for _, m := range keys {
		if m.Surely != snakeCase(m.Got) {
			return nil
		}
		fix.Edits = append(fix.Edits, diag.Rename(m.Position, m.Got, m.Surely).Edits...)
	}
	return fix
}

// snakeCase returns default_server_config for defaultServerConfig.
func snakeCase(key string) string {
	var b strings.Builder
	for i, r := range key {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
