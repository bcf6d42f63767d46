package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// configuration reads a block as a file or a part of one. What nothing tells to be a configuration is left out.
func (g *guide) configuration(b block) {
	content := kindOfPart(b.lines)
	name := g.file(b, content)
	kind := content
	if kind == "" || kind == model.KindOther {
		kind = kindByName(name)
		if kind != "" && !canBePart(kind, b) {
			return
		}
	}
	if kind == "" && (name == "" || b.language == "") {
		if kind = kindByLanguage(b.language); kind == "" {
			return
		}
	}
	if g.prose.isOutput(b) && fitsOutput(b.language) || showsVariants(b.lines) {
		return
	}
	p := part{name: name, old: g.prose.isOld(b), whole: !g.prose.isPart(b)}
	text, at, partial := g.text(b, kind)
	p.whole = p.whole && !partial && (kind == "" || kind == model.KindEnv || recognise(outlineOf(b.lines)) != model.KindOther)
	file := parseAs(*g.parser, kind, parseName(name, kind, b.language), g.name, at, text)
	g.report(file.findings, p)
	if file.doc == nil || file.doc.Root == nil || file.doc.Kind == model.KindOther && name == "" {
		return
	}
	p.doc = file.doc
	p.doc.Ignores = suppressions(g.name, at, string(text))
	if p.doc.Format != model.Text && p.doc.Root.Kind != model.Map {
		return
	}
	settle(p.doc.Root, b.line)
	p.doc.Template = isTemplate(parseName(name, kind, b.language)) || g.renders && p.doc.Template
	if p.doc.Kind == model.KindEnv {
		unfilled(p.doc)
	}
	g.parts = append(g.parts, p)
}

// settle puts what was written above a block, so that it parses, at the first thing in the block.
func settle(root *model.Node, line int) {
	if len(root.Fields) == 1 && root.Fields[0].Position.Line < line && len(root.Fields[0].Value.Fields) > 0 {
		first := root.Fields[0].Value.Fields[0].Position
		root.Position, root.Fields[0].Position = first, first
	}
}

// report keeps what is wrong with a text that was read: of a part, that it does not parse on its own is no mistake.
func (g *guide) report(findings []diag.Finding, p part) {
	for _, f := range findings {
		if f.Rule == "syntax-error" && !p.whole {
			f.Rule, f.Severity = "not-linted", diag.Info
			f.Message = "this part of a file does not parse on its own, and is not checked: " + f.Message
		}
		if !p.old {
			g.findings = append(g.findings, f)
		}
	}
}

// file returns the name of the file that a block belongs to: the first of those mentioned that can be what the block holds, or that of the
// block before it in the same section.
func (g *guide) file(b block, content model.DocumentKind) string {
	names := g.prose.names(b)
	if b.section == g.section && g.last != "" && (b.language != "" || content != "") {
		names = append(names, g.last)
	}
	for _, name := range names {
		byName := kindByName(name)
		if fitsLanguage(name, b.language) && (byName == content || byName == "" || content == "" || content == model.KindOther) {
			g.section, g.last = b.section, name
			return name
		}
	}
	return ""
}

// fitsLanguage reports whether a file of that name can be in the language of a block.
func fitsLanguage(name, language string) bool {
	ext := extension(name)
	switch language {
	case "yaml", "yml":
		return ext == ".yaml" || ext == ".yml"
	case "json", "jsonc", "json5":
		return ext == ".json"
	case "env", "dotenv", "properties":
		return isEnv(name)
	case "nginx", "conf", "ini":
		return !isEnv(name) && ext != ".yaml" && ext != ".yml" && ext != ".json"
	case "caddy", "caddyfile":
		return strings.Contains(strings.ToLower(name), "caddy")
	}
	return true
}

// fitsOutput reports whether programs print something in the language; YAML that is to be seen is a file that somebody looks at.
func fitsOutput(language string) bool { return language != "yaml" && language != "yml" }

func kindByLanguage(language string) model.DocumentKind {
	switch language {
	case "env", "dotenv":
		return model.KindEnv
	case "nginx":
		return model.KindNginx
	case "caddy", "caddyfile":
		return model.KindCaddy
	}
	return ""
}

// parseName returns the name by which a block is parsed: its own, or one that says how.
func parseName(name string, kind model.DocumentKind, language string) string {
	switch {
	case name != "":
		return name
	case kind == model.KindEnv:
		return ".env"
	case strings.HasPrefix(language, "json"):
		return "part.json"
	case kind == model.KindNginx:
		return "nginx.conf"
	case kind == model.KindCaddy:
		return "Caddyfile"
	}
	return "part.yaml"
}

// text returns what a block holds as a text that parses: part of the services of a compose file stands below services again, lines that stand
// for others are blank, and indentation that all lines have is gone.
func (g *guide) text(b block, kind model.DocumentKind) (text []byte, at offset, partial bool) {
	lines := slices.Clone(b.lines)
	for i, line := range lines {
		is, bare := g.prose.elided(line)
		partial = partial || is
		if is && bare && !strings.HasPrefix(b.language, "json") {
			lines[i] = ""
		}
		partial = partial || strings.HasPrefix(b.language, "json") && g.prose.leavesOut(line)
	}
	at = offset{line: b.line - 1, column: b.indent}
	all, first := indentOf(lines)
	switch {
	case kind == model.KindCompose && (first > all || !outlineOf(lines).has(composeSections()...)):
		partial = true
		if first == 0 {
			for i := range lines {
				lines[i] = " " + lines[i]
			}
			at.column--
		}
		lines = append([]string{"services:"}, lines...)
		at.line--
	case kind != model.KindEnv:
		for i, line := range lines {
			lines[i] = unindent(line, all)
		}
		at.column += all
	}
	return []byte(strings.Join(lines, "\n") + "\n"), at, partial
}

// parseAs parses a text inside a guide that is taken for a kind if its keys do not tell.
func parseAs(p parser, kind model.DocumentKind, name, path string, at offset, text []byte) file {
	p.fallback = kind
	f := p.parseAt(name, path, at, text)
	if f.doc == nil || f.doc.Kind != model.KindEnv {
		return f
	}
	place := func(position *diag.Position) { *position = at.position(path, position.Line, position.Column) }
	place(&f.doc.Root.Position)
	for i := range f.doc.Root.Fields {
		place(&f.doc.Root.Fields[i].Position)
		place(&f.doc.Root.Fields[i].Value.Position)
	}
	for i := range f.findings {
		place(&f.findings[i].Position)
	}
	return f
}

// unfilled marks the values of an env file as unknown that the reader is to fill in.
func unfilled(doc *model.Document) {
	for _, f := range doc.Root.Fields {
		if f.Value.Kind == model.String && (f.Value.Text == "" || f.Value.Text[0] == '#') {
			f.Value.Unknown = true
		}
	}
}
