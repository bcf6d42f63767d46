package outdir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/outdir"
)

func buildStack(t *testing.T, root, stack string) {
	t.Helper()
	p, err := outdir.Compare(root, "out/"+stack, setA())
	must(t, err)
	must(t, p.Write())
}

func checkOrphans(t *testing.T, root string, stacks []string, want ...string) {
	t.Helper()
	orphans, err := outdir.Orphans(root, "out", stacks)
	must(t, err)
	if same, err := outdir.OrphansFS(os.DirFS(root), "out", stacks); err != nil || !slices.Equal(same, orphans) {
		t.Errorf("OrphansFS gives %+v, %v; Orphans %+v", same, err, orphans)
	}
	var got []string
	for _, o := range orphans {
		kind := "stray"
		if o.Generated {
			kind = "generated"
		}
		got = append(got, fmt.Sprintf("%s %s", kind, o.Name))
	}
	if !slices.Equal(got, want) {
		t.Errorf("orphans\n got %q\nwant %q", got, want)
	}
}

func TestOrphans(t *testing.T) {
	root := t.TempDir()
	checkOrphans(t, root, []string{"home"})
	out := filepath.Join(root, "out")
	for _, stack := range []string{"home", "club/prod", "club/test", "gone", "deep/er/gone"} {
		buildStack(t, root, stack)
	}
	put(t, filepath.Join(out, ".gitkeep"), "")
	put(t, filepath.Join(out, "notes.txt"), "mine\n")
	put(t, filepath.Join(out, "club", "README.md"), "mine\n")
	put(t, filepath.Join(out, "mine", "deep", "a"), "mine\n")
	put(t, filepath.Join(out, "mine", "deep", "b"), "mine\n")
	put(t, filepath.Join(out, "gone", "notes.txt"), "mine\n")
	put(t, filepath.Join(out, "home", "notes.txt"), "told by Compare\n")
	put(t, filepath.Join(out, "left", "secrets", "key"), "secret\n")
	must(t, os.MkdirAll(filepath.Join(out, "empty", "folder"), 0o755))
	must(t, os.Symlink("home", filepath.Join(out, "link")))
	checkOrphans(t, root, []string{"home", "club/prod"}, "stray club/README.md", "generated club/test", "generated deep/er/gone", "generated gone",
		"stray link", "stray mine", "stray notes.txt")
}

func TestOrphanAboveStack(t *testing.T) {
	root := t.TempDir()
	buildStack(t, root, "home")
	buildStack(t, root, "home/prod")
	checkOrphans(t, root, []string{"home/prod"}, "generated home")
	_, err := outdir.RemoveOrphan(root, "out", "home")
	must(t, err)
	checkOrphans(t, root, []string{"home/prod"})
	p, err := outdir.Compare(root, "out/home/prod", setA())
	must(t, err)
	checkChanges(t, p)
}

func TestRemoveOrphan(t *testing.T) {
	root := t.TempDir()
	buildStack(t, root, "club/test")
	buildStack(t, root, "home")
	left, err := outdir.RemoveOrphan(root, "out", "club/test")
	if err != nil || left != nil {
		t.Errorf("left %q, %v", left, err)
	}
	if _, err := os.Lstat(filepath.Join(root, "out", "club")); err == nil {
		t.Error("the empty folder is still there")
	}
	checkOrphans(t, root, []string{"home"})
	left, err = outdir.RemoveOrphan(root, "out", "club/test")
	if err != nil || left != nil {
		t.Errorf("again: %q, %v", left, err)
	}
}

func TestRemoveOrphanLeavesWhatIsNotOurs(t *testing.T) {
	root := t.TempDir()
	build(t, root, setA())
	put(t, at(root, "docker-compose.yml"), header+"edited\n")
	put(t, at(root, "well-known", "mine"), "mine\n")
	put(t, at(root, "secrets", "key"), "secret\n")
	left, err := outdir.RemoveOrphan(root, "out", "home")
	if want := []string{"docker-compose.yml", "well-known/mine", "secrets"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left %q, %v", left, err)
	}
	checkTree(t, at(root), map[string]string{
		"docker-compose.yml": header + "edited\n", "well-known/mine": "mine\n", "secrets/key": "secret\n",
	})
	checkOrphans(t, root, nil, "stray home")
}

func TestRemoveOrphanRefuses(t *testing.T) {
	root := t.TempDir()
	build(t, root, setA())
	put(t, filepath.Join(root, "stacks", "home", outdir.ManifestName), `{"schema":"matrixgen/manifest/v1","files":{}}`)
	put(t, filepath.Join(root, "out", "broken", outdir.ManifestName), "{")
	put(t, filepath.Join(root, "out", "mine", "a"), "mine\n")
	must(t, os.Symlink("home", filepath.Join(root, "out", "link")))
	before := tree(t, root)
	for name, says := range map[string]string{
		"../stacks/home": "not a path", ".": "not a path", "broken": "delete the folder by hand", "mine": "delete the folder by hand", "link": "a symlink",
	} {
		if _, err := outdir.RemoveOrphan(root, "out", name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	checkTree(t, root, before)
}

func TestRemoveOrphanFinishesInterruptedBuild(t *testing.T) {
	root := t.TempDir()
	interrupt(t, root, 2, 1)
	left, err := outdir.RemoveOrphan(root, "out", "home")
	if err != nil || left != nil {
		t.Errorf("left %q, %v", left, err)
	}
	if _, err := os.Lstat(at(root)); err == nil {
		t.Error("the folder is still there")
	}
}
