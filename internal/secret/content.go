package secret

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Content returns what stands in a file for a container: the value, or a line or a block with the value in it. others are the values of file.Then.
func Content(file model.SecretFile, v Value, others ...Value) []byte {
	content := file.Before + escaped(file, v)
	for i, part := range file.Then {
		content += part.Before + escaped(file, others[i])
	}
	content += file.After
	if file.Newline {
		content += "\n"
	}
	return []byte(content)
}

// escaped returns a value as it is written in a file.
func escaped(file model.SecretFile, v Value) string {
	switch file.Escape {
	case "pgpass": // https://www.postgresql.org/docs/current/libpq-pgpass.html
		return strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace(v.text)
	case "json":
		return inJSON(v.text)
	case "json-text": // the quotes stand around it
		literal := inJSON(v.text)
		return literal[1 : len(literal)-1]
	}
	return v.text
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
