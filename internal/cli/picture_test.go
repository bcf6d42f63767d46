package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint/rules"
)

var update = flag.Bool("update", false, "rewrite the picture of the README")

// TestPicture holds the picture of the README to what a terminal shows for the files in testdata/picture.
func TestPicture(t *testing.T) {
	const picture = "../../docs/images/lint.svg"
	files := os.DirFS("testdata/picture")
	found, findings, err := read.Deployments(files)
	if err != nil {
		t.Fatal(err)
	}
	findings = append(findings, workspace.LintAll(rules.All(), link.Deployments(found...))...)
	var shown bytes.Buffer
	shown.WriteString("\x1b[1m$ matrixgen lint deployment\x1b[22m\n")
	source := func(file string) ([]byte, error) { return os.ReadFile("testdata/picture/" + file) }
	diag.Text{Color: true, Excerpt: true, Columns: columns, Source: source}.Write(&shown, rules.ByHarm(findings))
	Run(context.Background(), []string{"lint", "testdata/picture"}, Streams{Out: io.Discard, Err: &shown}) // what it says beside the findings
	want := screen(t, shown.String())
	if *update {
		if err := os.WriteFile(picture, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(picture); err != nil || string(got) != want {
		t.Errorf("%s is not what lint prints: go test ./internal/cli -update (%v)", picture, err)
	}
}

// The terminal in the picture, in characters and pixels.
const (
	columns    = 112
	charWidth  = 7.8
	lineHeight = 19
	margin     = 20
)

var escape = regexp.MustCompile("\x1b\\[([0-9]+)m")

// styles are those of the escape codes that package diag uses, as attributes of SVG.
var styles = map[string]string{
	"0": "", "22": "", "1": ` font-weight="bold"`, "2": ` opacity="0.6"`,
	"31": ` fill="#ff7b72"`, "32": ` fill="#7ee787"`, "33": ` fill="#e3b341"`, "36": ` fill="#79c0ff"`,
}

const space = '\u00a0'

// keptSpaces are of the kind that a browser does not run together.
var keptSpaces = strings.NewReplacer(" ", "\u00a0", "\t", strings.Repeat("\u00a0", 8))

// screen draws text with escape codes as a terminal does, which breaks lines that are too long for it.
func screen(t *testing.T, text string) string {
	var body strings.Builder
	row, column, style := 0, 0, ""
	draw := func(s string) {
		for _, part := range strings.SplitAfter(s, "\n") {
			runes := []rune(keptSpaces.Replace(strings.TrimSuffix(part, "\n")))
			for len(runes) > 0 {
				if column == columns {
					row, column = row+1, 0
				}
				n := min(len(runes), columns-column)
				for n > 0 && runes[0] == space { // some programs draw no spaces in front
					runes, column, n = runes[1:], column+1, n-1
				}
				fmt.Fprintf(&body, `<text x="%g" y="%d"%s>%s</text>`+"\n", margin+float64(column)*charWidth, margin+(row+1)*lineHeight, style, html.EscapeString(string(runes[:n])))
				runes, column = runes[n:], column+n
			}
			if strings.HasSuffix(part, "\n") {
				row, column = row+1, 0
			}
		}
	}
	at := 0
	for _, m := range escape.FindAllStringSubmatchIndex(text, -1) {
		draw(text[at:m[0]])
		next, known := styles[text[m[2]:m[3]]]
		if !known {
			t.Fatalf("the picture has no style for escape code %s", text[m[2]:m[3]])
		}
		style, at = next, m[1]
	}
	draw(text[at:])
	width, height := columns*charWidth+2*margin, (row+1)*lineHeight+2*margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%d" viewBox="0 0 %g %d" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="#e6edf3">
<title>What matrixgen lint prints</title>
<rect width="100%%" height="100%%" rx="8" fill="#161b22"/>
`, width, height, width, height) + body.String() + "</svg>\n"
}
