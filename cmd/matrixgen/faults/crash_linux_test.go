package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killsInARow is how often a verb is killed in one folder, at most, before it may come to its end: what brings order is killed, too.
const killsInARow = 4

// attempts is how many runs there may be for each that is killed: a verb that writes little is done before the signal in most.
const attempts = 20

// TestCrash kills each verb with SIGKILL, most times while it writes. What stands there then is old or new, file by file, and nothing of it
// says that it is whole if it is not. The next run brings it to an end and leaves nothing behind. Three verbs stand for all, one for each way to write: a folder
// as a whole, the file with the secrets, files one by one. What is broken in one of these is broken in each verb that writes so.
func TestCrash(t *testing.T) {
	p := newProgram(t)
	for _, v := range tried("build", "secrets set", "lint --fix") {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			f := p.measure(t, v)
			killed := 0
			for range attempts * times() {
				if killed += f.round(t, min(killsInARow, times()-killed)); killed == times() || t.Failed() {
					return
				}
			}
			t.Errorf("%d runs were killed, the others were done before", killed)
		})
	}
}

// TestSignals interrupts each verb. It ends by itself and cleans up, and what stands there then is old or new. Two verbs stand for all: what they begin beside the
// old files, a folder and a file, is what others begin.
func TestSignals(t *testing.T) {
	p := newProgram(t)
	for _, v := range tried("build", "secrets set") {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			f := p.measure(t, v)
			for i := range times() {
				dir := f.copy(t)
				run := f.disturbed(t, dir, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2])
				f.leavesNothing(t, dir, run)
				f.judge(t, dir, run)
				f.finish(t, dir, run)
			}
		})
	}
}

// faulted is a verb, with what it does when nothing happens to it.
type faulted struct {
	*program
	verb
	begun string // the folder that it begins in, of which each run has a copy
	// old and new are what stands there before and after.
	old, new tree
	// changes counts what a watcher sees, for so long does the verb write, and takes that long in all.
	changes        int
	writes, begins time.Duration
	random         *rand.Rand
}

// measure runs a verb to its end.
func (p *program) measure(t *testing.T, v verb) *faulted {
	t.Helper()
	f := &faulted{program: p, verb: v, begun: p.begin(t, v), random: p.sample(v.name)}
	dir := f.copy(t)
	f.old = treeOf(t, dir)
	changes := watch(t, dir)
	started := time.Now()
	if output, err := p.command(dir, strings.Fields(v.arguments)...).CombinedOutput(); err != nil {
		t.Fatalf("matrixgen %s: %v\n%s", v.arguments, err, output)
	}
	for at := range changes.all() {
		if f.changes++; f.changes == 1 {
			f.begins = at.Sub(started)
		}
		f.writes = at.Sub(started) - f.begins
	}
	if f.new = treeOf(t, dir); f.changes == 0 {
		t.Fatal("the verb writes nothing")
	}
	f.settled(t, dir)
	return f
}

// copy returns a folder in which the verb can run, with a Git repository where that matters to nobody.
func (f *faulted) copy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "work")
	if err := os.CopyFS(dir, os.DirFS(f.begun)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run is what is told of a run.
type run struct {
	after, changes int
	err            error
	printed        string
}

func (r run) String() string {
	return fmt.Sprintf("after %d of %d changes (%v), when it had said %q", r.after, r.changes, r.err, r.printed)
}

// killed reports whether the run was killed, and did not end by itself before.
func (r run) killed() bool {
	var exit *exec.ExitError
	return errors.As(r.err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled()
}

// round kills the verb up to so many times in one folder, and lets it come to its end. It returns how often it was killed.
func (f *faulted) round(t *testing.T, kills int) (killed int) {
	t.Helper()
	dir := f.copy(t)
	var last run
	for killed < kills {
		if last = f.disturbed(t, dir, syscall.SIGKILL); !last.killed() {
			break
		}
		killed++
		f.judge(t, dir, last)
	}
	f.finish(t, dir, last)
	return killed
}

// disturbed runs the verb and sends it a signal at a random moment.
func (f *faulted) disturbed(t *testing.T, dir string, signal syscall.Signal) run {
	t.Helper()
	after := f.random.IntN(f.changes + 1)
	pause := time.Duration(f.random.Int64N(int64(2*f.writes)/int64(f.changes) + 1))
	if after == 0 {
		pause = time.Duration(f.random.Int64N(int64(f.begins) + 1))
	}
	changes := watch(t, dir)
	defer changes.close()
	cmd := f.command(dir, strings.Fields(f.arguments)...)
	var printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	var took time.Duration
	ended := make(chan error)
	go func() {
		err := cmd.Wait()
		took = time.Since(started)
		ended <- err
	}()
	err, done := changes.wait(after, ended)
	if !done {
		time.Sleep(pause)
		_ = cmd.Process.Signal(signal) // it may have ended just now
		err = <-ended
	}
	if err == nil { // too late: the machine was busier when it was measured
		f.begins = min(f.begins, took)
		f.writes = f.writes * 9 / 10
	}
	if strings.Contains(printed.String(), "goroutine ") {
		t.Errorf("%s panics:\n%s", f.arguments, printed.String())
	}
	return run{after, f.changes, err, printed.String()}
}

// judge looks at what a run left.
func (f *faulted) judge(t *testing.T, dir string, r run) {
	t.Helper()
	found := treeOf(t, dir)
	f.everyFileWhole(found, func(format string, args ...any) {
		t.Helper()
		t.Errorf("%v: "+format, append([]any{r}, args...)...)
	})
	if file := found.holdsPassword(); file != "" {
		t.Errorf("%v: %s holds the password", r, file)
	}
	if f.verb.name != "build" {
		return
	}
	if _, code := f.here(dir, "build", "--check"); code == 0 && len(differing(f.new, found)) > 0 {
		t.Errorf("%v: build --check takes for whole what is not", r)
	}
}

// leavesNothing checks that a run which ended by itself took away what it had begun.
func (f *faulted) leavesNothing(t *testing.T, dir string, r run) {
	t.Helper()
	for path := range treeOf(t, dir) {
		if isLeftover(path) && !r.killed() {
			t.Errorf("%v: %s is left behind", r, path)
		}
	}
}

// finish lets the next run bring to an end what the last one left.
func (f *faulted) finish(t *testing.T, dir string, last run) {
	t.Helper()
	if output, ok := f.again(dir); !ok {
		t.Errorf("%v: the next run fails:\n%s", last, output)
		return
	}
	if differ := differing(f.new, treeOf(t, dir)); len(differ) > 0 && !f.varies {
		t.Errorf("%v: the next run does not bring it to an end: %v", last, differ)
	}
	f.settled(t, dir)
}

// again runs the verb once more.
func (f *faulted) again(dir string) (output string, ok bool) {
	if f.alone {
		text, err := f.command(dir, strings.Fields(f.arguments)...).CombinedOutput()
		return string(text), err == nil
	}
	output, code := f.here(dir, strings.Fields(f.arguments)...)
	return output, code == 0
}

// everyFileWhole looks at each file by itself. Leftovers of a verb that was killed are in places of their own.
func (f *faulted) everyFileWhole(found tree, wrong func(string, ...any)) {
	for path, text := range found {
		old, before := f.old[path]
		new, later := f.new[path]
		switch {
		case isLeftover(path):
		case !before && !later:
			wrong("%s is there, which nobody expects", path)
		case before && text == old || later && text == new:
		case f.varies && later && sameForm(text, new): // other values, and all of it
		default:
			wrong("%s is neither old nor new: %q", path, text)
		}
	}
	for path := range f.old {
		_, still := found[path]
		if _, later := f.new[path]; later && !still {
			wrong("%s is gone", path)
		}
	}
}

// sameForm reports whether two texts have as many lines, and last ones of the same length: a text that was cut has not.
func sameForm(a, b string) bool {
	last := func(text string) int { return len(text) - strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n") }
	return strings.Count(a, "\n") == strings.Count(b, "\n") && last(a) == last(b)
}

// differing returns the paths of files that differ.
func differing(a, b tree) []string {
	var paths []string
	for path, text := range a {
		if other, there := b[path]; !there || other != text {
			paths = append(paths, path)
		}
	}
	for path := range b {
		if _, there := a[path]; !there {
			paths = append(paths, path)
		}
	}
	return paths
}

// settled checks that what a verb left at its end is all there is, and whole.
func (f *faulted) settled(t *testing.T, dir string) {
	t.Helper()
	found := treeOf(t, dir)
	for path := range found {
		if _, expected := f.new[path]; !expected || isLeftover(path) {
			t.Errorf("%s is left behind", path)
		}
	}
	for path := range f.new {
		if _, there := found[path]; !there {
			t.Errorf("%s is missing at the end", path)
		}
	}
	if f.whole != "" {
		f.must(t, dir, strings.Fields(f.whole)...)
	}
}
