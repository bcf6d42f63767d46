// Package faults has the tests that kill the program, interrupt it, take the disk away from it and start it twice: whatever happens, what it writes is
// the old or the new, and the next run brings it to an end. They run the program in a process of its own, as users do.
package faults

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/matrixgen/matrixgen/internal/cli"
	"github.com/matrixgen/matrixgen/internal/compile"
)

var (
	points = flag.Int("points", 0, "how often each verb is killed, and interrupted; 0 is once, of the verbs that stand for all; CI says more")
	seed   = flag.Uint64("seed", 0, "where the program is killed, as a failed run printed it; 0 takes another one each time")
)

// The test binary is the command.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // as main does
	testscript.Main(m, map[string]func(){"matrixgen": func() {
		os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{Out: os.Stdout, Err: os.Stderr}))
	}})
}

// program is the command, with the variables that all of its runs have.
type program struct {
	path, shipped string
	seed          uint64
	compilers     *compile.Pool
}

// newProgram returns the command. Each test samples by a seed that it prints.
func newProgram(t *testing.T) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{path: filepath.Join(t.TempDir(), "matrixgen"), shipped: shipped, compilers: &compile.Pool{}}
	if err := os.Symlink(self, p.path); err != nil {
		t.Fatal(err)
	}
	if p.seed = *seed; p.seed == 0 {
		p.seed = uint64(time.Now().UnixNano())
	}
	for name, value := range map[string]string{"XDG_CACHE_HOME": os.DevNull, "SOPS_AGE_KEY_FILE": filepath.Join(shipped, "stacks/example-key.txt")} {
		if err := os.Setenv(name, value); err != nil { // for the runs in this process, which are all of them alike
			t.Fatal(err)
		}
	}
	fmt.Printf("%s: -seed %d\n", t.Name(), p.seed)
	return p
}

// sample returns the random numbers of one verb.
func (p *program) sample(verb string) *rand.Rand {
	name := fnv.New64a()
	name.Write([]byte(verb))
	return rand.New(rand.NewPCG(p.seed, name.Sum64()))
}

// command returns a run of the program in a folder. Nothing is remembered between builds, and what it keeps for its user is beside the folder.
func (p *program) command(dir string, arguments ...string) *exec.Cmd {
	cmd := exec.Command(p.path, arguments...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(filepath.Dir(dir), "home"), "XDG_CACHE_HOME=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	if _, err := os.Stat(filepath.Join(dir, ".sops.yaml")); err == nil {
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY_FILE="+filepath.Join(p.shipped, "stacks/example-key.txt"))
	}
	return cmd
}

// here runs the program in this process: of what nobody kills, the start of a process is most.
func (p *program) here(dir string, arguments ...string) (output string, code int) {
	var printed bytes.Buffer
	code = cli.RunWith(context.Background(), p.compilers, append([]string{"-C", dir}, arguments...), cli.Streams{Out: &printed, Err: &printed})
	return printed.String(), code
}

// must runs it, and it succeeds.
func (p *program) must(t *testing.T, dir string, arguments ...string) {
	t.Helper()
	if output, code := p.here(dir, arguments...); code != 0 {
		t.Fatalf("matrixgen %s: %d\n%s", strings.Join(arguments, " "), code, output)
	}
}
