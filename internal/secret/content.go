package secret

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Content returns what stands in a file for a container: the value, or a line or a block with the value in it.
func Content(file model.SecretFile, v Value) []byte {
	text := v.text
	switch file.Escape {
	case "pgpass": // https://www.postgresql.org/docs/current/libpq-pgpass.html
		text = strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace(text)
	case "json":
		text = inJSON(text)
	}
	content := file.Before + text + file.After
	if file.Newline {
		content += "\n"
	}
	return []byte(content)
}

// inJSON returns a text as a literal of JSON that YAML 1.1 reads as the same.
func inJSON(text string) string {
	var literal bytes.Buffer
	encoder := json.NewEncoder(&literal)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a text
	}
	return strings.TrimSuffix(literal.String(), "\n")
}
