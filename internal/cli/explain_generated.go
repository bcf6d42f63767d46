package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/suggest"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// generated is what a build of a stack would write, line by line.
type generated struct {
	trace *provenance.Trace
	lines map[string][]model.Line
	// secrets are the places of values that a rule takes for secrets in plain text.
	secrets []diag.Position
}

// generate compiles a stack and follows where its files come from.
func (a *app) generate(root, stack string) (*generated, error) {
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil, err
	}
	defer a.compilers.Give(compiler)
	s, err := a.loadStack(compiler, os.DirFS(root), stack, fmt.Sprintf("stack %s is wrong: a build of it writes nothing", stack))
	if err != nil {
		return nil, err
	}
	g := &generated{}
	if g.trace, err = s.Trace(); err != nil {
		return nil, err
	}
	for _, f := range lint.Run(rules.All(), s.Deployment) {
		if f.Secret {
			g.secrets = append(g.secrets, f.Position)
		}
	}
	g.lines, err = s.Lines()
	return g, err
}

// nearest says which files there are.
func (g *generated) nearest(document string) string {
	var names []string
	for name := range g.lines {
		names = append(names, name)
	}
	slices.Sort(names)
	if name := suggest.Nearest(document, names); name != "" {
		return fmt.Sprintf("did you mean %s?", name)
	}
	return "its stack generates " + strings.Join(names, ", ")
}
