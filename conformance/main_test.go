package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// deployment is what the tool wrote for one stack.
type deployment struct {
	name string // the folder below stacks/
	dir  string // the folder below out/
}

// built are all deployments, those of the repository's own stacks first. It is set once, by TestMain.
var built []deployment

// inCluster are the deployments that a cluster runs, of the same stacks.
var inCluster []deployment

// buildFailures are what the tool said about stacks that it did not build.
var buildFailures []error

// tool is the program under test, and home the folder of the operator who runs it.
var tool, home string

// sources are the folders that hold stacks: the ones that ship, and the ones that vary every choice of the language.
var sources = []string{"../stacks", "stacks"}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		work, err := os.MkdirTemp("", "matrixgen-conformance-")
		if err != nil {
			return fail(err)
		}
		defer os.RemoveAll(work)
		// Postgres runs as another user, who must get through.
		if err := os.Chmod(work, 0o755); err != nil {
			return fail(err)
		}
		if err := findTool(work); err != nil {
			return fail(err)
		}
		home = filepath.Join(work, "home")
		for i, source := range sources {
			root := filepath.Join(work, fmt.Sprint("root", i))
			deployments, err := build(source, root)
			clusters, missing := below(filepath.Join(root, "out"), "kubernetes/values.yaml")
			if err = errors.Join(err, missing); err != nil {
				buildFailures = append(buildFailures, err)
			}
			built, inCluster = append(built, deployments...), append(inCluster, clusters...)
		}
		for _, phase := range phases {
			deployments, err := buildPhase(phase, work)
			if err != nil {
				buildFailures = append(buildFailures, err)
			}
			built = append(built, deployments...)
		}
		return m.Run()
	}())
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// findTool takes the program named by $MATRIXGEN, or builds it.
func findTool(work string) error {
	if tool = os.Getenv("MATRIXGEN"); tool != "" {
		return nil
	}
	tool = filepath.Join(work, "matrixgen")
	cmd := exec.Command("go", "build", "-o", tool, "./cmd/matrixgen")
	cmd.Dir = ".."
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build matrixgen: %w\n%s", err, output)
	}
	return nil
}

// build copies the stacks to a repository of their own, builds them, and returns what is there, and what went wrong.
func build(source, root string) ([]deployment, error) {
	if err := os.CopyFS(filepath.Join(root, "stacks"), os.DirFS(source)); err != nil {
		return nil, err
	}
	// The secrets are made as by an operator who begins.
	if err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "secrets.sops.yaml" {
			err = os.Remove(path)
		}
		return err
	}); err != nil {
		return nil, err
	}
	var said bytes.Buffer
	var failure error
	cmd := exec.Command(tool, "-C", root, "build")
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		failure = fmt.Errorf("matrixgen build of %s: %w\n%s", source, err, &said)
	}
	deployments, err := below(filepath.Join(root, "out"), "docker-compose.yml")
	return deployments, errors.Join(failure, err)
}

// below returns the deployments in a folder that have a file.
func below(out, file string) ([]deployment, error) {
	var all []deployment
	err := filepath.WalkDir(out, func(path string, _ fs.DirEntry, err error) error {
		if folder, found := strings.CutSuffix(path, filepath.FromSlash("/"+file)); err == nil && found {
			name, _ := filepath.Rel(out, folder)
			all = append(all, deployment{filepath.ToSlash(name), folder})
		}
		return err
	})
	return all, err
}

// TestBuild fails with what the tool says about stacks that it does not build; the judges see the others.
func TestBuild(t *testing.T) {
	for _, failure := range buildFailures {
		t.Error(failure)
	}
}

// each runs the judge on every deployment.
func each(t *testing.T, judge func(t *testing.T, d deployment)) {
	for _, d := range built {
		t.Run(d.name, func(t *testing.T) { judge(t, d) })
	}
}

// deploymentOf returns the deployment of the stack.
func deploymentOf(t *testing.T, name string) deployment {
	t.Helper()
	i := slices.IndexFunc(built, func(d deployment) bool { return d.name == name })
	if i < 0 {
		t.Fatalf("nothing was built for the stack %s", name)
	}
	return built[i]
}

// has says whether the deployment has the file.
func (d deployment) has(file string) bool {
	_, err := os.Stat(filepath.Join(d.dir, file))
	return err == nil
}

// delegates reports whether MAS signs people in, and not Synapse.
func (d deployment) delegates(t *testing.T) bool {
	t.Helper()
	return bytes.Contains(d.read(t, "synapse-config.yaml"), []byte("\nmatrix_authentication_service:\n"))
}

// parse reads generated files of YAML; those that there are not, it leaves out.
func (d deployment) parse(t *testing.T, files map[string]any) {
	t.Helper()
	for file, into := range files {
		if !d.has(file) {
			continue
		}
		if err := yaml.Unmarshal(d.read(t, file), into); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// read returns the content of a generated file.
func (d deployment) read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// mapped replaces what stands on the left by what stands on the right, and fails if it is not there: paths and hosts of a container become
// those of the test, and nothing else changes.
func mapped(t *testing.T, content []byte, pairs ...string) []byte {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(content, []byte(pairs[i])) {
			t.Fatalf("%q, which the test maps, is not in\n%s", pairs[i], content)
		}
		content = bytes.ReplaceAll(content, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	return content
}

// write writes a file of the test and returns its path.
func write(t *testing.T, content []byte, elements ...string) string {
	t.Helper()
	file := filepath.Join(elements...)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tail returns the last lines of a log.
func tail(log string, lines int) string {
	all := strings.Split(strings.TrimSpace(log), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
