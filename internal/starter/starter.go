// Package starter holds what a repository of stacks begins with: a stack, ignore rules, hooks for pre-commit and a workflow for its CI.
package starter

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
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
	// ServerName is the server name of the homeserver, and Provider the kind of its identity provider, or "none".
	ServerName, Provider string
	// Issuer and ClientID are those of a provider that runs elsewhere; "" if none does.
	Issuer, ClientID string
	// TeamID and KeyID are those at Apple.
	TeamID, KeyID string
	// CI is one of [CIs].
	CI string
	// Renovate asks for a preset for it.
	Renovate bool
}

// File is a file of the new repository.
type File struct {
	// Name is its path from the folder that holds stacks/, or with AtTop from the top of the Git repository, slash-separated.
	Name    string
	AtTop   bool
	Content []byte
	// What says what it is for.
	What string
	// Needs are texts of which a file that is there already holds all, if it lacks nothing. Missing tells somebody whose file lacks one what to do.
	Needs   []string
	Missing string
}

// StackFile returns the file that describes the stack. Each call makes a new ULID for the identity provider.
func (a Answers) StackFile() (File, error) {
	content, err := render("stack.cue", map[string]any{"Answers": a, "Package": packageName(a.Stack), "ULID": ulid.Make().String()})
	return File{Name: "stacks/" + a.Stack + "/stack.cue", Content: content}, err
}

func render(name string, values map[string]any) ([]byte, error) {
	parsed, err := template.New(name).Funcs(template.FuncMap{"quote": quote, "word": shellWord, "command": command}).ParseFS(files, "files/"+name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, values); err != nil {
		return nil, fmt.Errorf("fill in %s: %w", name, err)
	}
	return text.Bytes(), nil
}

// quote returns the text as a string of CUE, which is one of YAML as well. https://cuelang.org/docs/reference/spec/#string-literals
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text) + `"`
}

// command returns the text of a command or a path as a scalar of YAML: as it is where nothing in it can mean something else.
func command(text string) string {
	if regexp.MustCompile(`^[A-Za-z.][A-Za-z0-9_./=$ -]*$`).MatchString(text) {
		return text
	}
	return quote(text)
}

// shellWord returns the text as one word of a shell.
func shellWord(text string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_./-]+$`).MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
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
