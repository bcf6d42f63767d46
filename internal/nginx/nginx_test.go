package nginx

import (
	"fmt"
	"strings"
	"testing"
)

// print writes directives as a line: words in brackets if they were quoted.
func print(directives []Directive) string {
	var out strings.Builder
	for _, d := range directives {
		for _, w := range d.Words {
			if w.Quoted {
				fmt.Fprintf(&out, "[%s]@%d:%d ", w.Text, w.Position.Line, w.Position.Column)
			} else {
				fmt.Fprintf(&out, "%s@%d:%d ", w.Text, w.Position.Line, w.Position.Column)
			}
		}
		if d.HasBlock {
			fmt.Fprintf(&out, "{ %s} ", print(d.Block))
		}
	}
	return out.String()
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"# a comment; {\r\na b;":        "a@2:1 b@2:3 ",
		"server {\n\tlisten 80;\n}\na;": "server@1:1 { listen@2:2 80@2:9 } a@4:1 ",
		"location ~ ^/a(b|c){x}":        "1:23: unexpected end of file, expecting \";\" or \"}\"",
		"location ~ ^/[^/]{1,3}$ { }":   "1:28: unexpected end of file, expecting \"}\" of location in line 1",
		`location ~ "^/[^/]{1,3}$" { }`: "location@1:1 ~@1:10 [^/[^/]{1,3}$]@1:12 { } ",
		`return 200 '{"a": "b"}';`:      `return@1:1 200@1:8 [{"a": "b"}]@1:12 `,
		`return 200 "{\"a\": \"b\"}";`:  `return@1:1 200@1:8 [{"a": "b"}]@1:12 `,
		"a ${b}c{d;}":                   "a@1:1 ${b}c@1:3 { d@1:9 } ",
		`location ~ ^/a\.b\$ {}`:        `location@1:1 ~@1:10 ^/a\.b\$@1:12 { } `,
		`if ($a = b) { return 1; }`:     "if@1:1 ($a@1:4 =@1:8 b)@1:10 { return@1:15 1@1:22 } ",
		`if ($a = "b") { return 1; }`:   `if@1:1 ($a@1:4 =@1:8 [b]@1:10 )@1:13 { return@1:17 1@1:24 } `,
		"ü \"ß\" ü;":                    "ü@1:1 [ß]@1:3 ü@1:7 ",
		"a b#c;":                        "a@1:1 b#c@1:3 ",
		"a {\n b {":                     "2:5: unexpected end of file, expecting \"}\" of b in line 2",
		"a;\n}":                         "2:1: unexpected \"}\"",
		"a {\n b\n}":                    "3:1: unexpected \"}\"",
		"a b":                           "1:4: unexpected end of file, expecting \";\" or \"}\"",
		"a 'b;\n":                       "1:3: unexpected end of file: this quote is not closed",
		"a 'b'c;":                       "1:6: unexpected \"c\"",
		";":                             "1:1: unexpected \";\"",
		strings.Repeat("a{", 100):       "1:101: blocks are nested too deeply",
	} {
		got := ""
		directives, problem := Parse("", text)
		if problem != nil {
			got = fmt.Sprintf("%d:%d: %s", problem.Position.Line, problem.Position.Column, problem.Message)
		} else {
			got = print(directives)
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// FuzzParse looks for texts that the reader does not survive, or that it reads into places that are not there.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"a b;", "server { listen 80; }", `location ~ "^/[^/]{1,3}$" { return 200 '{}'; }`, "if ($a = \"b\") { }", "a ${b}{", "#\na\\\n;"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		directives, problem := Parse("", text)
		lines := strings.Count(text, "\n") + 1
		if problem != nil && (problem.Position.Line < 1 || problem.Position.Line > lines) {
			t.Fatal(problem)
		}
		var walk func([]Directive)
		walk = func(directives []Directive) {
			for _, d := range directives {
				if len(d.Words) == 0 || d.Position().Line > lines || d.Position().Column < 1 {
					t.Fatalf("%+v", d)
				}
				walk(d.Block)
			}
		}
		walk(directives)
	})
}
