package container

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ComposeEnvironment returns what says whether a variable is set for Compose: in an env file, in an example of one, by a script, or by a workflow or
// whoever reads an explanation. It is false if there is no env file of any kind, so that all may be set elsewhere. Of an env file that cannot be read to
// its end, every variable may be.
func ComposeEnvironment(d *model.Deployment) (isSet func(name string) bool, visible bool) {
	names, isHidden := map[string]bool{}, false
	var scripts []*model.Document
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil:
		case doc.Kind == model.KindEnv:
			visible = true
			isHidden = isHidden || doc.Root.Unknown
			for _, f := range doc.Root.Fields {
				names[f.Key] = f.Value != nil && f.Value.Kind != model.Null || names[f.Key]
			}
		case doc.Kind == model.KindScript:
			scripts = append(scripts, doc)
		}
	}
	return func(name string) bool {
		if names[name] || isHidden || slices.Contains(d.Named, name) {
			return true
		}
		return slices.ContainsFunc(scripts, func(script *model.Document) bool { return setsVariable(script, name) })
	}, visible
}

// setsVariable reports whether a script sets a variable. In a shell, every mention counts that does not read it: NAME=, read NAME, or NAME in a
// list of what is to be made.
func setsVariable(script *model.Document, name string) bool {
	if !strings.Contains(script.Root.Text, name) {
		return false
	}
	mention := `(?:\W|$)`
	if !IsShell(script) {
		mention = `["']?\s*[:=]`
	}
	return regexp.MustCompile(`(?m)^[^#\n]*(?:^|[^\w${#])` + name + mention).MatchString(script.Root.Text)
}

// IsFromHost says that every shell has the variable, or that it is Compose's own.
func IsFromHost(name string) bool {
	switch name {
	case "HOME", "PWD", "USER", "HOSTNAME", "PATH", "SHELL", "LOGNAME":
		return true
	}
	return strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "DOCKER_")
}
