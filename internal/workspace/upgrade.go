package workspace

import (
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upgrade"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// Upgrader looks at what newer images mean.
type Upgrader struct {
	Want upgrade.Want
	// Digests are by product those that the new images are pinned to.
	Digests map[string]string
}

// Upgraded is a stack with what newer images mean for it.
type Upgraded struct {
	Plan       *upgrade.Plan
	Deployment *model.Deployment
	// Fix writes the new tags and digests into the operator's files; nil if there is nothing to write.
	Fix *diag.Fix
	// Findings say why the stack does not compile; there is no plan then. Refused says why the files cannot be changed; nil if they can.
	Findings []diag.Finding
	Refused  error
}

// Stack looks at a stack of a repository.
func (u *Upgrader) Stack(compiler *compile.Compiler, files fs.FS, name string) (Upgraded, error) {
	stack, findings, err := Load(compiler, files, name)
	if err != nil || stack == nil {
		return Upgraded{Findings: findings}, err
	}
	plan, err := upgrade.New(stack.Deployment, u.Want)
	if err != nil {
		return Upgraded{}, err
	}
	written, err := compiler.Written(files, name)
	if err != nil {
		return Upgraded{}, err
	}
	plan.Stack = true
	result := Upgraded{Plan: plan, Deployment: stack.Deployment}
	pins := pins{upgrader: u, files: files, stack: name, written: written, does: &diag.Fix{Does: "raise the images of " + name}}
	for _, m := range plan.Moves {
		place(stack.Deployment, m, written)
		if m.Raised() && result.Refused == nil {
			result.Refused = pins.raise(m)
		}
	}
	if result.Refused == nil {
		result.Fix, result.Refused = pins.fix()
	}
	return result, u.lintStack(compiler, files, stack, &result)
}

// place notes where the operator wrote the tag and the digest of an image. One that he wrote whole, of a service of his own, stays where it is.
func place(d *model.Deployment, m *upgrade.Move, written *model.Node) {
	if d.Chart == nil && !compile.Derived(m.Image.Position) {
		return
	}
	m.Image.Position = diag.Position{}
	for _, field := range imageFields(m, written) {
		if tag := written.At(append(field, "tag")...); tag != nil && m.Written.File == "" {
			m.Written = tag.Position
		}
		if digest := written.At(append(field, "digest")...); digest != nil && m.Digest.File == "" {
			m.Digest = digest.Position
		}
	}
}

// pins are the tags and digests in the files of a stack, and what becomes of them.
type pins struct {
	upgrader *Upgrader
	files    fs.FS
	stack    string
	written  *model.Node
	does     *diag.Fix
	lines    []string // what is written nowhere yet
}

// raise notes the new tag of an image, at its place, or as a line of its own if it has none yet.
func (p *pins) raise(m *upgrade.Move) error {
	digest := p.upgrader.Digests[m.Product]
	if m.Image.Position.File != "" {
		return p.whole(m, digest)
	}
	for _, field := range imageFields(m, p.written) {
		if err := p.field(m, field, digest); err != nil {
			return err
		}
	}
	return nil
}

// field notes the new tag of an image in one field of the stack, and the new digest.
func (p *pins) field(m *upgrade.Move, field []string, digest string) error {
	tag, pinned := p.written.At(append(field, "tag")...), p.written.At(append(field, "digest")...)
	if tag == nil {
		p.lines = append(p.lines, asLine(field, "tag", strconv.Quote(m.To)))
	} else if err := p.edit(m, diag.Edit{Position: tag.Position, Old: m.From, New: m.To}); err != nil {
		return err
	}
	switch {
	case pinned != nil && digest == "":
		return p.wantsDigest(m, pinned.Position)
	case pinned != nil:
		return p.edit(m, diag.Edit{Position: pinned.Position, Old: m.Image.Digest, New: digest})
	case digest != "":
		p.lines = append(p.lines, asLine(field, "digest", strconv.Quote(digest)))
	}
	return nil
}

// whole notes the new image of a service that the operator wrote himself.
func (p *pins) whole(m *upgrade.Move, digest string) error {
	old, new := m.Image.Repository+":"+m.From, m.Image.Repository+":"+m.To
	if m.Image.Digest != "" {
		old += "@" + m.Image.Digest
		if digest == "" {
			return p.wantsDigest(m, m.Image.Position)
		}
	}
	if digest != "" {
		new += "@" + digest
	}
	for _, at := range m.Places {
		if err := p.edit(m, diag.Edit{Position: at, Old: old, New: new}); err != nil {
			return err
		}
	}
	return nil
}

func (p *pins) wantsDigest(m *upgrade.Move, at diag.Position) error {
	return refuse("give that of the new image: --digest "+m.Product+"=sha256:…; docker buildx imagetools inspect "+m.Image.Repository+":"+m.To+" prints it",
		"%s:%d: the stack %s pins %s to a digest, which a new tag does not change", at.File, at.Line, p.stack, m.Title)
}

// edit notes a change of what stands at a place.
func (p *pins) edit(m *upgrade.Move, e diag.Edit) error {
	exact := fix.Resolve(&diag.Fix{Edits: []diag.Edit{e}}, func(name string) ([]byte, error) { return fs.ReadFile(p.files, name) })
	if exact == nil {
		return refuse("change it by hand", "%s:%d: the image of %s is not written out there", e.File, e.Line, m.Title)
	}
	p.does.Edits = append(p.does.Edits, exact.Edits...)
	return nil
}

// fix returns all changes of the stack, or nil.
func (p *pins) fix() (*diag.Fix, error) {
	if len(p.lines) > 0 {
		name := path.Join(compile.StacksFolder, p.stack, "stack.cue")
		text, err := fs.ReadFile(p.files, name)
		if err != nil {
			return nil, refuse("write it into one of its files: "+strings.Join(p.lines, "; "), "the stack %s has no file stack.cue for the new tag", p.stack)
		}
		at, before := end(name, string(text))
		p.does.Edits = append(p.does.Edits, diag.Edit{Position: at, New: before + strings.Join(p.lines, "\n") + "\n", Form: diag.Exact})
	}
	if len(p.does.Edits) == 0 {
		return nil, nil
	}
	return p.does, nil
}

// end returns the place behind the last character of a file, and what has to be put there before a new line begins.
func end(name, text string) (diag.Position, string) {
	lines := strings.Split(text, "\n")
	last := lines[len(lines)-1]
	before := ""
	if last != "" {
		before = "\n"
	}
	return diag.Position{File: name, Line: len(lines), Column: utf8.RuneCountInString(last) + 1}, before
}

// lintStack adds to a plan what lint says of the stack with the new images, and does not say of it now.
func (u *Upgrader) lintStack(compiler *compile.Compiler, files fs.FS, stack *Stack, result *Upgraded) error {
	if result.Fix == nil {
		return nil
	}
	tree := fix.NewTree(files)
	if _, err := tree.Make([]*diag.Fix{result.Fix}); err != nil {
		return err
	}
	after, findings, err := Load(compiler, tree, stack.Name)
	if err != nil {
		return err
	}
	if after == nil {
		result.Plan.Findings = diag.Sort(findings)
		return nil
	}
	result.Plan.Findings = added(stack.Lint(rules.All()), after.Lint(rules.All()))
	return nil
}

// added returns the findings that were not there before, wherever they were.
func added(before, after []diag.Finding) []diag.Finding {
	return slices.DeleteFunc(after, func(f diag.Finding) bool {
		return slices.ContainsFunc(before, func(b diag.Finding) bool { return b.Rule == f.Rule && b.File == f.File && b.Message == f.Message })
	})
}

// Path looks at the deployments in a directory that others wrote. dir is the folder that a relative name begins at. Nothing of it is ever written.
func (u *Upgrader) Path(ctx context.Context, dir, name string) ([]*upgrade.Plan, error) {
	folder, guide, err := folderOf(join(dir, name), name)
	if err != nil {
		return nil, err
	}
	source, err := Directory(ctx, folder, false)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	before, err := deploymentsOf(source, guide)
	if err != nil {
		return nil, err
	}
	var plans []*upgrade.Plan
	tree := fix.NewTree(source)
	for _, d := range before {
		plan, err := upgrade.New(d, u.Want)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
		if raised := raise(tree, d, plan); !raised {
			plan.Note = "an image is not written where its tag could be replaced: lint was not asked about the new ones"
		}
	}
	after, err := deploymentsOf(tree, guide)
	if err != nil {
		return nil, err
	}
	for i, plan := range plans {
		if j := slices.IndexFunc(after, func(d *model.Deployment) bool { return d.Name == plan.Name }); j >= 0 {
			plan.Findings = added(LintAll(rules.All(), before[i:i+1]), LintAll(rules.All(), after[j:j+1]))
			plan.Findings = diag.Sort(plan.Findings)
		}
		plan.Name = path.Join(filepath.ToSlash(name), plan.Name)
	}
	return slices.DeleteFunc(plans, func(p *upgrade.Plan) bool { return len(p.Moves) == 0 }), nil
}

func deploymentsOf(files fs.FS, guide string) ([]*model.Deployment, error) {
	found, _, err := linkWhole(files, guide)
	return slices.DeleteFunc(found, isOverlay), err
}

// raise writes the new tags into the tree, in memory, and reports whether that was possible for all of them.
func raise(tree *fix.Tree, d *model.Deployment, plan *upgrade.Plan) bool {
	all := true
	for _, m := range plan.Moves {
		if m.State != upgrade.Behind {
			continue
		}
		for _, name := range m.Services {
			at, old, new := m.Image.Position, m.Image.Tag, m.To // values of a chart have the tag by itself
			if s := d.Service(name); s != nil {
				at, old, new = s.Image.Position, s.Image.Repository+":"+s.Image.Tag, s.Image.Repository+":"+m.To
			}
			exact := fix.Resolve(diag.Rewrite(at, old, new), func(file string) ([]byte, error) { return fs.ReadFile(tree, file) })
			if exact == nil {
				all = false
				continue
			}
			if _, err := tree.Make([]*diag.Fix{exact}); err != nil {
				all = false
			}
		}
	}
	return all
}

// Rewrite returns the changes that the fixes make in the files of a repository, and which stacks do not compile any more because of
// them, as findings.
func Rewrite(compiler *compile.Compiler, files fs.FS, stacks []string, fixes []*diag.Fix) ([]fix.Change, []diag.Finding, error) {
	tree := fix.NewTree(files)
	made, err := tree.Make(fixes)
	if err != nil {
		return nil, nil, err
	}
	if slices.Contains(made, false) {
		return nil, nil, refuse("upgrade one stack at a time", "two stacks want different images at the same place")
	}
	var wrong []diag.Finding
	for _, stack := range stacks {
		loaded, findings, err := Load(compiler, tree, stack)
		if err != nil {
			return nil, nil, err
		}
		if loaded != nil {
			continue
		}
		before, _, err := Load(compiler, files, stack)
		if err != nil {
			return nil, nil, err
		}
		if before != nil { // what is wrong anyhow is not because of the new tags
			wrong = append(wrong, findings...)
		}
	}
	changes, err := tree.Changes()
	return changes, diag.Sort(wrong), err
}
