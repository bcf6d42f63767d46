package diag_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/matrixgen/matrixgen/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the expected output")

func TestSortDropsWhatIsSaidTwice(t *testing.T) {
	at := func(file string, line int, message string) diag.Finding {
		return diag.Finding{Rule: "r", Position: diag.Position{File: file, Line: line}, Message: message}
	}
	given := []diag.Finding{at("b", 1, "x"), at("a", 2, "x"), at("a", 10, "x"), at("a", 2, "x"), at("a", 2, "w")}
	var got []string
	for _, f := range diag.Sort(given) {
		got = append(got, f.File+f.Message)
	}
	if want := "aw ax ax bx"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if given[0].File != "b" {
		t.Error("the list that was given is changed")
	}
}

// TestCaret: columns count characters; on the terminal a tab keeps its width and a wide character takes two columns.
func TestCaret(t *testing.T) {
	tests := []struct {
		line   string
		column int
		want   string
	}{
		{`a: 5`, 4, `   ^`},
		{"\ta: 5", 5, "\t   ^"},
		{`a: "é", b: 5`, 12, `           ^`},
		{`a: "ああ", b: 5`, 13, `              ^`},
		{"a: \"\xff\", b: 5", 12, `           ^`},
		{`a`, 9, ` ^`},
		{``, 1, `^`},
	}
	for _, test := range tests {
		var b bytes.Buffer
		source := func(string) ([]byte, error) { return []byte("first\r\n" + test.line + "\r\nlast"), nil }
		diag.Text{Excerpt: true, Source: source}.Write(&b, []diag.Finding{{
			Rule: "r", Severity: diag.Error, Message: "m", Position: diag.Position{File: "f", Line: 2, Column: test.column},
		}})
		lines := strings.Split(b.String(), "\n")
		if lines[0] != "f:2:"+strconv.Itoa(test.column)+": error: m [r]" || lines[2] != "\t"+test.want {
			t.Errorf("%q at %d: got\n%s", test.line, test.column, b.String())
		}
	}
}

// TestEnds: what stands at a finding ends with its quote, or as a word does.
func TestEnds(t *testing.T) {
	for line, want := range map[string]int{
		`a: |x"y z" # no`: 7, `a: |'y z'`: 9, `a: |"y \" z", b`: 12, `|aé: x`: 3, `a: |foo, b`: 7, `[|foo]`: 5, `a: |`: 0, `a: |"open`: 9, "a: |`y z`": 9, `|:`: 2,
	} {
		before, rest, _ := strings.Cut(line, "|")
		finding := []diag.Finding{{Position: diag.Position{File: "f", Line: 2, Column: len([]rune(before)) + 1}}}
		got := diag.WithEnds(finding, func(string) ([]byte, error) { return []byte("first\r\n" + before + rest + "\r\n"), nil })
		if got[0].End != want {
			t.Errorf("%s: ends at %d, want %d", line, got[0].End, want)
		}
	}
}

// TestSARIFIsValid holds what is written against the schema of SARIF.
func TestSARIFIsValid(t *testing.T) {
	var b bytes.Buffer
	if err := (diag.SARIF{Version: "v1.2.3", Help: []diag.Help{{Name: "unknown-key", Title: "t", Severity: diag.Warning}}}).Write(&b, findings()); err != nil {
		t.Fatal(err)
	}
	read, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Validate(); err != nil {
		t.Error(err)
	}
}

func TestColorIsThisPrintersOwn(t *testing.T) {
	finding := []diag.Finding{{Rule: "r", Severity: diag.Error, Message: "m"}}
	var plain, colored bytes.Buffer
	diag.Text{Color: true}.Write(&colored, finding)
	diag.Text{}.Write(&plain, finding)
	if !strings.Contains(colored.String(), "\x1b[31merror:") || plain.String() != "error: m [r]\n" {
		t.Errorf("plain %q, coloured %q", plain.String(), colored.String())
	}
}

func findings() []diag.Finding {
	return []diag.Finding{
		{
			Rule: "shared-secret-mismatch", Severity: diag.Error, Position: diag.Position{File: "mas-config.yaml", Line: 12, Column: 11},
			Message: `100% of <logins> fail, "really"`, Hint: "use one file", URL: "https://example.org/rules/shared-secret-mismatch",
			Related: []diag.Related{{Position: diag.Position{File: "homeserver.yaml", Line: 40, Column: 13}, Message: "synapse reads it here"}},
		},
		{Rule: "image-not-pinned", Severity: diag.Warning, Position: diag.Position{File: "a,b:c.yaml"}, Message: "line one\nline two"},
		{
			Rule: "unknown-key", Severity: diag.Warning, Position: diag.Position{File: "mas-config.yaml", Line: 3, Column: 5}, End: 11, Message: "é",
			Fix: &diag.Fix{Does: "rename it", Edits: []diag.Edit{
				{Position: diag.Position{File: "mas-config.yaml", Line: 3, Column: 5}, Old: "schlüs", New: "schlüssel", Form: diag.Exact},
				{Position: diag.Position{File: "mas-config.yaml", Line: 9, Column: 1}, New: "x", Form: diag.Exact},
			}},
		},
		{Rule: "unknown-key", Severity: diag.Warning, Position: diag.Position{File: "mas-config.yaml", Line: 30, Column: 5}, Message: "é"},
	}
}

// TestFormats compares every format with a file of testdata; a reader of them relies on each byte.
func TestFormats(t *testing.T) {
	help := []diag.Help{
		{Name: "shared-secret-mismatch", Title: "MAS and Synapse have different secrets", Markdown: "# Title\n\ntext", URL: "https://example.org", Severity: diag.Error},
		{Name: "unused", Title: "unused", Severity: diag.Info},
	}
	checked := diag.Checked{Files: 12, Documents: []diag.DocumentCount{{What: "compose", N: 1}, {What: "Synapse", N: 2}}, Deployments: []string{"."}}
	formats := map[string]func(w *bytes.Buffer) error{
		"findings.json": func(w *bytes.Buffer) error { return diag.WriteJSON(w, findings(), &checked) },
		"empty.json":    func(w *bytes.Buffer) error { return diag.WriteJSON(w, nil, nil) },
		"findings.sarif": func(w *bytes.Buffer) error {
			return diag.SARIF{Version: "v1.2.3", Home: "https://forge.example/us/matrixgen", Help: help, Checked: &checked}.Write(w, findings())
		},
		"empty.sarif":     func(w *bytes.Buffer) error { return diag.SARIF{Version: "v1.2.3", Help: help}.Write(w, nil) },
		"findings.github": func(w *bytes.Buffer) error { return diag.WriteGitHub(w, findings()) },
		"findings.gitlab": func(w *bytes.Buffer) error { return diag.WriteGitLab(w, findings()) },
		"empty.gitlab":    func(w *bytes.Buffer) error { return diag.WriteGitLab(w, nil) },
		"findings.txt":    func(w *bytes.Buffer) error { diag.Text{}.Write(w, findings()); return nil },
	}
	for name, write := range formats {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got\n%s", got.String())
			}
		})
	}
}

// TestChecked: a line says what was looked at, and names several deployments, though not all of many.
func TestChecked(t *testing.T) {
	var c diag.Checked
	if got := c.String(); got != "0 files" {
		t.Error(got)
	}
	c.Add(diag.Checked{Files: 1, Documents: []diag.DocumentCount{{What: "compose", N: 1}}, Deployments: []string{"home"}})
	if got := c.String(); got != "1 file: 1 compose" {
		t.Error(got)
	}
	c.Add(diag.Checked{Files: 2, Documents: []diag.DocumentCount{{What: "MAS", N: 1}, {What: "compose", N: 2}}, Deployments: []string{"club"}}.Below("x"))
	if got := c.String(); got != "3 files in 2 deployments (home, x/club): 3 compose, 1 MAS" {
		t.Error(got)
	}
	c.Deployments = []string{"a", "b", "c", "d", "e", "f", "g"}
	if got := c.String(); got != "3 files in 7 deployments (a, b, c, d, e, f, …): 3 compose, 1 MAS" {
		t.Error(got)
	}
}
