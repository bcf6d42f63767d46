package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

// TestAdoptShared: of the servers that others wrote, at least eight of ten that are whole become stacks that compile, with a report that names every
// setting that is not as it was. The rest end with one reason. The folders are not part of the repository. A part of the proof is every 40th: a kind
// of setting that is neither taken nor named stands in most servers.
func TestAdoptShared(t *testing.T) {
	folders, _ := filepath.Glob("../../../shared/corpus/*")
	cases, _ := filepath.Glob("../../../shared/cases/*")
	folders = slices.DeleteFunc(append(folders, cases...), func(folder string) bool {
		info, err := os.Stat(folder)
		return err != nil || !info.IsDir()
	})
	if len(folders) == 0 {
		t.Skip("the folders are not here")
	}
	whole, taken := 0, 0
	for i, folder := range folders {
		if i%40 > 0 && !proofs.Whole {
			continue
		}
		a := Adoption{Dir: folder, At: folder, Stack: "chat", Answers: adopt.Answers{Shown: folder, Folder: "/srv/chat", ServerName: answered(filepath.Base(folder))}}
		adopted, findings, err := Adopt(context.Background(), compilers, a)
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			t.Logf("%s: %s", filepath.Base(folder), refusal.Message)
			if !strings.Contains(refusal.Message, "there is no Synapse in") && !strings.Contains(refusal.Message, "no file says the server name") {
				whole++
			}
		case err != nil:
			t.Errorf("%s: %v", folder, err)
		case len(findings) > 0:
			t.Logf("%s: %s", filepath.Base(folder), findings[0].Message)
			whole++
		default:
			whole, taken = whole+1, taken+1
			for _, setting := range append(unnamed(adopted), unnamedTwins(adopted)...) {
				t.Errorf("%s: %s is not as it was, and the report does not name it", folder, setting)
			}
		}
	}
	if 10*taken < 8*whole {
		t.Errorf("%d of %d whole servers became stacks", taken, whole)
	}
}

// answered is the server name of folders whose files leave it open.
func answered(folder string) string {
	switch folder {
	case "bridges", "traefik-rtc", "caddy-small", "demo", "external-proxy":
		return "example.org"
	}
	return ""
}

// unnamed returns the settings of the old configurations that the new ones do not have, and that the report does not name. Those by which services find
// each other, their files and their secrets are compared by what they lead to.
func unnamed(a *Adopted) []string {
	var missing []string
	for _, doc := range a.Result.Old.Files.Documents {
		now := a.Stack.Compiled.Document(doc.Name)
		if now == nil || doc.Name == "docker-compose.yml" {
			continue
		}
		for _, s := range scalars(nil, doc.Root) {
			path, value := strings.Join(s.path, "."), s.value
			if value.Kind == model.Null || alike(value, now.Root.At(s.path...)) || adopt.IsInside(doc.Name, path) || reported(a.Report, path) || value.Unknown {
				continue
			}
			if path == "http.issuer" && model.SameURL(value, now.Root.At("http", "public_base")) == model.Yes {
				continue // what MAS takes for it anyway
			}
			missing = append(missing, doc.Name+": "+path)
		}
	}
	return missing
}

// alike reports whether two values say the same, in whatever order their keys stand.
func alike(a, b *model.Node) bool {
	if a == nil || b == nil || a.Kind != b.Kind || a.Text != b.Text || len(a.Fields) != len(b.Fields) {
		return false
	}
	return slices.EqualFunc(a.Items, b.Items, alike) && !slices.ContainsFunc(a.Fields, func(f model.Field) bool { return !alike(f.Value, b.Get(f.Key)) })
}

// scalar is a value that is no map, at its path.
type scalar struct {
	path  []string
	value *model.Node
}

// scalars returns what is no map in a tree.
func scalars(above []string, n *model.Node) []scalar {
	var all []scalar
	for _, f := range n.Fields {
		path := append(slices.Clone(above), f.Key)
		if f.Value.Kind != model.Map {
			all = append(all, scalar{path, f.Value})
			continue
		}
		all = append(all, scalars(path, f.Value)...)
	}
	return all
}

// reported reports whether the report names a setting, or one that it is part of, or a part of it.
func reported(r *adopt.Report, path string) bool {
	about := func(setting string) bool {
		setting = strings.ReplaceAll(setting, `"`, "")
		_, tail, found := strings.Cut(setting, ".")
		for found && setting != "" && (strings.HasPrefix(setting, "override.") || strings.HasPrefix(setting, "synapse.") || strings.HasPrefix(setting, "mas.") || strings.HasPrefix(setting, "element.")) {
			setting = tail
			_, tail, found = strings.Cut(setting, ".")
		}
		setting, _, _ = strings.Cut(setting, "[")
		return setting != "" && (strings.HasPrefix(path, setting) || strings.HasPrefix(setting, path))
	}
	for _, c := range r.Changes {
		if about(c.Setting) {
			return true
		}
	}
	return slices.ContainsFunc(r.Notes, func(n adopt.Note) bool { return about(n.Subject) })
}

// unnamedTwins returns the keys that stand twice in the configuration of Synapse or MAS, with different values, and that the report does not name.
func unnamedTwins(a *Adopted) []string {
	var missing []string
	for _, c := range []*model.Configuration{a.Result.Old.Given.Synapse, a.Result.Old.Given.MAS} {
		if c == nil {
			continue
		}
		for _, doc := range c.Documents {
			for _, path := range twins(nil, doc.Root) {
				named := func(n adopt.Note) bool { return n.Subject == path && strings.Contains(n.Message, "stands there twice") }
				if !slices.ContainsFunc(a.Report.Notes, named) {
					missing = append(missing, doc.Name+": "+path)
				}
			}
		}
	}
	return missing
}

// twins returns the paths of keys that stand twice in one map with different values.
func twins(above []string, n *model.Node) []string {
	var all []string
	if n == nil {
		return nil
	}
	for i, f := range n.Fields {
		path := append(slices.Clone(above), f.Key)
		for _, later := range n.Fields[i+1:] {
			if later.Key == f.Key && !alike(f.Value, later.Value) {
				all = append(all, strings.Join(path, "."))
			}
		}
		all = append(all, twins(path, f.Value)...)
	}
	return all
}
