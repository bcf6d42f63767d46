//go:build unix

package outdir_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/matrixgen/matrixgen/internal/outdir"
)

func TestBlocked(t *testing.T) {
	for _, test := range []struct {
		name  string
		make  func(t *testing.T, root string)
		wants string
		says  string
	}{
		{"symlink for a file", func(t *testing.T, root string) {
			must(t, os.Remove(at(root, "docker-compose.yml")))
			put(t, filepath.Join(root, "elsewhere"), header+"a: 1\n")
			must(t, os.Symlink("../../elsewhere", at(root, "docker-compose.yml")))
		}, "blocked docker-compose.yml", "out/home/docker-compose.yml: a symlink stands where a file must go: move it away or delete it"},
		{"folder for a file", func(t *testing.T, root string) {
			must(t, os.Remove(at(root, "docker-compose.yml")))
			put(t, at(root, "docker-compose.yml", "mine"), "mine\n")
		}, "blocked docker-compose.yml", "out/home/docker-compose.yml: a folder stands where a file must go"},
		{"empty folder for a file", func(t *testing.T, root string) {
			must(t, os.Remove(at(root, "docker-compose.yml")))
			must(t, os.Mkdir(at(root, "docker-compose.yml"), 0o755))
		}, "blocked docker-compose.yml", "a folder stands where a file must go"},
		{"symlink for a parent", func(t *testing.T, root string) {
			must(t, os.Rename(at(root, "well-known"), filepath.Join(root, "elsewhere")))
			must(t, os.Symlink("../../elsewhere", at(root, "well-known")))
		}, "blocked well-known", "out/home/well-known: a symlink stands where a folder must go"},
		{"file for a parent", func(t *testing.T, root string) {
			must(t, os.RemoveAll(at(root, "well-known")))
			put(t, at(root, "well-known"), "mine\n")
		}, "blocked well-known", "out/home/well-known: a file stands where a folder must go"},
		{"symlink for the manifest", func(t *testing.T, root string) {
			must(t, os.Rename(at(root, outdir.ManifestName), filepath.Join(root, "elsewhere")))
			must(t, os.Symlink("../../elsewhere", at(root, outdir.ManifestName)))
		}, "blocked .matrixgen.json", "a symlink stands where a file must go"},
		{"symlink for the folder", func(t *testing.T, root string) {
			must(t, os.Rename(at(root), filepath.Join(root, "elsewhere")))
			must(t, os.Symlink("../elsewhere", at(root)))
		}, "blocked .", "out/home: a symlink stands where a folder must go"},
		{"symlink for out", func(t *testing.T, root string) {
			must(t, os.Rename(filepath.Join(root, "out"), filepath.Join(root, "elsewhere")))
			must(t, os.Symlink("elsewhere", filepath.Join(root, "out")))
		}, "blocked .", "out: a symlink stands where a folder must go"},
		{"file for out", func(t *testing.T, root string) {
			must(t, os.RemoveAll(filepath.Join(root, "out")))
			put(t, filepath.Join(root, "out"), "mine\n")
		}, "blocked .", "out: a file stands where a folder must go"},
		{"symlink for the commit folder", func(t *testing.T, root string) {
			must(t, os.Mkdir(filepath.Join(root, "elsewhere"), 0o755))
			must(t, os.Symlink("../../elsewhere", at(root, ".matrixgen-commit")))
		}, "blocked .matrixgen-commit", "a symlink stands where a folder must go"},
		{"fifo for a file", func(t *testing.T, root string) {
			must(t, os.Remove(at(root, "docker-compose.yml")))
			must(t, syscall.Mkfifo(at(root, "docker-compose.yml"), 0o644))
		}, "blocked docker-compose.yml", "a special file stands where a file must go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			build(t, root, setA())
			test.make(t, root)
			checkChanges(t, compare(t, root, setA()), test.wants)
			if strings.HasPrefix(test.name, "fifo") {
				// Cannot be read to check that it is untouched.
				if err := compare(t, root, setB()).Write(); err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v", err)
				}
				return
			}
			checkRefused(t, root, setA(), test.says)
			checkRefused(t, root, setB(), test.says)
		})
	}
}

func TestForeignFileInTheWay(t *testing.T) {
	root := t.TempDir()
	build(t, root, setA())
	put(t, at(root, "well-known", "server"), "{\"mine\": 1}\n")
	checkRefused(t, root, setB(), "write out/home/well-known/server: a file that matrixgen did not write stands where one must go",
		"move it away or delete it")
	put(t, at(root, "well-known", "server"), "{}\n")
	build(t, root, setB()) // with the wanted bytes it is adopted
}

func TestBlockedCreatesNothing(t *testing.T) {
	root := t.TempDir()
	put(t, at(root, "docker-compose.yml"), "mine\n")
	checkRefused(t, root, setA(), "docker-compose.yml")
	put(t, filepath.Join(root, "elsewhere", "x"), "mine\n")
	must(t, os.RemoveAll(filepath.Join(root, "out")))
	must(t, os.Symlink("elsewhere", filepath.Join(root, "out")))
	checkRefused(t, root, setA(), "symlink")
}

// The root itself may be reached by a symlink: /tmp is one on some systems.
func TestRootBehindSymlink(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "real"), 0o755))
	must(t, os.Symlink("real", filepath.Join(dir, "root")))
	build(t, filepath.Join(dir, "root"), setA())
}

func TestSecretsArePassedOver(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, root string){
		"folder":  func(t *testing.T, root string) { put(t, at(root, "secrets", "deep", "key"), header+"secret\n") },
		"symlink": func(t *testing.T, root string) { must(t, os.Symlink("/run/nowhere", at(root, "secrets"))) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			build(t, root, setA())
			make(t, root)
			checkClean(t, root, setA())
			build(t, root, setB())
			must(t, os.Remove(at(root, outdir.ManifestName)))
			checkChanges(t, compare(t, root, setB()), "missing .matrixgen.json")
			got := tree(t, at(root))
			if got["secrets/deep/key"] == "" && got["secrets"] == "" {
				t.Error("the secrets are gone")
			}
		})
	}
}

// Containers whose users are not ours read these files.
func TestUmask(t *testing.T) {
	root := t.TempDir()
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	build(t, root, setA())
	build(t, root, setB())
	for name, mode := range map[string]os.FileMode{
		"": 0o755, "..": 0o755, "new/deep": 0o755, "well-known": 0o755, "new/deep/file": 0o644, "docker-compose.yml": 0o644, outdir.ManifestName: 0o644,
	} {
		info, err := os.Lstat(at(root, filepath.FromSlash(name)))
		must(t, err)
		if got := info.Mode().Perm(); got != mode {
			t.Errorf("mode of %q: %o, want %o", name, got, mode)
		}
	}
}

// tinyDisk mounts a file system of a few pages on the folder of the stack.
func tinyDisk(t *testing.T, root, options string) {
	t.Helper()
	must(t, os.MkdirAll(at(root), 0o755))
	mount(t, at(root), options)
}

func TestDiskFull(t *testing.T) {
	root := t.TempDir()
	tinyDisk(t, root, "size=64k")
	build(t, root, setA())
	large := setB()
	large[len(large)-1].Content = bytes.Repeat([]byte("x"), 100<<10)
	checkRefused(t, root, large, "write out/home/well-known/server: no space left on device")
	if err := compare(t, root, large).Write(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	checkClean(t, root, setA())
	build(t, root, setB())
}

func TestReadOnlyDisk(t *testing.T) {
	root := t.TempDir()
	tinyDisk(t, root, "size=256k")
	build(t, root, setA())
	mount(t, at(root), "remount,ro")
	checkClean(t, root, setA())
	checkRefused(t, root, setB(), "write out/home: read-only file system")
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permission bits do not bind root")
	}
	root := t.TempDir()
	build(t, root, setA())
	must(t, os.Chmod(at(root), 0o555))
	defer os.Chmod(at(root), 0o755)
	checkRefused(t, root, setB(), "permission denied")
}

// mount mounts a tmpfs, or mounts it again with other options.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", dir).CombinedOutput(); err != nil {
		t.Skipf("mount a tmpfs, which needs root: %v: %s", err, out)
	}
	if strings.HasPrefix(options, "remount") {
		return
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v: %s", dir, err, out)
		}
	})
}
