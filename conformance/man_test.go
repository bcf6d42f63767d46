package conformance

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestManualPages has mandoc read and render every page. What cobra makes is full of tabs and has a date without a day, which mandoc warns of; an error
// would be something that it leaves out.
func TestManualPages(t *testing.T) {
	mandoc := installed(t, "mandoc")
	dir := t.TempDir()
	if said, err := exec.Command(tool, "man", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		if said, err := exec.Command(mandoc, "-Tlint", "-Werror", page).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		text, err := exec.Command(mandoc, "-Tutf8", "-Owidth=100", page).Output()
		if err != nil || !strings.Contains(string(text), "matrixgen") || strings.Contains(string(text), `\`) {
			t.Errorf("%s: %v\n%s", filepath.Base(page), err, text)
		}
	}
}
