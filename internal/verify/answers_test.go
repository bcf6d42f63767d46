package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told is one answer of a file.
type told struct {
	status string
	header [][2]string
	body   string
}

// answers are answers of files by "METHOD URL".
type answers map[string]told

// recorded returns the answers of a healthy server.
func recorded(t *testing.T) answers {
	t.Helper()
	files, err := filepath.Glob("testdata/shapes/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shapes: %v", err)
	}
	a := answers{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a.read(t, string(text))
	}
	return a
}

// read adds the answers of a text: each a line that begins with >, the status, headers, an empty line, the body.
func (a answers) read(t *testing.T, text string) {
	t.Helper()
	_, text, _ = strings.Cut("\n"+text, "\n> ")
	for _, block := range strings.Split(text, "\n> ") {
		head, body, _ := strings.Cut(block+"\n", "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		if len(lines) == 1 && lines[0] == "" {
			continue
		}
		if len(lines) < 2 {
			t.Fatalf("no status: %q", block)
		}
		one := told{status: lines[1], body: strings.TrimSuffix(body, "\n")}
		for _, line := range lines[2:] {
			name, value, _ := strings.Cut(line, ": ")
			one.header = append(one.header, [2]string{name, value})
		}
		a[lines[0]] = one
	}
}

// to returns the answer to a request: the one for it, or what the proxy answers for itself.
func (a answers) to(method, scheme, host, path string) told {
	for _, id := range []string{method + " " + scheme + "://" + host + path, method + " " + scheme + "://*", method + " *"} {
		if one, known := a[id]; known {
			return one
		}
	}
	return told{status: "405"}
}
