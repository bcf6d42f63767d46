package sops

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
)

// TestOpen opens what SOPS 3.13.3 encrypted for the published key, by every choice of values, and compares it with what SOPS decrypts, except that
// a comment beside a value stays there, which SOPS puts above. Written
// again it is what it was, but for the moment and the checksum, which holds the moment. One with another value is refused.
func TestOpen(t *testing.T) {
	t.Setenv("SOPS_AGE_KEY_FILE", filepath.Join("..", "..", "stacks", "example-key.txt"))
	paths, err := filepath.Glob("testdata/opened/*.txtar")
	if err != nil || len(paths) < 9 {
		t.Fatalf("found %d archives, err %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text, want := string(archive.Files[0].Data), string(archive.Files[1].Data)
			opened, err := open(t, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := render(opened.Values); err != nil || string(got) != want {
				t.Errorf("opened: %v\n%s", err, got)
			}
			again, err := opened.Seal(time.Now())
			if err != nil || unstamped(string(again)) != unstamped(text) {
				t.Errorf("written again: %v\n%s", err, again)
			}
			if _, err := open(t, string(again)); err != nil {
				t.Errorf("what was written again cannot be opened: %v", err)
			}
			changed := regexp.MustCompile(`([:-] ENC\[AES256_GCM,data:)(..)`).ReplaceAllString(text, "${1}AAAA$2")
			if _, err := open(t, changed); err == nil {
				t.Errorf("it was opened though somebody changed it:\n%s", changed)
			}
		})
	}
}

// TestTampered changes a value that is in clear, and so is kept by nothing but the checksum.
func TestTampered(t *testing.T) {
	t.Setenv("SOPS_AGE_KEY_FILE", filepath.Join("..", "..", "stacks", "example-key.txt"))
	archive, err := txtar.ParseFile("testdata/opened/encrypted_suffix.txtar")
	if err != nil {
		t.Fatal(err)
	}
	text := string(archive.Files[0].Data)
	if _, err := open(t, strings.Replace(text, "number: 12\n", "number: 13\n", 1)); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v", err)
	}
}

func open(t *testing.T, text string) (*Opened, error) {
	t.Helper()
	values, meta := read(t, text)
	dataKey, err := meta.DataKey()
	if err != nil {
		t.Fatal(err)
	}
	return meta.Open(values, dataKey)
}

func read(t *testing.T, text string) (Branch, Metadata) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	values, meta, err := Read(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return values, meta
}

// unstamped returns a file without its moment and its checksum.
func unstamped(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if name := strings.TrimSpace(line); !strings.HasPrefix(name, "lastmodified:") && !strings.HasPrefix(name, "mac:") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
