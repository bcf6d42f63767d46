package workspace

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/move"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/review"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// Reviewed is what differs in one stack between two sides.
type Reviewed struct {
	Review review.Stack
	// Findings say why the stack of the new side does not compile. Its review is then review.Broken.
	Findings []diag.Finding
}

// Review says what differs in a stack between two sides. It was called so on the older side.
func Review(compiler *compile.Compiler, comparer *change.Comparer, old, new Side, was, stack string) (Reviewed, error) {
	result := Reviewed{Review: review.Stack{Name: stack, State: review.Unchanged}}
	after, err := new.load(compiler, stack)
	if err != nil {
		return result, err
	}
	if after.deployment == nil && len(after.findings) > 0 {
		result.Findings, result.Review.State = after.findings, review.Broken
		return result, nil
	}
	before, err := old.load(compiler, was)
	if err != nil {
		return result, err
	}
	if err = fillReview(&result.Review, comparer, was, before, after); err == nil {
		err = addSecrets(&result.Review, compiler, before, after)
	}
	if err == nil {
		err = maskEverywhere(&result.Review, comparer, before, after)
	}
	if len(before.findings) > 0 && before.deployment == nil {
		result.Review.Note = fmt.Sprintf("The stack of %s does not compile here: all of it is shown as new.", old.Name)
	}
	if was != stack {
		result.Review.Note = strings.TrimSpace(fmt.Sprintf("It was the stack %s: the same server, in another folder. %s", was, result.Review.Note))
	}
	return result, err
}

// fillReview adds what differs between two states of a stack.
func fillReview(s *review.Stack, comparer *change.Comparer, was string, before, after state) error {
	names := map[string]bool{}
	for _, file := range slices.Concat(before.files, after.files) {
		names[file.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		file, differs, err := diffFile(comparer, was, s.Name, name, before, after)
		if err != nil {
			return err
		}
		if differs {
			s.Files = append(s.Files, file)
		}
	}
	switch {
	case before.deployment == nil && after.deployment == nil:
		return nil
	case before.deployment == nil:
		s.State = review.New
		return nil
	case after.deployment == nil:
		s.State, s.Changes = review.Removed, []change.Change{change.Gone(before.deployment)}
		return nil
	case len(s.Files) == 0:
		return nil
	}
	s.State = review.Changed
	if s.Steps = move.Steps(before.deployment, after.deployment); s.Steps != nil {
		s.Changes = []change.Change{change.Move(before.deployment)}
		return nil
	}
	var err error
	s.Changes, s.Note, err = settings(comparer, before, after)
	return err
}

// shortestSecret is how long a value must be to be masked wherever it stands: what is shorter is part of other words.
const shortestSecret = 8

// maskEverywhere masks in all that is shown of a stack what is known as a secret in any of its files: somebody may have written it into a comment or a command, too.
func maskEverywhere(s *review.Stack, comparer *change.Comparer, before, after state) error {
	var known []string
	for _, side := range []state{before, after} {
		if side.deployment == nil {
			continue
		}
		secrets := sensitive.Secrets(side.deployment)
		for _, doc := range side.deployment.Documents {
			masked, err := comparer.Secrets(doc)
			if err != nil {
				return err
			}
			secrets = append(secrets, masked...)
		}
		known = append(known, slices.DeleteFunc(secrets, func(text string) bool { return len(text) < shortestSecret || strings.HasPrefix(text, "/") })...)
	}
	mask := sensitive.NewMasker(known)
	for i := range s.Files {
		s.Files[i].Diff = mask.Known(s.Files[i].Diff)
	}
	for i := range s.Changes {
		s.Changes[i].From, s.Changes[i].To = mask.Known(s.Changes[i].From), mask.Known(s.Changes[i].To)
	}
	return nil
}

// addSecrets adds what differs in the SOPS file of a stack. Its text tells nobody anything, and is not shown.
func addSecrets(s *review.Stack, compiler *compile.Compiler, before, after state) error {
	if before.deployment == nil || after.deployment == nil {
		return nil
	}
	catalogue, err := compiler.Secrets()
	if err != nil {
		return err
	}
	s.Changes = append(s.Changes, change.Secrets(before.deployment.Sealed, after.deployment.Sealed, catalogue)...)
	slices.SortStableFunc(s.Changes, func(a, b change.Change) int { return cmp.Compare(b.Level, a.Level) })
	if len(s.Changes) > 0 {
		s.State = review.Changed
	}
	return nil
}

// diffFile compares a file of a stack, without the secrets in it.
func diffFile(comparer *change.Comparer, was, stack, name string, before, after state) (review.File, bool, error) {
	full := path.Join(OutFolder, stack, name)
	file := review.File{Name: full, Kind: change.Changed}
	old, oldText, err := maskedFile(comparer, before, name)
	if err != nil {
		return file, false, err
	}
	new, newText, err := maskedFile(comparer, after, name)
	if err != nil {
		return file, false, err
	}
	oldName, newName := "a/"+path.Join(OutFolder, was, name), "b/"+full
	switch {
	case old == nil:
		file.Kind, oldName = change.Added, "/dev/null"
	case new == nil:
		file.Kind, newName = change.Removed, "/dev/null"
	case bytes.Equal(old.Content, new.Content):
		return file, false, nil
	}
	file.Diff = outdir.Unified(oldName, newName, []byte(oldText), []byte(newText))
	return file, true, nil
}

// maskedFile returns a file of a stack, or nil, and its text without secrets.
func maskedFile(comparer *change.Comparer, s state, name string) (*outdir.File, string, error) {
	i := slices.IndexFunc(s.files, func(f outdir.File) bool { return f.Name == name })
	if i < 0 {
		return nil, "", nil
	}
	var doc *model.Document
	if s.deployment != nil {
		doc = s.deployment.Document(name)
	}
	text, err := comparer.Mask(string(s.files[i].Content), doc)
	return &s.files[i], text, err
}

// settings returns what changed in the documents of two states, setting by setting. A document that only one of the states could read is told as a
// file, and in the note.
func settings(comparer *change.Comparer, before, after state) ([]change.Change, string, error) {
	var unread []string
	for _, doc := range after.deployment.Documents {
		if has(before, doc.Name) && doc.Format != model.Text && before.deployment.Document(doc.Name) == nil {
			unread = append(unread, doc.Name)
		}
	}
	comparable := func(s state) *model.Deployment {
		d := *s.deployment
		d.Documents = slices.DeleteFunc(slices.Clone(d.Documents), func(doc *model.Document) bool {
			return doc.Format == model.Text || slices.Contains(unread, doc.Name)
		})
		for i, doc := range d.Documents {
			d.Documents[i] = withoutIncluded(doc.Written())
		}
		return &d
	}
	changes, err := comparer.Compare(comparable(before), comparable(after))
	if err != nil {
		return nil, "", err
	}
	changes = append(changes, comparer.Around(before.deployment, after.deployment)...)
	if has(before, readmeFile) && has(after, readmeFile) {
		changes = append(changes, comparer.RouteTable(string(content(before, readmeFile)), string(content(after, readmeFile)))...)
	}
	told := map[string]bool{}
	for _, c := range changes {
		told[c.Document] = true
	}
	for _, file := range after.files {
		if told[file.Name] || !has(before, file.Name) || bytes.Equal(content(before, file.Name), file.Content) {
			continue
		}
		// The comments or the order of a document, or a text.
		if c := comparer.File(file.Name, change.Changed, after.deployment); c.Level > format.Nothing {
			changes = append(changes, c)
		}
	}
	note := ""
	if len(unread) > 0 {
		note = fmt.Sprintf("Before, %s did not parse: not compared setting by setting.", strings.Join(unread, " and "))
	}
	return changes, note, nil
}

// readmeFile is where the operator of a stack reads what to do, the routes of his own proxy among it.
const readmeFile = "README.md"

func has(s state, name string) bool {
	return slices.ContainsFunc(s.files, func(f outdir.File) bool { return f.Name == name })
}

func content(s state, name string) []byte {
	i := slices.IndexFunc(s.files, func(f outdir.File) bool { return f.Name == name })
	return s.files[i].Content
}
