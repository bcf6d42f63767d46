package faults

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inNamespace names the variable of a run of the test in which its user may mount.
const inNamespace = "MATRIXGEN_FAULTS_IN_NAMESPACE"

// TestDiskFull lets the disk run full at random places of each verb. It says so, what stands there is old or new and nothing else, and the next
// run brings it to an end where there is room again. The build, which writes most, stands for all verbs.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=8m"); err != nil {
		inOwnNamespace(t, err)
		return
	}
	defer syscall.Unmount(disk, syscall.MNT_DETACH)
	p := newProgram(t)
	for _, v := range tried("build") {
		t.Run(v.name, func(t *testing.T) {
			if v.name == "secrets unseal" && os.Getenv(inNamespace) != "" {
				t.Skip("the users of the containers are not known here")
			}
			f := p.measure(t, v)
			needs := 0
			for _, text := range f.new {
				needs += (len(text)/4096 + 2) * 4096
			}
			for range times() {
				f.fill(t, disk, f.random.IntN(needs))
			}
		})
	}
}

// fill runs the verb on a disk that has so many bytes left.
func (f *faulted) fill(t *testing.T, disk string, left int) {
	t.Helper()
	base, err := os.MkdirTemp(disk, "run")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	dir := filepath.Join(base, "work")
	if err := os.CopyFS(dir, os.DirFS(f.begun)); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(base, "ballast")
	var free syscall.Statfs_t
	if err := syscall.Statfs(disk, &free); err != nil {
		t.Fatal(err)
	}
	if size := int(free.Bavail)*int(free.Bsize) - left; size > 0 {
		write(t, ballast, make([]byte, size))
	}
	output, err := f.command(dir, strings.Fields(f.arguments)...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() != 3 || !strings.Contains(strings.ToLower(string(output)), "no space left") && !strings.Contains(string(output), ": git: ")) {
		t.Errorf("%d bytes are left: %v\n%s", left, err, output)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	r := run{f.changes, f.changes, err, string(output)}
	f.leavesNothing(t, dir, r)
	f.judge(t, dir, r)
	f.finish(t, dir, r)
}

// inOwnNamespace runs the test again as a user who may mount what nobody else sees, if the system has such users.
func inOwnNamespace(t *testing.T, problem error) {
	t.Helper()
	if os.Getenv(inNamespace) != "" {
		t.Fatal(problem)
	}
	again := exec.Command(os.Args[0], append(os.Args[1:], "-test.run=^TestDiskFull$")...)
	again.Env = append(os.Environ(), inNamespace+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	output, err := again.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EINVAL) || strings.Contains(string(output), syscall.EPERM.Error()) {
		t.Skip("nobody but root may mount a small disk here")
	}
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
