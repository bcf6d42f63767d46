package read

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/model"
)

// named returns the variables of the compose files that no file of variables has, and that something else in the tree names that may set them: an
// explanation, a workflow, or a file of Terraform. Scripts are documents themselves.
func (r *reader) named(d *model.Deployment) []string {
	has := map[string]bool{}
	var compose []*model.Document
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindEnv:
			for _, f := range doc.Root.Entries() {
				has[f.Key] = true
			}
		case model.KindCompose:
			compose = append(compose, doc)
		}
	}
	reference := regexp.MustCompile(`\$\{?([A-Za-z_]\w*)`)
	var names []string
	for _, doc := range compose {
		for _, match := range reference.FindAllStringSubmatch(r.text(doc.Root.Position.File), -1) {
			if name := match[1]; !has[name] {
				has[name] = true
				if r.namedElsewhere()[name] {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// namedElsewhere returns the words that may be names of variables, of all files of the tree that may set these and are no documents. It is read once.
func (r *reader) namedElsewhere() map[string]bool {
	if r.variables != nil {
		return r.variables
	}
	r.variables = map[string]bool{}
	isEnd := func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	for _, name := range r.names {
		if r.sizes[name] > maxSmall || !maySetVariables(name) {
			continue
		}
		text, _ := r.content(name, maxSmall)
		for word := range strings.FieldsFuncSeq(string(text), isEnd) {
			if len(word) > 2 && unicode.IsUpper(rune(word[0])) && !r.variables[word] && strings.ToUpper(word) == word {
				r.variables[strings.Clone(word)] = true // without the text
			}
		}
	}
	return r.variables
}

// maySetVariables reports whether a file may say by which ways variables come to a server.
func maySetVariables(name string) bool {
	switch base := strings.ToLower(path.Base(name)); {
	case isProse(name), strings.Contains("/"+name, "/workflows/"):
		return true
	case slices.Contains([]string{".tf", ".tfvars", ".hcl"}, path.Ext(base)):
		return true
	default:
		return base == ".gitlab-ci.yml" || base == ".drone.yml" || base == "jenkinsfile"
	}
}
