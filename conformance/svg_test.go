package conformance

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestSVG has librsvg, which knows neither CSS variables nor Helvetica, draw every deployment and the pictures of the tests: boxes have their colours,
// and each text ends inside of its box. It is drawn with the fonts of the machine, and with DejaVu, the widest of those that take Helvetica's place.
func TestSVG(t *testing.T) {
	r := renderer{installed(t, "rsvg-convert"), map[string][]string{"own": nil, "DejaVu": {"FONTCONFIG_FILE=" + dejavu(t)}}}
	each(t, func(t *testing.T, d deployment) {
		picture, err := exec.Command(tool, "graph", d.dir, "--format", "svg").Output()
		if err != nil {
			t.Fatal(err)
		}
		r.shows(t, picture)
	})
	files, err := filepath.Glob("../internal/graph/testdata/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	for _, file := range append(files, "../docs/images/home.svg") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			picture, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r.shows(t, picture)
		})
	}
}

// dejavu returns a configuration of fontconfig with no other font.
func dejavu(t *testing.T) string {
	t.Helper()
	const folder = "/usr/share/fonts/truetype/dejavu"
	if _, err := os.Stat(filepath.Join(folder, "DejaVuSans-Bold.ttf")); err != nil {
		t.Fatalf("%v: run conformance/setup", err)
	}
	dir := t.TempDir()
	return write(t, []byte("<fontconfig><dir>"+folder+"</dir><cachedir>"+dir+"</cachedir></fontconfig>"), dir, "fonts.conf")
}

// renderer draws by a program with each of several environments.
type renderer struct {
	program      string
	environments map[string][]string
}

func (r renderer) shows(t *testing.T, picture []byte) {
	t.Helper()
	shapes := shapesOf(t, picture)
	for name, environment := range r.environments {
		drawn := r.draw(t, environment, picture)
		if got := drawn.At(8, 4); !same(got, color.White) {
			t.Errorf("fonts %s: the paper is %v", name, got)
		}
		for _, s := range shapes.boxes {
			// Above the first line, nothing is written.
			if got, want := drawn.At(int(s.x)+8, int(s.y)+4), s.fill; s.fill != nil && !same(got, want) {
				t.Errorf("fonts %s: the box at %g,%g is %v, want %v", name, s.x, s.y, got, want)
			}
		}
		// Each text alone, in a row of its own.
		rows := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="100%%" height="100%%" fill="#ffffff"/><g %s>`,
			int(shapes.boxes[0].width), 40*len(shapes.texts), shapes.font)
		for i, s := range shapes.texts {
			rows += fmt.Sprintf(`<text x="%g" y="%d" %s>%s</text>`, s.x, 40*i+25, s.style, escaped(s.text))
		}
		alone := r.draw(t, environment, []byte(rows+"</g></svg>"))
		for i, s := range shapes.texts {
			end := lastInk(alone, 40*i, 40*i+40)
			if limit := shapes.limit(s); end < int(s.x) || float64(end) > limit {
				t.Errorf("fonts %s: %q from %g ends at %d, want at most %g", name, s.text, s.x, end, limit)
			}
		}
	}
}

func (r renderer) draw(t *testing.T, environment []string, picture []byte) image.Image {
	t.Helper()
	cmd := exec.Command(r.program, "--format", "png")
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr, cmd.Env = bytes.NewReader(picture), &said, append(os.Environ(), environment...)
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	drawn, err := png.Decode(bytes.NewReader(output))
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

// shape is a box or a text of a picture.
type shape struct {
	x, y, width, height float64
	fill                color.Color // nil if it is none
	style, text         string
}

// shapes are the boxes of a picture, the paper first, its texts, and where samples of lines begin in the legend.
type shapes struct {
	boxes, texts, samples []shape
	font                  string
}

func shapesOf(t *testing.T, picture []byte) shapes {
	t.Helper()
	var all shapes
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		s, path := shape{}, ""
		for _, a := range element.Attr {
			number, _ := strconv.ParseFloat(a.Value, 64)
			switch a.Name.Local {
			case "x":
				s.x = number
			case "y":
				s.y = number
			case "width":
				s.width = number
			case "height":
				s.height = number
			case "d":
				path = a.Value
			case "fill":
				var c color.RGBA
				if n, _ := fmt.Sscanf(a.Value, "#%02x%02x%02x", &c.R, &c.G, &c.B); n == 3 {
					c.A = 255
					s.fill = c
				}
			}
			if strings.HasPrefix(a.Name.Local, "font-") {
				s.style += fmt.Sprintf(`%s="%s" `, a.Name.Local, escaped(a.Value))
			}
		}
		switch element.Name.Local {
		case "svg":
			all.font = s.style
		case "rect":
			all.boxes = append(all.boxes, s)
		case "text":
			if err := decoder.DecodeElement(&s.text, &element); err != nil {
				t.Fatal(err)
			}
			all.texts = append(all.texts, s)
		case "path":
			if n, _ := fmt.Sscanf(path, "M%g %gh", &s.x, &s.y); n == 2 && strings.Contains(path, "h") {
				all.samples = append(all.samples, s)
			}
		}
	}
	if len(all.boxes) < 2 || len(all.texts) < 2 {
		t.Fatalf("%d boxes and %d texts in\n%s", len(all.boxes), len(all.texts), picture)
	}
	return all
}

// limit returns how far to the right a text may go: to the edge of its box or of the paper, and in the legend to the next sample.
func (all shapes) limit(text shape) float64 {
	limit := all.boxes[0].width
	for _, box := range all.boxes {
		if box.x <= text.x && text.x <= box.x+box.width && box.y <= text.y && text.y <= box.y+box.height {
			limit = min(limit, box.x+box.width)
		}
	}
	for _, sample := range all.samples {
		if sample.x > text.x && sample.y < text.y && text.y < sample.y+8 {
			limit = min(limit, sample.x)
		}
	}
	return limit - 3
}

// lastInk returns the last column of a band of a picture that is not white, or -1.
func lastInk(drawn image.Image, top, bottom int) int {
	for x := drawn.Bounds().Max.X - 1; x >= 0; x-- {
		for y := top; y < bottom; y++ {
			if !same(drawn.At(x, y), color.White) {
				return x
			}
		}
	}
	return -1
}

// same says whether two colours look alike; at edges, programs mix them.
func same(a, b color.Color) bool {
	const little = 0x0800
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) < little }
	r, g, bl, _ := a.RGBA()
	r2, g2, bl2, _ := b.RGBA()
	return near(r, r2) && near(g, g2) && near(bl, bl2)
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
