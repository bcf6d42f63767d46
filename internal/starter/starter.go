// Package starter holds what a repository of stacks begins with: a stack, ignore rules, hooks for pre-commit and a workflow for its CI.
package starter

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/oklog/ulid/v2"
)

//go:embed files
var files embed.FS

// Answers say what the repository is for.
type Answers struct {
	// Stack is the name of the folder below stacks/.
	Stack string
	// ServerName is the server name of the homeserver, and Provider the kind of its identity provider: "pocket-id", "generic" or "none".
	ServerName, Provider string
	// Issuer and ClientID are those of a provider that runs elsewhere; "" if none does.
	Issuer, ClientID string
	// CI is one of [CIs].
	CI string
	// Release is the version of matrixgen that hooks and workflow shall use; "" for a build that is no release.
	Release string
}

// File is a file of the new repository.
type File struct {
	// Name is its path from the root, slash-separated.
	Name    string
	Content []byte
	// Missing tells somebody who has such a file already what it lacks; "" if nothing can be said.
	Missing string
}

// CIs returns where a repository may be hosted, and "none".
func CIs() []string { return append(slices.Sorted(maps.Keys(workflows())), "none") }

// workflows returns the path of the workflow for each CI.
func workflows() map[string]string {
	return map[string]string{
		"forgejo": ".forgejo/workflows/matrixgen.yml",
		"github":  ".github/workflows/matrixgen.yml",
		"gitlab":  ".gitlab-ci.yml",
	}
}

// Files returns the files of the new repository. Each call makes a new ULID for the identity provider.
func (a Answers) Files() ([]File, error) {
	wanted := []struct{ name, template, missing string }{
		{"stacks/" + a.Stack + "/stack.cue", "stack.cue", ""},
		{".gitignore", "gitignore", "add the line /out/*/secrets/ to it"},
		{".pre-commit-config.yaml", "pre-commit.yaml", "add the hooks of https://github.com/matrixgen/matrixgen to it: matrixgen-build, matrixgen-lint, matrixgen-secrets"},
	}
	if name, ok := workflows()[a.CI]; ok {
		wanted = append(wanted, struct{ name, template, missing string }{name, a.CI + ".yml", "run matrixgen lint, matrixgen build --check and matrixgen secrets check in it"})
	}
	var written []File
	for _, file := range wanted {
		content, err := a.render(file.template)
		if err != nil {
			return nil, err
		}
		written = append(written, File{file.name, content, file.missing})
	}
	return written, nil
}

func (a Answers) render(name string) ([]byte, error) {
	parsed, err := template.New(name).Funcs(template.FuncMap{"quote": quote}).ParseFS(files, "files/"+name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var text bytes.Buffer
	err = parsed.Execute(&text, map[string]any{"Answers": a, "Package": packageName(a.Stack), "ULID": ulid.Make().String(), "Version": a.version()})
	if err != nil {
		return nil, fmt.Errorf("fill in %s: %w", name, err)
	}
	return text.Bytes(), nil
}

// version is what a workflow fetches.
func (a Answers) version() string {
	if a.Release == "" {
		return "main"
	}
	return a.Release
}

// quote returns the text as a string of CUE. https://cuelang.org/docs/reference/spec/#string-literals
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text) + `"`
}

// StackName returns a name for the folder of a stack: the first part of the server name.
func StackName(serverName string) string {
	first, _, _ := strings.Cut(strings.ToLower(serverName), ".")
	if name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(first, "-"), "-"); name != "" {
		return name
	}
	return "home"
}

// packageName returns a name for the package of a stack's files, which CUE wants to be an identifier.
func packageName(stack string) string {
	if name := strings.ReplaceAll(stack, "-", "_"); name[0] > '9' {
		return name
	}
	return "stack"
}
