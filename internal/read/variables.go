package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// readsVariables reports whether anything reads a file of variables: Compose, beside its files, a service by its env_file, or a script that names it.
// Of a sample it is what the file is copied to. In a tree without a compose file it cannot be told, and counts as read.
func readsVariables(d *model.Deployment, doc *model.Document, alone bool) bool {
	if doc.Layer > 0 {
		return true
	}
	name := path.Join(path.Dir(doc.Name), stripTemplate(path.Base(doc.Name)))
	base := path.Base(name)
	isCompose, isNamed := false, false
	for _, other := range d.Documents {
		switch {
		case other.Kind == model.KindCompose:
			isCompose = true
			if path.Dir(other.Name) == path.Dir(name) && (strings.HasPrefix(base, ".env") || base == "env") {
				return true
			}
		case other.Kind == model.KindScript && base != ".env" && strings.Contains(other.Root.Text, base):
			isNamed = true
		}
	}
	if isNamed || !isCompose {
		return isCompose || alone
	}
	for _, source := range sourcesOf(d.Documents) {
		if source == name || source == doc.Name {
			return true
		}
	}
	return slices.ContainsFunc(includedVariables(d.Documents), func(file string) bool { return file == name || file == doc.Name })
}

// includedVariables returns the files of variables that the included projects of compose files read.
func includedVariables(docs []*model.Document) []string {
	var names []string
	for _, doc := range docs {
		if doc.Kind != model.KindCompose {
			continue
		}
		for _, entry := range includes(doc.Root) {
			for _, file := range entry.env {
				names = append(names, path.Join(path.Dir(doc.Name), file.Text))
			}
			for _, file := range entry.files {
				names = append(names, path.Join(path.Dir(doc.Name), path.Dir(file.Text), ".env"))
			}
		}
	}
	return names
}
