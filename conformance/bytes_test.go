package conformance

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files returns the content of every generated file by its name: all but the secrets, which a test may have put there.
func (d deployment) files(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(d.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && name == "secrets" {
			return fs.SkipDir
		}
		if err == nil && !entry.IsDir() {
			files[name] = d.read(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestNoTemplates holds that nothing is left to be filled in: only compose knows ${…}, and Grafana the data source that its page asks for.
func TestNoTemplates(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		for name, content := range d.files(t) {
			if name == "docker-compose.yml" {
				// compose lets a lone $ pass, `docker stack` does not.
				if lone := bytes.Index(bytes.ReplaceAll(content, []byte("$$"), nil), []byte("$")); lone >= 0 {
					t.Errorf("%s has a $ that is not $$", name)
				}
				continue
			}
			if name == "metrics/dashboard.json" {
				content = bytes.ReplaceAll(content, []byte(`"${datasource}"`), nil)
			}
			if i := bytes.Index(content, []byte("${")); i >= 0 {
				t.Errorf("%s has a ${: …%s", name, content[i:min(len(content), i+60)])
			}
			if bytes.HasPrefix(content, []byte("\ufeff")) || !bytes.HasSuffix(content, []byte("\n")) {
				t.Errorf("%s starts with a byte order mark, or does not end in a newline", name)
			}
		}
	})
}

var pinned = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+:[A-Za-z0-9._-]*[0-9]+\.[0-9]+[A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$`)

// TestImagesPinned holds that every image names its registry and its version.
func TestImagesPinned(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		for name, service := range d.project(t).Services {
			if !pinned.MatchString(service.Image) {
				t.Errorf("%s runs %s, which is not pinned", name, service.Image)
			}
			if strings.Contains(service.Image, "matrix-org") && !strings.Contains(service.Image, "/matrix-hookshot:") { // which stayed there
				t.Errorf("%s runs %s, which is of the time before element-hq", name, service.Image)
			}
		}
	})
}

// TestSameBytes builds everything again, elsewhere and on one processor, and then once more in place.
func TestSameBytes(t *testing.T) {
	t.Setenv("GOMAXPROCS", "1")
	var again []deployment
	for _, source := range sources {
		root := filepath.Join(t.TempDir(), "a folder with another name")
		deployments, err := build(source, root)
		if err != nil {
			t.Fatal("a stack does not build: see TestBuild")
		}
		again = append(again, deployments...)
		if output, err := exec.Command(tool, "-C", root, "build", "--check").CombinedOutput(); err != nil {
			t.Errorf("build --check right after build: %v\n%s", err, output)
		}
	}
	for i, d := range again {
		first, second := built[i].files(t), d.files(t)
		if len(first) != len(second) {
			t.Errorf("%s: %d files, then %d", d.name, len(first), len(second))
		}
		for name := range first {
			if !bytes.Equal(first[name], second[name]) {
				t.Errorf("%s: two builds gave different bytes", filepath.Join(d.name, name))
			}
		}
	}
}
