package read

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
)

// FuzzYAML: no text makes the reader fail, and what it reads stands in the text.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"server_name: a\nlisteners: [{port: 1}]\n", "a: &x {b: *x}", "services: {a: {image: b}}\n---\nc", "{{ x }}: {% y %}\nserver_name: [\n",
		"http:\n  <<: *a\nmatrix: |\n  é\n", "\ufeffa: b", "a:\n\tb", "? [a]\n: b", "!x &y *y", "- - - -", "a: ${B}\n${C}\n"} {
		f.Add(seed)
	}
	p := &parser{}
	f.Fuzz(func(t *testing.T, text string) {
		read := p.parse("a.yaml", []byte(text))
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 2
		for _, finding := range read.findings {
			if finding.Line < 1 || finding.Line > lines || finding.Column < 1 {
				t.Errorf("a finding at %d:%d", finding.Line, finding.Column)
			}
		}
		if read.doc != nil {
			checkPlaces(t, read.doc.Root, lines)
		}
	})
}

func checkPlaces(t *testing.T, n *model.Node, lines int) {
	if n == nil {
		t.Fatal("a node is missing")
	}
	if n.Position.Line < 1 || n.Position.Line > lines || n.Position.Column < 1 {
		t.Errorf("%q at %d:%d of %d lines", n.Text, n.Position.Line, n.Position.Column, lines)
	}
	for _, f := range n.Fields {
		checkPlaces(t, f.Value, lines)
	}
	for _, item := range n.Items {
		checkPlaces(t, item, lines)
	}
}

// FuzzJSON: the reader agrees with Go's on what is JSON, and on what it says.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a": [1, 2.5e3, null, true, "\u00e9\n"]}`, `{"a": 1,}`, `// x` + "\n{}", `{a: b}`, `{"a": {{ x }}}`, `[1 2]`, `{"a"`, `"\ud83d\ude00"`, `{"a":1}{}`, "{\"a\":\"\t\"}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, offences, fatal := readJSON("a.json", offset{}, []byte(text))
		if fatal != nil && (fatal.line < 1 || fatal.column < 1) {
			t.Errorf("it ends at %d:%d", fatal.line, fatal.column)
		}
		checkPlaces(t, root, strings.Count(text, "\n")+2)
		var value any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		valid := decoder.Decode(&value) == nil && decoder.More() == false && json.Valid([]byte(text))
		if valid && (fatal != nil && !strings.Contains(fatal.message, "nested") || len(offences) > 0) {
			t.Errorf("valid JSON: %v %v", fatal, offences)
		}
		if s, isText := value.(string); valid && isText && root.Text != s && !strings.ContainsRune(s, '\ufffd') {
			t.Errorf("got %q, want %q", root.Text, s)
		}
	})
}

// FuzzEnv: no text makes the reader of variables fail, or the replacement of references in them.
func FuzzEnv(f *testing.F) {
	for _, seed := range []string{"A=b\nB='c'\nC=\"d\n\"", "A=${B:-c}", "# x\nexport A = b # c", "A", "A=\"", "A+=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, _ := readEnv(".env", []byte(text))
		checkPlaces(t, root, strings.Count(text, "\n")+2)
		newEnvironment(newBudget()).load(&model.Document{Root: root})
	})
}

// FuzzUnit: no text makes the reader of units fail, nor what they come to.
func FuzzUnit(f *testing.F) {
	for _, seed := range []string{"[Container]\nImage=a:1\nVolume=./a:/b:ro\nVolume=%h/a:/c\nNetwork=x.network:alias=a\n", "[Container]\nExec=\"a b\" \\\n# c\n  d\nSecret=a,type=env,target=B",
		"[Container]\nMount=type=bind,src=.,dst=/\nPod=a.pod\nHealthCmd=[\"CMD\"", "[Container]\nImage=a.build\nEnvironment=A \"B=c\nLabel=\n=\n[", "x=1\n[Container"} {
		f.Add(seed)
	}
	p := &parser{}
	f.Fuzz(func(t *testing.T, text string) {
		var docs []*model.Document
		for _, name := range []string{"a.container", "b.pod", "x.network", "a.build"} {
			docs = append(docs, p.unit(name, name, offset{}, []byte(text)))
		}
		for _, doc := range withUnits(docs) {
			checkPlaces(t, doc.Root, strings.Count(text, "\n")+1)
		}
		Relate(&model.Files{Name: ".", Documents: withUnits(docs)})
	})
}

// FuzzEmbedded: no configuration of a web server makes the reader fail, and the documents in it stand where they are said to.
func FuzzEmbedded(f *testing.F) {
	for _, seed := range []string{"location / { return 200 '{\"m.homeserver\": {\"base_url\": \"x\"}}'; }", "return 200 \"{\\\"m.server\\\": \\\"a:443\\\"}\";",
		"respond <<JSON\n  {\"m.server\": \"é\"}\n  JSON 200", "respond `{\n\"m.server\": [`", "# \"m.server\n'{", "\"m.homeserver\n{{\"'`{"} {
		f.Add(seed)
	}
	p := &parser{}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []model.DocumentKind{model.KindNginx, model.KindCaddy} {
			server := p.text("x.conf", "x.conf", offset{}, []byte(text))
			server.Kind = kind
			inside, _ := p.embedded(server)
			for _, doc := range inside {
				checkPlaces(t, doc.Root, strings.Count(text, "\n")+1)
			}
		}
	})
}
