// Package compile turns a stack in CUE into the documents of a deployment. It is the only place that evaluates CUE, and no CUE value leaves it:
// what leaves are trees with positions, and findings in the operator's words.
package compile

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Compile returns the documents that the stack of that name below stacks/ describes, not linked. The files are those of a work tree, or of a
// revision of it. With findings it returns nil: a wrong stack gives no documents at all. An error means that files could not be read, or that the tool
// itself is wrong.
func (c *Compiler) Compile(repository fs.FS, name string) (*model.Files, []diag.Finding, error) {
	if !validName(name) {
		return nil, []diag.Finding{invalidName(name)}, nil
	}
	src, findings, err := readSources(repository, name)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	c.compiled++
	written, err := c.evaluate(src)
	if err != nil {
		return nil, nil, err
	}
	explain := &explainer{sources: src, language: c.stack, written: written, needed: "serverName"}
	if err := written.Err(); err != nil {
		return nil, explain.findings(err), nil
	}
	written = c.settle(src.files, written)
	explain.written = written
	stack := c.stack.Unify(written.FillPath(cue.MakePath(cue.Def("folder")), name))
	explain.stack = stack
	if err := stack.Validate(cue.Concrete(true)); err != nil {
		return nil, explain.findings(err), nil
	}
	if findings := explain.timeZone(); len(findings) > 0 {
		return nil, findings, nil
	}
	deployment, findings, err := c.documents(name, explain)
	if deployment != nil {
		deployment.Ignores = src.suppressions(path.Join(StacksFolder, name))
		deployment.Acknowledged, deployment.Unchecked = src.acknowledgements(), src.unchecked()
	}
	return deployment, findings, err
}

// evaluate returns the data of the stack's files as one value.
func (c *Compiler) evaluate(src *sources) (cue.Value, error) {
	instance := c.build.NewInstance("", nil)
	for _, file := range src.files {
		if err := instance.AddSyntax(file); err != nil {
			return cue.Value{}, fmt.Errorf("read %s: %w", file.Filename, err)
		}
	}
	return c.context.BuildInstance(instance), nil
}

// documents evaluates the rows of the outputs: for each file what is derived, with the operator's raw settings on top.
func (c *Compiler) documents(name string, explain *explainer) (*model.Files, []diag.Finding, error) {
	if err := c.secrets.decode(); err != nil {
		return nil, nil, fmt.Errorf("read secrets: %w", err)
	}
	outputs := c.outputs.FillPath(cue.MakePath(cue.Def("stack")), explain.stack)
	fields, err := outputs.LookupPath(cue.ParsePath("rows")).Fields()
	if err != nil {
		return nil, nil, fmt.Errorf("evaluate outputs of %s: %w", name, err)
	}
	deployment := &model.Files{Name: name}
	findings, err := explain.refused(name, outputs)
	if err != nil || len(findings) > 0 {
		return nil, diag.Sort(findings), err
	}
	for fields.Next() {
		doc, problems, err := c.document(fields.Selector().Unquoted(), fields.Value(), explain)
		if err != nil {
			return nil, nil, fmt.Errorf("evaluate %s of %s: %w", fields.Selector(), name, err)
		}
		findings = append(findings, problems...)
		deployment.Documents = append(deployment.Documents, doc)
	}
	if len(findings) > 0 {
		return nil, diag.Sort(findings), nil
	}
	deployment.Slots, err = c.slots(outputs.LookupPath(cue.ParsePath("#wired.secrets")), outputs.LookupPath(cue.ParsePath("#wired.uid")), explain.sources, deployment)
	if err != nil {
		return nil, nil, fmt.Errorf("evaluate the secrets of %s: %w", name, err)
	}
	slices.SortFunc(deployment.Documents, func(a, b *model.Document) int { return strings.Compare(a.Name, b.Name) })
	return deployment, nil, nil
}

// document returns the document of one row of schema/outputs.
func (c *Compiler) document(file string, value cue.Value, explain *explainer) (*model.Document, []diag.Finding, error) {
	var format, upstream string
	var overlays, elsewhere []string
	if err := decodeRow(value, &format, &upstream, &overlays, &elsewhere); err != nil {
		return nil, nil, err
	}
	content := value.LookupPath(cue.MakePath(cue.Str("derived")))
	if err := content.Validate(cue.Concrete(true)); err != nil {
		return nil, nil, err // it follows from a valid stack alone: our mistake
	}
	doc := &model.Document{Name: file, Format: model.Format(format), Upstream: upstream, Root: decoder{explain.sources, explain.project()}.node(content), Elsewhere: elsewhere}
	derived := doc.Root
	var findings []diag.Finding
	var laid []overlay
	for _, at := range overlays {
		raw := explain.written.LookupPath(cue.ParsePath(at))
		if !raw.Exists() {
			continue
		}
		overlay := overlay{path: at, document: doc, root: decoder{sources: explain.sources}.node(raw), unchecked: explain.sources.unchecked(), slots: c.secrets.slots}
		problems, err := checkOverlay(overlay)
		if err != nil {
			return nil, nil, err
		}
		if findings = append(findings, problems...); len(problems) > 0 {
			continue
		}
		merged, conflicts := overlay.merge()
		findings = append(findings, explain.conflicts(conflicts, overlay, content, raw)...)
		doc.Root, laid = merged, append(laid, overlay)
	}
	for _, overlay := range laid {
		findings = append(findings, overlay.unused(derived, doc.Root)...)
	}
	return doc, findings, nil
}

func decodeRow(value cue.Value, format, upstream *string, raw, elsewhere *[]string) error {
	for name, target := range map[string]any{"format": format, "upstream": upstream, "raw": raw, "elsewhere": elsewhere} {
		if field := value.LookupPath(cue.MakePath(cue.Str(name))); field.Exists() {
			if err := field.Decode(target); err != nil {
				return err
			}
		}
	}
	return nil
}
