package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
)

func newLintCmd(a *app) *cobra.Command {
	var flags *findingFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Find what stops a Matrix server from starting, or its users from logging in",
		Long: `lint checks every stack below stacks/, or the deployments in the given directories,
whoever wrote them: documents are recognised by what they say and by what mounts
them, whatever they are called. Nothing is executed, nothing outside a directory is
read. What cannot be seen is not judged. A path may also be a guide in Markdown: the
files that its blocks show are checked, and its commands.

What is meant as it is, a comment keeps silent, on its line or above it, with a reason:
# matrixgen:ignore RULE REASON. In a stack it is an attribute behind the field, or on the
top level for the file: @ignore(RULE, reason="REASON").`,
		Example: `  matrixgen lint
  matrixgen lint /srv/matrix
  matrixgen lint docs/guide.md
  matrixgen lint --format github --format sarif=matrixgen.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			rules, err := flags.rules()
			if err != nil {
				return err
			}
			if len(paths) == 0 {
				return a.lintStacks(cmd.Context(), rules, flags)
			}
			return a.lintPaths(paths, rules, flags)
		},
	}
	flags = addFindingFlags(cmd)
	return cmd
}

// lintStacks checks what a build of every stack would write.
func (a *app) lintStacks(ctx context.Context, rules []lint.Rule, flags *findingFlags) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	stacks, err := a.selectStacks(os.DirFS(root), nil)
	if err != nil {
		return err
	}
	results := make([]built, len(stacks))
	a.each(ctx, stacks, results, func(compiler *compile.Compiler, stack string) built {
		deployment, findings, err := compiler.Compile(os.DirFS(root), stack)
		if deployment == nil {
			return built{stack: stack, findings: findings, err: err, wrong: true}
		}
		_, unreadable, err := bindSecrets(root, deployment)
		return built{stack: stack, findings: append(lintStack(rules, deployment), unreadable...), err: err}
	})
	var findings []diag.Finding
	wrong := 0
	for _, result := range results {
		if result.err != nil {
			return &exitError{code: exitFailed, message: fmt.Sprintf("stack %s: %v", result.stack, result.err)}
		}
		if result.wrong {
			wrong++
		}
		findings = append(findings, result.findings...)
	}
	failing, err := flags.write(a, root, findings)
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return &exitError{code: exitUsage, message: plural(wrong, "stack") + " wrong"}
	case failing > 0:
		return &exitError{code: exitFindings}
	}
	return nil
}

// lintStack checks a compiled deployment. A finding at a value that the schema derives, and no line of the operator's, is put at the top of
// his stack, and a second place that is none of his is left out.
func lintStack(rules []lint.Rule, deployment *model.Deployment) []diag.Finding {
	linkStack(deployment)
	findings := lint.Run(rules, deployment)
	top := diag.Position{File: path.Join(compile.StacksFolder, deployment.Name, "stack.cue"), Line: 1, Column: 1}
	for i, f := range findings {
		if compile.Derived(f.Position) {
			findings[i].Position = top
		}
		findings[i].Related = slices.DeleteFunc(f.Related, func(r diag.Related) bool { return compile.Derived(r.Position) })
	}
	return lint.Suppress(rules, findings, deployment)
}

// lintPaths checks the deployments found in directories and guides.
func (a *app) lintPaths(paths []string, rules []lint.Rule, flags *findingFlags) error {
	failing := 0
	for _, name := range paths {
		dir, deployments, findings, err := a.readPath(name)
		if err != nil {
			return err
		}
		route.Link(deployments...)
		for _, deployment := range deployments {
			findings = append(findings, lint.Run(rules, deployment)...)
		}
		n, err := flags.write(a, dir, lint.Suppress(rules, findings, deployments...))
		if err != nil {
			return err
		}
		failing += n
	}
	if failing > 0 {
		return &exitError{code: exitFindings}
	}
	return nil
}

// readPath reads the deployments of a directory or a guide, and returns the folder that the files of their findings are in.
func (a *app) readPath(name string) (dir string, deployments []*model.Deployment, findings []diag.Finding, err error) {
	dir = a.path(name)
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(dir), ".md"):
		file := filepath.Base(dir)
		dir = filepath.Dir(dir)
		var text []byte
		if text, err = os.ReadFile(filepath.Join(dir, file)); err == nil {
			deployments, findings, err = read.Markdown(file, text)
		}
	case err != nil || !info.IsDir():
		return "", nil, nil, usageError("give a directory, or a guide that ends in .md", "%s is not a directory", name)
	default:
		var root *os.Root
		if root, err = os.OpenRoot(dir); err == nil {
			defer root.Close()
			deployments, findings, err = read.Deployments(root.FS())
		}
	}
	if err != nil {
		return "", nil, nil, &exitError{code: exitFailed, message: err.Error()}
	}
	return dir, deployments, findings, nil
}
