package conformance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGraphviz has Graphviz draw every deployment, and the pictures of the tests with the strange names. A warning counts: it is how Graphviz says
// that it leaves something out. That it found no way around the others for a line does not, as long as the line is there.
func TestGraphviz(t *testing.T) {
	dot := installed(t, "dot")
	each(t, func(t *testing.T, d deployment) {
		picture, err := exec.Command(tool, "graph", d.dir, "--format", "dot").Output()
		if err != nil {
			t.Fatal(err)
		}
		draws(t, dot, picture)
	})
	pictures, err := filepath.Glob("../internal/graph/testdata/*.dot")
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	for _, file := range pictures {
		t.Run(filepath.Base(file), func(t *testing.T) {
			picture, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			draws(t, dot, picture)
		})
	}
}

func draws(t *testing.T, dot string, picture []byte) {
	t.Helper()
	var warnings bytes.Buffer
	cmd := exec.Command(dot, "-Tsvg")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(picture), &warnings
	drawn, err := cmd.Output()
	complaints := noWay.ReplaceAll(warnings.Bytes(), nil)
	for _, line := range connection.FindAll(drawn, -1) {
		if !bytes.Contains(line, []byte("<path ")) {
			t.Errorf("dot drew no line for\n%s", line)
		}
	}
	if err != nil || len(complaints) > 0 || !bytes.Contains(drawn, []byte("<svg ")) {
		t.Errorf("dot: %v\n%s", err, warnings.Bytes())
	}
}

// noWay is what the router of lines says where it finds none, and connection what is drawn of one line.
var (
	noWay      = regexp.MustCompile(`(?m)^libpath/shortest\.c:.*\n`)
	connection = regexp.MustCompile(`(?s)<g id="[^"]*" class="edge">.*?</g>\n`)
)
