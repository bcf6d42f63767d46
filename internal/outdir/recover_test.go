package outdir_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

// interrupt makes what a build of B over A leaves when it is killed after it has put some files in place and deleted some.
func interrupt(t *testing.T, root string, moved, deleted int) {
	t.Helper()
	build(t, root, setA())
	a, b := tree(t, at(root)), built(t, setB())
	var names []string
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if b[name] != a[name] {
			names = append(names, name)
		}
	}
	remove := map[string]string{}
	var sums struct{ Files map[string]string }
	must(t, json.Unmarshal([]byte(a[outdir.ManifestName]), &sums))
	for name := range a {
		if _, wanted := b[name]; !wanted {
			remove[name] = sums.Files[name]
		}
	}
	record, err := json.Marshal(map[string]any{"schema": "matrixgen/commit/v1", "put": names, "remove": remove})
	must(t, err)
	put(t, at(root, ".matrixgen-commit", "commit.json"), string(record))
	for i, name := range names {
		staged := at(root, ".matrixgen-commit", strconv.Itoa(i))
		put(t, staged, b[name])
		if i < moved {
			must(t, os.MkdirAll(filepath.Dir(at(root, name)), 0o755))
			must(t, os.Rename(staged, at(root, name)))
		}
	}
	for i, name := range slices.Sorted(maps.Keys(remove)) {
		if i < deleted {
			must(t, os.Remove(at(root, name)))
		}
	}
}

func TestRecover(t *testing.T) {
	want := built(t, setB())
	for moved := range 7 {
		for deleted := range 3 {
			root := t.TempDir()
			interrupt(t, root, moved, deleted)
			checkChanges(t, compare(t, root, setA()), "interrupted .matrixgen-commit")
			finished, err := outdir.Recover(root, folder)
			if err != nil || !finished {
				t.Fatalf("moved %d, deleted %d: %v, %v", moved, deleted, finished, err)
			}
			checkTree(t, at(root), want)
			checkClean(t, root, setB())
			if _, err := os.Lstat(at(root, "old")); err == nil {
				t.Error("the empty folder old is still there")
			}
			if finished, err := outdir.Recover(root, folder); finished || err != nil {
				t.Errorf("again: %v, %v", finished, err)
			}
		}
	}
}

func TestWriteFinishesInterruptedBuild(t *testing.T) {
	for name, want := range map[string][]outdir.File{"the same set": setB(), "the old set": setA()} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			interrupt(t, root, 2, 0)
			build(t, root, want)
			checkTree(t, at(root), built(t, want))
		})
	}
}

func TestRecoverDoneButForTheFolder(t *testing.T) {
	root := t.TempDir()
	build(t, root, setB())
	must(t, os.Mkdir(at(root, ".matrixgen-commit"), 0o755))
	checkChanges(t, compare(t, root, setB()), "interrupted .matrixgen-commit")
	build(t, root, setB())
}

func TestRecoverKeepsWhatWasEditedSince(t *testing.T) {
	root := t.TempDir()
	interrupt(t, root, 2, 0)
	put(t, at(root, "gone.json"), "edited\n")
	if _, err := outdir.Recover(root, folder); err != nil {
		t.Fatal(err)
	}
	checkChanges(t, compare(t, root, setB()), "extra gone.json")
}

func TestRecoverMeetsObstacle(t *testing.T) {
	root := t.TempDir()
	interrupt(t, root, 2, 0)
	must(t, os.Rename(at(root, "well-known"), filepath.Join(root, "elsewhere")))
	must(t, os.Symlink("../../elsewhere", at(root, "well-known")))
	before := tree(t, filepath.Join(root, "elsewhere"))
	_, err := outdir.Recover(root, folder)
	if err == nil || !strings.Contains(err.Error(), "out/home/well-known: a symlink stands where a folder must go") {
		t.Errorf("error %v", err)
	}
	checkTree(t, filepath.Join(root, "elsewhere"), before)
	must(t, os.Remove(at(root, "well-known")))
	build(t, root, setB())
	checkTree(t, at(root), built(t, setB()))
}

func TestRecoverRefusesForgedRecord(t *testing.T) {
	for _, record := range []string{
		`{"schema":"matrixgen/commit/v1","put":["../../stacks/x"]}`, `{"schema":"matrixgen/commit/v1","remove":{"secrets/key":"sha256:0"}}`,
		`{"schema":"matrixgen/commit/v1","put":["secrets/key"]}`, `{"schema":"matrixgen/commit/v2"}`, `{`,
	} {
		root := t.TempDir()
		build(t, root, setA())
		put(t, at(root, ".matrixgen-commit", "commit.json"), record)
		put(t, at(root, ".matrixgen-commit", "0"), "forged\n")
		before := tree(t, root)
		if _, err := outdir.Recover(root, folder); err == nil || !strings.Contains(err.Error(), "out/home/.matrixgen-commit/commit.json") {
			t.Errorf("%s: error %v", record, err)
		}
		checkTree(t, root, before)
	}
}

func TestLeftoverStaging(t *testing.T) {
	root := t.TempDir()
	build(t, root, setA())
	put(t, at(root, ".matrixgen-new-X", "0"), "half of\n")
	put(t, filepath.Join(root, "elsewhere", "x"), "mine\n")
	must(t, os.Symlink("../../elsewhere", at(root, ".matrixgen-new-link")))
	checkChanges(t, compare(t, root, setA()), "interrupted .matrixgen-new-X", "interrupted .matrixgen-new-link")
	if finished, err := outdir.Recover(root, folder); finished || err != nil {
		t.Errorf("%v, %v", finished, err)
	}
	checkTree(t, at(root), built(t, setA()))
	checkTree(t, filepath.Join(root, "elsewhere"), map[string]string{"x": "mine\n"})

	put(t, at(root, ".matrixgen-new-X", "0"), "half of\n")
	build(t, root, setA())
}

func TestRecoverOfNothing(t *testing.T) {
	root := t.TempDir()
	if finished, err := outdir.Recover(root, folder); finished || err != nil {
		t.Errorf("%v, %v", finished, err)
	}
	must(t, os.Symlink("nowhere", filepath.Join(root, "out")))
	if _, err := outdir.Recover(root, folder); err == nil {
		t.Error("followed a symlink")
	}
}

func TestBuildsAtOnce(t *testing.T) {
	root := t.TempDir()
	done := make(chan error)
	for i := range 4 {
		go func() {
			for range 15 {
				p, err := outdir.Compare(root, folder, [][]outdir.File{setA(), setB()}[i%2])
				if err == nil {
					err = p.Write()
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	checkEither(t, root)
}

// checkEither checks that the folder holds exactly A or exactly B, and says which.
func checkEither(t *testing.T, root string) string {
	t.Helper()
	got := tree(t, at(root))
	for name, set := range map[string][]outdir.File{"A": setA(), "B": setB()} {
		if maps.Equal(got, built(t, set)) {
			checkClean(t, root, set)
			return name
		}
	}
	t.Errorf("neither A nor B: %q", got)
	return ""
}

// crashRoot names the variable that makes TestCrash, in a child, build without end.
const crashRoot = "OUTDIR_TEST_CRASH_ROOT"

func TestCrash(t *testing.T) {
	if root := os.Getenv(crashRoot); root != "" {
		fmt.Println("ready")
		for {
			for _, set := range [][]outdir.File{setA(), setB()} {
				must(t, compare(t, root, set).Write())
			}
		}
	}
	rounds := 20 // most of these hit a build in the middle
	if proofs.Whole {
		rounds = 100
	}
	root := t.TempDir()
	// In memory a build is not all waiting for the disk, and more of the kills hit the moves.
	if fast, err := os.MkdirTemp("/dev/shm", "outdir"); err == nil {
		defer os.RemoveAll(fast)
		root = fast
	}
	build(t, root, setA())
	seen := map[string]int{}
	for range rounds {
		child := exec.Command(os.Args[0], "-test.run=^TestCrash$")
		child.Env = append(os.Environ(), crashRoot+"="+root)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("child said %q", line)
		}
		time.Sleep(time.Duration(rand.IntN(10_000)) * time.Microsecond)
		must(t, child.Process.Kill())
		_ = child.Wait() // killed
		if _, err := os.Lstat(at(root, ".matrixgen-commit")); err == nil {
			seen["commit"]++
		}
		if left, _ := filepath.Glob(at(root, ".matrixgen-new-*")); left != nil {
			seen["staging"]++
		}
		if _, err := outdir.Recover(root, folder); err != nil {
			t.Fatal(err)
		}
		seen[checkEither(t, root)]++
	}
	if seen["commit"] == 0 && seen["staging"] == 0 {
		t.Errorf("no round hit a build in the middle: %v", seen)
	}
}
