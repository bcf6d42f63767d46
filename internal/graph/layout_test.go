package graph

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// large is a graph with more than Mermaid draws.
func large(nodes, edges int) *Graph {
	g := &Graph{Title: "large", Groups: []Group{{ID: "proxy", Title: "Traefik"}}}
	for i := range nodes {
		kind := []NodeKind{Caller, Host, Service, Store, Outside}[i%5]
		n := Node{ID: fmt.Sprint("node ", i), Kind: kind, Name: strings.Repeat("name", 1+i%17), Detail: strings.Repeat("what ", i%9), Networks: []string{"a", "b"}}
		if kind == Host {
			n.Group = "proxy"
		}
		g.Nodes = append(g.Nodes, n)
	}
	for i := range edges {
		from, to := i%nodes, (i*7+i/nodes+1)%nodes
		g.Edges = append(g.Edges, Edge{From: g.Nodes[from].ID, To: g.Nodes[to].ID, Kind: edgeKinds()[i%5], Labels: []string{strings.Repeat("/path", i%12), "port 8008"}})
	}
	return g
}

// TestMermaidLimits: Mermaid shows an error in the place of a picture that is too large.
func TestMermaidLimits(t *testing.T) {
	for _, size := range [][2]int{{10, 30}, {200, 400}, {300, 499}, {300, 2000}} {
		text := large(size[0], size[1]).Mermaid()
		if len(text) > mermaidText {
			t.Errorf("%v: %d characters", size, len(text))
		}
		if edges := strings.Count(text, "-->") + strings.Count(text, "---"); edges > mermaidEdges {
			t.Errorf("%v: %d edges", size, edges)
		}
	}
}

// TestNothingOverlaps: cards stand apart, hold their text, and lines end at their sides.
func TestNothingOverlaps(t *testing.T) {
	for _, size := range [][2]int{{1, 0}, {5, 8}, {40, 100}} {
		g := large(size[0], size[1])
		d := layOut(g)
		var cards []*card
		for _, column := range d.columns {
			cards = append(cards, column...)
		}
		if len(cards) != len(g.Nodes) {
			t.Fatalf("%d cards of %d nodes", len(cards), len(g.Nodes))
		}
		for i, a := range cards {
			if a.x < 0 || a.y < titleArea || a.x+a.w > d.width || a.y+a.h > d.height {
				t.Errorf("%s is outside of the picture", a.node.ID)
			}
			for _, b := range cards[i+1:] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s and %s overlap", a.node.ID, b.node.ID)
				}
			}
			for _, line := range a.names {
				if d.ruler.width(line, nameSize, true) > a.w-2*padding {
					t.Errorf("%q does not fit into %s", line, a.node.ID)
				}
			}
			for _, row := range append([]cardRow{{lines: a.details}}, a.rows...) {
				for _, line := range row.lines {
					if d.ruler.width(line, textSize, false) > a.w-2*padding || row.y+row.h > a.h {
						t.Errorf("%q does not fit into %s", line, a.node.ID)
					}
				}
			}
		}
		for _, w := range d.wires {
			if w.y1 < w.from.y || w.y1 > w.from.y+w.from.h || w.y2 < w.to.y || w.y2 > w.to.y+w.to.h {
				t.Errorf("the line from %s to %s ends beside a card", w.edge.From, w.edge.To)
			}
		}
	}
}

// TestSVGIsXML: a browser shows nothing of a picture that is not well-formed, and must find nothing to run. What knows no style sheets needs a colour at
// every shape.
func TestSVGIsXML(t *testing.T) {
	g := large(20, 40)
	g.Nodes[0].Name, g.Edges[0].Labels = `"<script>alert(1)</script>&'`, []string{`]]> <a href="x" onclick='y'>`}
	decoder := xml.NewDecoder(strings.NewReader(g.SVG()))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, isStart := token.(xml.StartElement)
		if !isStart {
			continue
		}
		switch element.Name.Local {
		case "svg", "title", "style", "rect", "text", "path", "polygon", "circle":
		default:
			t.Errorf("there is an element %s", element.Name.Local)
		}
		coloured := false
		for _, a := range element.Attr {
			coloured = coloured || a.Name.Local == "fill" && (a.Value == "none" || strings.HasPrefix(a.Value, "#"))
			if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") {
				t.Errorf("%s has %s", element.Name.Local, a.Name.Local)
			}
		}
		if shape := !slices.Contains([]string{"svg", "title", "style"}, element.Name.Local); shape && !coloured {
			t.Errorf("%s has no colour: %v", element.Name.Local, element.Attr)
		}
	}
}

// TestClean: what a name does to the text around it stays out, and so does what is longer than a picture.
func TestClean(t *testing.T) {
	for given, want := range map[string]string{"a\nb\tc": "a b c", "x\u202ey\u0000z": "xyz", "\xff": "�", " plain ": "plain"} {
		if got := clean(given); got != want {
			t.Errorf("clean(%q) = %q, want %q", given, got, want)
		}
	}
	if got := []rune(clean(strings.Repeat("é", 1000))); len(got) != longest {
		t.Errorf("%d characters are left", len(got))
	}
}

// TestWrap: a line breaks where people would break it, and nothing is lost.
func TestWrap(t *testing.T) {
	for _, test := range []struct {
		labels []string
		width  int
		want   string
	}{
		{[]string{"/a", "/b", "port 1"}, 20, "/a, /b, port 1"},
		{[]string{"/a", "/b", "port 1"}, 8, "/a, /b,|port 1"},
		{[]string{"redirect URI https://account.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA"}, 30,
			"redirect URI|https://account.example.org/|upstream/callback/|01HFVBY12TMNTYTBV8W921M5FA"},
		{[]string{"é" + strings.Repeat("x", 9)}, 5, "éxxxx|xxxxx"},
		{nil, 5, ""},
	} {
		if got := strings.Join(wrap(test.labels, test.width), "|"); got != test.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.labels, test.width, got, test.want)
		}
	}
}
