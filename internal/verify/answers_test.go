package verify_test

import (
	"net/http"
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

// recorded returns the answers of a healthy server: those of all, and what differs with a deployment.
func recorded(t *testing.T, base string) answers {
	t.Helper()
	a := answers{}
	for _, pattern := range []string{"testdata/shapes/*.txt", "testdata/shapes/" + base + "/*.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 && base != "home" {
			t.Fatalf("no shapes: %v", err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a.read(t, string(text))
		}
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

// to returns the answer to a request: the one for it with a parameter, the one for it, or what the proxy answers for itself.
func (a answers) to(r *http.Request, scheme string) told {
	at := r.Method + " " + scheme + "://" + r.Host + r.URL.Path
	for name, values := range r.URL.Query() {
		if one, known := a[at+"?"+name+"="+values[0]]; known {
			return one
		}
	}
	for _, id := range []string{at, r.Method + " " + scheme + "://*", r.Method + " *"} {
		if one, known := a[id]; known {
			return one
		}
	}
	return told{status: "405"}
}
