package cli

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
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
	failed := func(err error) error {
		return &exitError{code: exitFailed, message: fmt.Sprintf("stack %s: %v", stack, err)}
	}
	compiler, err := compile.New()
	if err != nil {
		return nil, failed(err)
	}
	repository := os.DirFS(root)
	documents, findings, err := compiler.Compile(repository, stack)
	if err != nil {
		return nil, failed(err)
	}
	if documents == nil {
		if err := a.writeText(a.Err, repository, diag.Sort(findings)); err != nil {
			return nil, err
		}
		return nil, &exitError{code: exitUsage, message: fmt.Sprintf("stack %s is wrong: a build of it writes nothing", stack)}
	}
	g := &generated{}
	if g.trace, err = follow(compiler, repository, documents); err != nil {
		return nil, failed(err)
	}
	deployment := link.Deployment(documents)
	for _, f := range lint.Run(rules.All(), deployment) {
		if f.Secret {
			g.secrets = append(g.secrets, f.Position)
		}
	}
	if g.lines, err = generatedLines(documents, deployment); err != nil {
		return nil, failed(err)
	}
	return g, nil
}

// readmeText returns the README before anything is drawn into it.
func readmeText(d *model.Files) string {
	if doc := d.Document("README.md"); doc != nil {
		return doc.Root.Text
	}
	return ""
}

// generatedLines returns the lines of all files that a build of documents writes, which are linked in d, the record of it among them.
func generatedLines(documents *model.Files, d *model.Deployment) (map[string][]model.Line, error) {
	lines, err := emit.Lines(&d.Files)
	if err != nil {
		return nil, err
	}
	drawn := drawnDocuments(d)
	readme := lines["README.md"]
	for i, at := range graph.Lines(d, readmeText(documents)) {
		if readme[i].At = at; at < 0 {
			readme[i].Drawn = drawn
		}
	}
	rendered, err := emit.Render(&d.Files)
	if err != nil {
		return nil, err
	}
	var files []outdir.File
	for _, file := range rendered {
		files = append(files, outdir.File(file))
	}
	record, err := outdir.Manifest(files)
	if err != nil {
		return nil, err
	}
	lines[record.Name] = recordLines(string(record.Content), lines)
	return lines, nil
}

// drawnDocuments returns the documents of which the README has a picture.
func drawnDocuments(d *model.Deployment) []string {
	var names []string
	for _, doc := range d.Documents {
		configured := slices.ContainsFunc([]*model.Configuration{d.MAS, d.Synapse, d.Element}, func(c *model.Configuration) bool {
			return c != nil && slices.Contains(c.Documents, doc)
		})
		if configured || doc.Kind == model.KindCompose {
			names = append(names, doc.Name)
		}
	}
	return names
}

// recordLines returns the lines of the record of what a build writes.
func recordLines(record string, files map[string][]model.Line) []model.Line {
	var lines []model.Line
	for i, text := range strings.Split(strings.TrimSuffix(record, "\n"), "\n") {
		line := model.Line{Text: text, Role: model.Header, At: i}
		for name, inner := range files {
			if !strings.HasPrefix(strings.TrimSpace(text), strconv.Quote(name)+": ") {
				continue
			}
			line.Role, line.Sum = model.Content, []string{name}
			for _, other := range inner { // a hash of a hash, or of a picture
				line.Drawn = append(line.Drawn, slices.Concat(other.Sum, other.Drawn)...)
			}
		}
		slices.Sort(line.Drawn)
		line.Drawn = slices.Compact(line.Drawn)
		lines = append(lines, line)
	}
	return lines
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
