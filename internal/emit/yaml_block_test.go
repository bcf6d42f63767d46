package emit

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestBlockIsYAML writes many trees in both ways, of keys, texts and comments with all that means something to YAML.
func TestBlockIsYAML(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	written := 0
	for range 5000 {
		tree := randomMap(random, 3)
		got, want := block{}, bytes.Buffer{}
		if got.fields(tree, 0, false); got.rare {
			continue
		}
		written++
		if err := encodeYAML(&want, tree); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("%s\nand yaml.v3 writes\n%s", got.String(), want.String())
		}
	}
	if written < 2000 {
		t.Errorf("%d trees were written: that proves little", written)
	}
}

func randomMap(random *rand.Rand, depth int) *model.Node {
	n := &model.Node{Kind: model.Map}
	keys := map[string]bool{}
	for range 1 + random.IntN(4) {
		f := model.Field{Key: randomText(random, 2), Value: randomNode(random, depth-1)}
		if random.IntN(5) == 0 {
			f.Comment = strings.TrimSpace("Says: " + randomText(random, 3) + "\nmore")
		}
		if !keys[f.Key] {
			n.Fields = append(n.Fields, f)
		}
		keys[f.Key] = true
	}
	return n
}

func randomNode(random *rand.Rand, depth int) *model.Node {
	switch kind := random.IntN(8); {
	case kind == 0 && depth > 0:
		n := &model.Node{Kind: model.List}
		for range random.IntN(4) {
			n.Items = append(n.Items, randomNode(random, depth-1))
		}
		return n
	case kind < 3 && depth > 0:
		if random.IntN(6) == 0 {
			return &model.Node{Kind: model.Map}
		}
		return randomMap(random, depth)
	case kind == 3:
		return &model.Node{Kind: model.Int, Text: []string{"8008", "-1"}[random.IntN(2)]}
	case kind == 4:
		return &model.Node{Kind: model.Bool, Text: "true"}
	case kind == 5:
		return &model.Node{Kind: model.Float, Text: "0.5"}
	case kind == 6 && random.IntN(4) == 0:
		return &model.Node{Kind: model.Null, Text: "null"}
	}
	return &model.Node{Kind: model.String, Text: randomText(random, 4)}
}

// randomText puts pieces together that mean something to YAML, or nothing.
func randomText(random *rand.Rand, pieces int) string {
	all := []string{"a", "Z", "x y", "5s", "50M", "10.0.0.0", "/8", ":8080", "-d", "--", "{{ a }}", "%(a)s", "example.org", "/srv", "/", "./a", "true", "No", "off", "y", "null", "Null", "~", "0", "8008", "0o17", "0x1f", "1:30", "1e3", ".5", ".inf", "-", "- ", "+1", "2026-01-02",
		":", ": ", " #", "#", " ", "'", `"`, `\`, "&", "*", "!", "|", ">", "%", "@", "`", "{", "}", "[", "]", ",", "?", "? ", "=", "<<", "---", "...", "$$", "ä", "…", "\t", "\u007f", "\u0085", "\u2028", "\ufeff", "\U0001f600", "(", ")", "^", ";", "_"}
	if random.IntN(30) == 0 {
		return strings.Repeat("long ", 30) + "text"
	}
	if random.IntN(40) == 0 {
		return "two\nlines"
	}
	var text strings.Builder
	for range 1 + random.IntN(pieces) {
		text.WriteString(all[random.IntN(len(all))])
	}
	if random.IntN(40) == 0 {
		return ""
	}
	return text.String()
}
