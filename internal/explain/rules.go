package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// place is a key in a document of an example.
type place struct{ upstream, path string }

// rulesOn returns the rules that look at a key: their page names it, or their example is found or mended there, or at the sibling that takes
// it from a file. Rules that hold any key against the table are not among them.
func (b *Book) rulesOn(k upstreamKey) []lint.Rule {
	if b.examples == nil {
		b.examples = map[string][]place{}
		for _, rule := range b.rules {
			b.examples[rule.Name] = mended(rule)
		}
	}
	wanted := [][]string{parts(k.path)}
	for _, sibling := range []string{k.key.File, k.key.ReplacesKey} {
		if sibling != "" {
			wanted = append(wanted, append(slices.Clone(wanted[0][:len(wanted[0])-1]), sibling))
		}
	}
	var found []lint.Rule
	for _, rule := range b.rules {
		switch {
		case slices.Contains(general(), rule.Name):
			continue
		case rule.Name == "secret-in-plaintext" && k.key.Secret:
			found = append(found, rule)
			continue
		}
		mends := slices.ContainsFunc(b.examples[rule.Name], func(p place) bool {
			return p.upstream == k.upstream && slices.ContainsFunc(wanted, func(w []string) bool { return slices.Equal(parts(p.path), w) })
		})
		if mends || speaksOf(rule, k) {
			found = append(found, rule)
		}
	}
	return found
}

// general returns the rules that hold any key against the table: what their examples show stands for all.
func general() []string {
	return []string{"syntax-error", "unknown-key", "required-key-missing", "wrong-value-type", "section-is-null", "key-defined-twice", "key-not-in-this-version"}
}

// speaksOf reports whether the page of a rule names a key: its path, or its name, if that is a name of nothing else.
func speaksOf(rule lint.Rule, k upstreamKey) bool {
	if !slices.Contains(strings.Split(rule.Documents, ", "), strings.ToLower(k.prefix)) {
		return false
	}
	name := strings.ReplaceAll(k.path, "[]", "")
	if !strings.ContainsAny(name, "._") { // a word such as email or enabled
		return false
	}
	text := strings.Join([]string{rule.Title, rule.Why, rule.Sees, rule.Versions, rule.Repairs}, "\n")
	return regexp.MustCompile(`(^|[^A-Za-z0-9_.])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_.]|\.(\s|$))`).MatchString(text)
}

// mended returns the keys at which the examples of a rule differ, and those at which its finding stands or points.
func mended(rule lint.Rule) []place {
	before, after := exampleOf(rule, rule.Before), exampleOf(rule, rule.After)
	found := before.judged
	for at, value := range before.leaves {
		if after.leaves[at] != value {
			found = append(found, at)
		}
	}
	for at := range after.leaves {
		if _, was := before.leaves[at]; !was {
			found = append(found, at)
		}
	}
	return found
}

// example is what stands in the documents of an example.
type example struct {
	// leaves are the values. Of a list that has several, all are one text.
	leaves map[place]string
	// judged are the keys that a finding is about.
	judged []place
	at     map[diag.Position]bool
}

func exampleOf(rule lint.Rule, archive string) *example {
	e := &example{leaves: map[place]string{}, at: map[diag.Position]bool{}}
	deployments, _, err := link.Read(filesOf(archive))
	if err != nil || len(deployments) == 0 {
		return e
	}
	for _, d := range deployments {
		for _, f := range lint.Run([]lint.Rule{rule}, d) {
			e.at[f.Position] = true
			for _, related := range f.Related {
				e.at[related.Position] = true
			}
		}
		for _, doc := range d.Documents {
			if doc.Upstream != "" {
				e.note(place{upstream: doc.Upstream}, doc.Root)
			}
		}
	}
	return e
}

func (e *example) note(at place, n *model.Node) {
	if n == nil {
		return
	}
	if at.path != "" && e.at[n.Position] {
		e.judged = append(e.judged, at)
	}
	for _, f := range n.Fields {
		below := place{at.upstream, strings.TrimPrefix(at.path+"."+f.Key, ".")}
		if e.at[f.Position] {
			e.judged = append(e.judged, below)
		}
		e.note(below, f.Value)
	}
	for _, item := range n.Items {
		e.note(place{at.upstream, at.path + "[]"}, item)
	}
	if len(n.Fields)+len(n.Items) == 0 {
		at.path = strings.TrimSuffix(at.path, "[]")
		e.leaves[at] += n.Text + "\n"
	}
}

// filesOf returns the files of an archive in txtar form.
func filesOf(archive string) fstest.MapFS {
	files := fstest.MapFS{} // an ordinary file system in memory, whatever its package is called
	var open *fstest.MapFile
	for line := range strings.Lines(archive) {
		name, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- ")
		if name, ok := strings.CutSuffix(name, " --"); found && ok {
			open = &fstest.MapFile{}
			files[name] = open
		} else if open != nil {
			open.Data = append(open.Data, line...)
		}
	}
	return files
}
