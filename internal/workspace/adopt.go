package workspace

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/review"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// Adoption says how a deployment is to become a stack.
type Adoption struct {
	// Dir is the folder as it was given, and At where it is. File is the compose file in it that is meant; "" for the only one.
	Dir, At, File string
	// Stack is the name of the stack.
	Stack string
	adopt.Answers
	// Acknowledged are changes that are meant, each with the reason.
	Acknowledged []model.Acknowledgement
}

// Adopted is a deployment as a stack. Nothing of it is written yet.
type Adopted struct {
	Stack  *Stack
	Source []byte
	Report *adopt.Report
	Result *adopt.Result
}

// Adopt turns the deployment of a folder into a stack. With findings its files cannot be read, and there is none.
func Adopt(ctx context.Context, compilers *compile.Pool, a Adoption) (*Adopted, []diag.Finding, error) {
	source, err := Directory(ctx, a.At, false)
	if err != nil {
		return nil, nil, err
	}
	defer source.Close()
	d, findings, err := a.deployment(source)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	a.ReadFile = func(name string) ([]byte, error) { return fs.ReadFile(source, name) }
	a.Link = link.Deployment
	compiler, err := compilers.Take()
	if err != nil {
		return nil, nil, err
	}
	defer compilers.Give(compiler)
	result, err := adopt.Run(d, a.Answers, compiles(compiler, a.Stack))
	if err != nil {
		return nil, nil, refuse("if the files are all there, say what they leave open: --server-name; matrixgen lint "+a.Dir+" says what else they have", "%s cannot be adopted: %v", a.Dir, err)
	}
	if err := result.Minimise(newSense(compiler, a.Stack, result.Stack), compiles(compiler, a.Stack)); err != nil {
		return nil, nil, err
	}
	adopted, err := a.finish(compiler, result)
	if err != nil {
		return nil, nil, err
	}
	adopted.Report.Fires = lint.Suppress(rules.All(), rules.All(), lint.Run(rules.All(), d), model.Suppressions(d))
	return adopted, nil, nil
}

// deployment returns the one Matrix server of a folder.
func (a Adoption) deployment(files fs.FS) (*model.Deployment, []diag.Finding, error) {
	found, findings, err := link.Read(files)
	if err != nil {
		return nil, nil, err
	}
	findings = slices.DeleteFunc(findings, func(f diag.Finding) bool { return f.Severity != diag.Error })
	if len(findings) > 0 {
		return nil, diag.Sort(findings), nil
	}
	deployments := slices.DeleteFunc(found, func(d *model.Deployment) bool {
		if a.File != "" {
			return composePath(d) != a.File
		}
		return d.Synapse == nil && d.MAS == nil && len(d.Of("synapse")) == 0 || isOverlay(d)
	})
	switch len(deployments) {
	case 0:
		return nil, nil, refuse("adopt reads compose files, configurations of Synapse and MAS, and values for Element's chart", "there is no Synapse in %s", a.Dir)
	case 1:
		return deployments[0], nil, nil
	}
	var names []string
	for _, d := range deployments {
		names = append(names, path.Join(filepath.ToSlash(a.Dir), composePath(d)))
	}
	return nil, nil, refuse("a stack is one server: name the compose file of one of them", "%s holds %d servers: %s", a.Dir, len(deployments), strings.Join(names, ", "))
}

// finish compiles the stack as it is written, and compares it with what was.
func (a Adoption) finish(compiler *compile.Compiler, result *adopt.Result) (*Adopted, error) {
	text, err := compile.Source(packageFor(a.Stack), result.Head(a.Acknowledged), result.Written(), result.Tell)
	if err != nil {
		return nil, err
	}
	file := path.Join(compile.StacksFolder, a.Stack, "stack.cue")
	stack, findings, err := Load(compiler, fstest.MapFS{file: {Data: text}}, a.Stack)
	if err != nil {
		return nil, err
	}
	if stack == nil {
		return nil, fmt.Errorf("the adopted stack does not compile: %s", findings[0].Message)
	}
	result.Losses(stack.Deployment)
	for _, ack := range a.Acknowledged {
		result.Acknowledge(ack)
	}
	adopted := &Adopted{Stack: stack, Source: text, Report: adopt.NewReport(a.Stack, result), Result: result}
	adopted.Report.Lines = strings.Count(string(text), "\n")
	return adopted, adopted.compare(result, a.Acknowledged)
}

// compare says what differs between the old files and the new ones, and which of that costs data.
func (a *Adopted) compare(result *adopt.Result, acknowledged []model.Acknowledgement) error {
	before, after := link.Deployment(result.Before()), a.Stack.Deployment
	comparer, err := change.NewComparer()
	if err != nil {
		return err
	}
	old, new := state{deployment: before}, state{deployment: after}
	changes, _, err := settings(comparer, old, new)
	if err != nil {
		return err
	}
	shown := review.Stack{Changes: changes}
	if err := maskEverywhere(&shown, comparer, old, new); err != nil {
		return err
	}
	a.Report.Changes = shown.Changes
	losses := a.Stack.place(lint.RunChange(rules.All(), before, after), provenance.Sieve{})
	a.Report.Losses = adopt.Accept(losses, acknowledged, len(result.Questions) > 0)
	return nil
}

// compiles returns what compiles stacks of that name which lie in no repository.
func compiles(compiler *compile.Compiler, name string) adopt.Compile {
	return func(stack *model.Node) (*model.Files, []adopt.Problem, error) {
		source, err := compile.Source(packageFor(name), "", stack, nil)
		if err != nil {
			return nil, nil, err
		}
		file := path.Join(compile.StacksFolder, name, "stack.cue")
		files, findings, err := compiler.Compile(fstest.MapFS{file: {Data: source}}, name)
		var problems []adopt.Problem
		for _, f := range findings {
			problems = append(problems, adopt.Problem{Path: compile.PathAt(source, f.Position), Finding: f, Idle: compile.Idle(f)})
		}
		return files, problems, err
	}
}

// packageFor returns a name for the package of a stack, which CUE wants to be an identifier.
func packageFor(stack string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, strings.ToLower(path.Base(stack)))
	if name == "" || name[0] <= '9' {
		return "stack"
	}
	return strings.TrimLeft(name, "_")
}

// SaysProject reports whether the files of a folder say which compose project they are, and not the name of the folder alone.
func SaysProject(folder string) bool {
	found, _, err := read.Deployments(os.DirFS(folder))
	if err != nil {
		return false
	}
	for _, files := range found {
		if first := read.ProjectName(files.Documents, "one"); first != "" {
			return first == read.ProjectName(files.Documents, "another")
		}
	}
	return false
}

// ProjectOf returns the name of the compose project in a folder; "" if its files do not say it.
func ProjectOf(folder string) string {
	found, _, err := read.Deployments(os.DirFS(folder))
	if err != nil {
		return ""
	}
	for _, files := range found {
		name := files.Name
		if name == "." {
			name = filepath.Base(folder)
		}
		if project := read.ProjectName(files.Documents, name); project != "" {
			return project
		}
	}
	return ""
}
