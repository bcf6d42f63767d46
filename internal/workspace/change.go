package workspace

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/lint"
)

// LintChange checks what changed in the stack since the earlier side, where it was called so. A stack that is new there has not changed.
func (s *Stack) LintChange(rules []lint.Rule, old Side, was string) ([]diag.Finding, error) {
	then, err := old.load(s.compiler, was)
	switch {
	case err != nil:
		return nil, err
	case then.deployment == nil && len(then.findings) > 0:
		return []diag.Finding{{
			Rule: "not-linted", Severity: diag.Info, Position: diag.Position{File: path.Join(compile.StacksFolder, s.Name)},
			Message: fmt.Sprintf("the stack of %s does not compile with this matrixgen, and out/ has nothing of it: what changed since is not judged", old.Name),
		}}, nil
	case then.deployment == nil:
		return nil, nil
	}
	before := then.deployment
	if before.Acknowledged, err = compile.Acknowledgements(old, was); err != nil {
		return nil, err
	}
	findings := s.place(lint.RunChange(rules, before, s.Deployment), s.changed(before, old, was))
	s.placeRemoved(findings, old, was)
	for i, f := range findings {
		for j, r := range f.Related {
			if path.Ext(r.File) != ".cue" {
				f.Related[j].File = path.Join(OutFolder, was, r.File) // read from what was built
			}
		}
		findings[i] = at(old.Name, f)
	}
	return lint.Acknowledge(rules, findings, before, s.Deployment), nil
}

// changed takes the values and the fields that are not as they were: one of them decided what a rule on change finds.
func (s *Stack) changed(before *model.Deployment, old Side, was string) provenance.Sieve {
	sieve := provenance.Sieve{Value: func(document string, path []string) bool {
		then, now := before.Document(document), s.Compiled.Document(document)
		return then == nil || now == nil || !same(follow(then.Root, path), follow(now.Root, path))
	}}
	written, err := s.compiler.Written(old, was)
	now, nowErr := s.compiler.Written(s.files, s.Name)
	if err == nil && nowErr == nil { // else the older stack is not there, or not for this matrixgen
		sieve.Field = func(path []string) bool { return !same(follow(written, path), follow(now, path)) }
	}
	return sieve
}

// placeRemoved gives a finding for which no line of the stack is left the place where one was taken away, if nothing else was changed: what is nearest to it in the
// files of today. The line of then is told beside it.
func (s *Stack) placeRemoved(findings []diag.Finding, old Side, was string) {
	if !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Position == s.top() }) {
		return
	}
	then, err := s.compiler.Written(old, was)
	now, nowErr := s.compiler.Written(s.files, s.Name)
	if err != nil || nowErr != nil {
		return
	}
	gone, only := removed(then, now)
	if !only || len(gone) == 0 {
		return
	}
	for i, f := range findings {
		if f.Position != s.top() {
			continue
		}
		if kept := gone[0].kept; kept.File != "" && !slices.ContainsFunc(gone, func(g lostField) bool { return g.kept != kept }) {
			findings[i].Position = kept
		}
		for _, g := range gone {
			findings[i].Related = append(findings[i].Related, diag.Related{Position: g.was, Message: "this line is gone"})
		}
	}
}

// lostField is a field of a stack that is gone: where it was, and where the struct is that had it, if that is still there.
type lostField struct{ was, kept diag.Position }

// removed returns the fields that a struct no longer has, and whether nothing else is different.
func removed(then, now *model.Node) (gone []lostField, only bool) {
	if then.Kind != model.Map || now.Kind != model.Map {
		return nil, same(then, now)
	}
	for _, f := range now.Fields {
		if then.Get(f.Key) == nil {
			return nil, false
		}
	}
	for _, f := range then.Fields {
		after := now.Field(f.Key)
		if after == nil {
			gone = append(gone, lostField{was: f.Position})
			continue
		}
		inner, alike := removed(f.Value, after.Value)
		if !alike {
			return nil, false
		}
		for _, lost := range inner {
			if lost.kept.File == "" {
				lost.kept = after.Position
			}
			gone = append(gone, lost)
		}
	}
	return gone, true
}

// follow returns the value at a path of keys and of numbers of items, or nil.
func follow(n *model.Node, path []string) *model.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		if i, err := strconv.Atoi(key); err == nil && n.Kind == model.List {
			if i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		n = n.Get(key)
	}
	return n
}

// same reports whether two values say the same, or are both not there.
func same(a, b *model.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Text == b.Text &&
		slices.EqualFunc(a.Items, b.Items, same) &&
		slices.EqualFunc(a.Fields, b.Fields, func(a, b model.Field) bool { return a.Key == b.Key && same(a.Value, b.Value) })
}

// at says of the earlier places that a finding speaks of which revision they are of.
func at(revision string, f diag.Finding) diag.Finding {
	for i := range f.Related {
		f.Related[i].Message += ", at " + revision
	}
	return f
}

// pathChanges checks what changed in the deployments of a directory. They are the same by their name.
func (l *Linter) pathChanges(ctx context.Context, folder string, deployments []*model.Deployment) ([]diag.Finding, error) {
	old, err := l.Against.Earlier(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer old.Close()
	earlier, _, err := link.Read(old)
	if err != nil {
		return nil, err
	}
	var findings []diag.Finding
	for _, after := range deployments {
		i := slices.IndexFunc(earlier, func(d *model.Deployment) bool { return d.Name == after.Name })
		if i < 0 || after.Guide {
			continue
		}
		changes := lint.RunChange(l.Rules, earlier[i], after)
		for i := range changes {
			changes[i] = at(old.Name, changes[i])
		}
		findings = append(findings, lint.Acknowledge(l.Rules, changes, earlier[i], after)...)
	}
	return findings, nil
}
