package read_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestHostileFiles: files made to do harm are one finding each, soon.
func TestHostileFiles(t *testing.T) {
	bomb := "server_name: x\ndatabase: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'z'; c++ {
		last := string(c - 1)
		bomb += string(c) + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+last+",", 10) + "]\n"
	}
	for name, text := range map[string]string{
		"bomb.yaml":   bomb,
		"flow.yaml":   "server_name: x\ndatabase: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"maps.yaml":   "server_name: x\ndatabase: " + strings.Repeat("{a: ", 9_000) + "1" + strings.Repeat("}", 9_000),
		"open.yaml":   "server_name: x\ndatabase: " + strings.Repeat("[", 1_000_000),
		"dashes.yaml": "server_name: x\ndatabase:\n" + strings.Repeat("- ", 100_000),
		"deep.json":   `{"default_server_name": ` + strings.Repeat("[", 1_000_000),
		"wide.yaml":   "server_name: x\ndatabase:\n" + strings.Repeat("  - x\n", 300_000),
		"large.yaml":  "server_name: x\ndatabase: {}\n" + strings.Repeat("# comment\n", 500_000),
		"quotes.yaml": "server_name: x\ndatabase: \"" + strings.Repeat("x\n", 200_000),
		"line.yaml":   "server_name: x\ndatabase: " + strings.Repeat("a: ", 50_000),
		"braces.yaml": "server_name: x\ndatabase: " + strings.Repeat("{{", 50_000),
		"compose.yml": "services: {a: {image: b}}\ninclude: [compose.yml]\nx: [",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, findings, err := read.Deployments(fstest.MapFS{name: {Data: []byte(text)}, "good.yaml": {Data: []byte("http: {}\nmatrix: {}\n")}})
			if err != nil || len(findings) != 1 || findings[0].File != name {
				t.Errorf("%v %+v", err, findings)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestKustomizationsInCircles: kustomizations that take each other, in more ways than can be followed one by one, are read soon.
func TestKustomizationsInCircles(t *testing.T) {
	files := fstest.MapFS{"0/release.yaml": {Data: []byte("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n" +
		"spec: {chart: {spec: {chart: matrix-stack}}, values: {serverName: example.org, matrixRTC: {enabled: true}}}\n")}}
	for i := range 40 {
		resources := []string{"release.yaml", "."}
		for j := range 40 {
			resources = append(resources, "../"+strconv.Itoa((i+j)%40))
		}
		files[strconv.Itoa(i)+"/kustomization.yaml"] = &fstest.MapFile{Data: []byte("resources: [" + strings.Join(resources, ", ") + "]\nvars: [{}]\n")}
	}
	began := time.Now()
	if _, _, err := read.Deployments(files); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestLargeAlone: a tree whose only configuration is too large to be read is one of Matrix all the same.
func TestLargeAlone(t *testing.T) {
	text := "server_name: example.org\nreport_stats: false\nlisteners: []\ndatabase: {}\n" + strings.Repeat("# comment\n", 500_000)
	tree, err := read.Open(fstest.MapFS{"homeserver.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	for range tree.Deployments() {
		t.Error("a deployment")
	}
	if findings := tree.Findings(); !tree.HasMatrix() || len(findings) != 1 || findings[0].File != "homeserver.yaml" {
		t.Error(tree.HasMatrix(), findings)
	}
}

// TestCircles: files that include or extend each other end.
func TestCircles(t *testing.T) {
	files := fstest.MapFS{
		"compose.yaml": {Data: []byte("include: [a.yaml]\nservices:\n  x: {image: b, extends: {file: a.yaml, service: x}}\n  y: {extends: y}\n  z: {extends: w}\n  w: {extends: z}\n")},
		"a.yaml":       {Data: []byte("include: [compose.yaml]\nservices:\n  x: {image: c, extends: {file: compose.yaml, service: x}}\n")},
		".env":         {Data: []byte("A=$B\nB=$A\nC=${C:-${C:-$C}}\n")},
	}
	if _, _, err := read.Deployments(files); err != nil {
		t.Error(err)
	}
}

// TestLinks: a link out of the tree is not followed.
func TestLinks(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(outside, "mas.yaml"):   "http: {}\nmatrix: {secret: outside}\n",
		filepath.Join(inside, "compose.yml"): "services:\n  a: {image: b, volumes: [\"./link.yaml:/x\", \"../" + filepath.Base(outside) + "/mas.yaml:/y\"]}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "mas.yaml"), filepath.Join(inside, "link.yaml")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(outside, filepath.Join(inside, "folder")); err != nil {
		t.Skip(err)
	}
	deployments, findings, err := read.Deployments(os.DirFS(inside))
	if err != nil || len(findings) > 0 || len(deployments) != 1 || len(deployments[0].Documents) != 1 {
		t.Errorf("%v %v %v", err, findings, dump(deployments, findings, nil))
	}
}

// TestOrder: the same files give the same deployments and findings.
func TestOrder(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus")
	var first string
	for range 3 {
		deployments, findings, err := read.Deployments(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		got := dump(deployments, diag.Sort(findings), nil)
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatal("another order")
		}
	}
}
