package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// pictures are the formats of graph, and how each is drawn.
func pictures() map[string]func(*graph.Graph) string {
	return map[string]func(*graph.Graph) string{"mermaid": (*graph.Graph).Mermaid, "dot": (*graph.Graph).DOT, "svg": (*graph.Graph).SVG}
}

// pictureNames are their names in the order in which help shows them.
var pictureNames = []string{"mermaid", "dot", "svg"}

func newGraphCmd(a *app) *cobra.Command {
	var format, output string
	cmd := &cobra.Command{
		Use:   "graph [STACK | PATH]",
		Short: "Draw a stack: hosts, routes, services, sign-in, databases, shared secrets",
		Long: `graph draws a stack, or the deployment in a directory, whoever wrote it: which hosts and
paths lead to which service, who asks whom, who signs users in, with the redirect URIs, and
which secret is shared by whom, by name. Without a name it draws the only stack.

A server in several folders with one proxy is one picture, if the folder above is given.

mermaid is what GitHub, GitLab and Forgejo show in Markdown; a build puts it into
out/<stack>/README.md. dot is for Graphviz. svg stands on its own, on light and dark.`,
		Example: `  matrixgen graph home
  matrixgen graph home --output home.svg
  matrixgen graph /srv/matrix --format dot | dot -Tpdf -o matrix.pdf`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("format") && output != "" {
				if format = pictureOf(output); format == "" {
					return usageError("", "%s does not say what to draw: end it in .mmd, .dot or .svg, or give --format", output)
				}
			}
			if !slices.Contains(pictureNames, format) {
				return usageError("", "--format is %q, want mermaid, dot or svg", format)
			}
			parts, err := a.drawn(cmd.Context(), args)
			if err != nil {
				return err
			}
			return a.writePicture(output, pictures()[format](graph.Of(parts...)))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.stacks(), cobra.ShellCompDirectiveDefault // paths, too
		},
	}
	cmd.Flags().StringVar(&format, "format", "mermaid", "draw as mermaid, dot or svg")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to `FILE`, whose ending says the format: .mmd, .dot or .svg")
	completeFlags(cmd, map[string]func() []string{"format": oneOf(pictureNames...)})
	return cmd
}

// pictureOf returns the format that the ending of a file asks for, or "".
func pictureOf(file string) string {
	return map[string]string{".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}[filepath.Ext(file)]
}

func (a *app) writePicture(output, text string) error {
	if output == "" {
		fmt.Fprint(a.Out, text)
		return nil
	}
	if err := os.WriteFile(a.path(output), []byte(text), 0o644); err != nil {
		return failed(err)
	}
	return nil
}

// drawn returns the parts of the deployment that the arguments name: a stack, which is one, or else what is at a path.
func (a *app) drawn(ctx context.Context, args []string) ([]*model.Deployment, error) {
	if len(args) > 0 && !slices.Contains(a.stacks(), workspace.StackName(args[0])) {
		if _, err := os.Stat(a.path(args[0])); err == nil {
			return a.drawnPath(ctx, args[0])
		}
	}
	root, err := a.repository()
	switch {
	case err != nil && len(args) > 0:
		return nil, usageError("give a directory, a compose file, or a guide that ends in .md", "there is no %s", args[0])
	case err != nil:
		return nil, err
	}
	stack, err := workspace.One(os.DirFS(root), args)
	if err != nil {
		return nil, failed(err)
	}
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil, failed(err)
	}
	defer a.compilers.Give(compiler)
	s, err := a.loadStack(compiler, os.DirFS(root), stack, "stack "+stack+" does not compile")
	if err != nil {
		return nil, failed(err)
	}
	return []*model.Deployment{s.Deployment}, nil
}

// drawnPath returns the parts of the deployment in a directory, in a guide, or of a compose file. If there is none, it prints what reading found.
func (a *app) drawnPath(ctx context.Context, name string) ([]*model.Deployment, error) {
	parts, source, findings, err := workspace.Drawn(ctx, a.dir, name)
	defer source.Close()
	if err := a.writeText(a.Err, source, findings); err != nil {
		return nil, err
	}
	return parts, failed(err)
}
