package read

import (
	"bytes"
	"errors"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// file is one file as it was read.
type file struct {
	// doc is nil if the file does not parse.
	doc *model.Document
	// foreign says of a compose file that its keys are those of another format, and its name does not say what it is.
	foreign bool
	// kind is what a file is that does not parse, and broken its text.
	kind     model.DocumentKind
	broken   string
	findings []diag.Finding
}

// parser turns texts into documents.
type parser struct {
	// fallback is what a document is taken for whose keys do not tell; "" for KindOther.
	fallback model.DocumentKind
	// surely is what a document is whatever its keys; "" where they tell. A program of Helm's chart reads it before the product does.
	surely model.DocumentKind
	// part is which of the values for Element's chart in a text are read, counted from 1; 0 for the first that surely are such.
	part int
}

// recognise returns what a document is by its keys.
func (p *parser) recognise(o outline) model.DocumentKind {
	if p.surely != "" {
		return p.surely
	}
	if kind := recognise(o); kind != model.KindOther || p.fallback == "" {
		return kind
	}
	return p.fallback
}

// parse returns the document of a file. doc is nil if the file does not parse; findings then say why, unless nothing says that it was ever
// meant to be a document.
func (p *parser) parse(name string, text []byte) file {
	f := p.parseAt(name, name, offset{}, text)
	if f.doc != nil && bytes.Contains(text, []byte(suppressionMark)) {
		f.doc.Ignores = suppressions(name, offset{}, string(text))
	}
	return f
}

// parseAt is parse for a text inside another file: name says what it is called, and path where it stands.
func (p *parser) parseAt(name, path string, at offset, text []byte) file {
	head := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	ext := extension(name)
	switch {
	case isEnv(name):
		return p.env(name, text)
	case isProgram(name, head):
		return file{doc: p.text(name, path, at, text)}
	case isUnit(name, text):
		return file{doc: p.unit(name, path, at, text)}
	case ext != ".json" && ext != ".yaml" && ext != ".yml" && recogniseText(name, "") == model.KindCaddy: // it may begin with a brace too
	case ext == ".json", ext != ".yaml" && ext != ".yml" && bytes.HasPrefix(head, []byte("{")) && !bytes.HasPrefix(head, []byte("{{")) &&
		!bytes.HasPrefix(head, []byte("{%")):
		return p.json(name, path, at, text)
	case ext == ".yaml" || ext == ".yml" || recognise(outlineText(string(text))) != model.KindOther:
		return p.yaml(name, path, at, text)
	}
	return file{doc: p.text(name, path, at, text)}
}

// text returns a document of plain text.
func (p *parser) text(name, path string, at offset, text []byte) *model.Document {
	return &model.Document{Name: name, Format: model.Text, Kind: recogniseText(name, string(text)), Template: isTemplate(name), Flat: at.fixed.Line > 0, Memo: &model.Memo{},
		Root: &model.Node{Kind: model.String, Text: string(text), Position: at.position(path, 1, 1)}}
}

// env reads a file of variables. What else it sets is not known if it is encrypted as a whole, if it does not parse to its end, or if lines of it
// come from a template engine.
func (p *parser) env(name string, text []byte) file {
	if isSealed(text) {
		text = nil
	}
	plain, rendered := text, false
	if placeholder.HasTags(string(text)) {
		plain, rendered = []byte(placeholder.BlankTags(string(text))), true
	}
	root, problem := readEnv(name, plain)
	root.Unknown = text == nil || problem != nil || rendered
	f := file{doc: &model.Document{Name: name, Format: model.Env, Kind: model.KindEnv, Root: root}}
	f.doc.Template = markPlaceholders(f.doc, nil) || isTemplate(name) || rendered
	if control := placeholder.ReadControl(string(text)); rendered && control.Nested {
		for _, f := range root.Fields {
			if control.Perhaps(f.Position.Line) {
				perhaps(f.Value)
			}
		}
	}
	if problem != nil && !isRenderedName(name) {
		found := finding("env-file-value-broken", name, offset{}, problem)
		if isSample(name) {
			found.Severity = diag.Warning // for whoever copies it
		}
		f.findings = append(f.findings, found)
	}
	return f
}

// isSealed reports whether a file is encrypted as a whole, as text: by Ansible Vault, age or OpenPGP.
func isSealed(text []byte) bool {
	return slices.ContainsFunc([]string{"$ANSIBLE_VAULT;", "-----BEGIN AGE ENCRYPTED FILE-----", "-----BEGIN PGP MESSAGE-----"}, func(head string) bool {
		return bytes.HasPrefix(text, []byte(head))
	})
}

func (p *parser) json(name, path string, at offset, text []byte) file {
	root, offences, fatal := readJSON(path, at, text)
	kind := model.KindOther
	if root.Kind == model.Map {
		kind = p.recognise(outlineTree(root))
	}
	doc := &model.Document{Name: name, Format: model.JSON, Kind: kind, Root: root}
	doc.Template = markPlaceholders(doc, nil) || isTemplate(name)
	doc.Whole = doc.Template && len(offences) == 0
	rule := "syntax-error"
	if kind == model.KindElement || kind == model.KindElementCall {
		rule = "element-json-invalid"
	}
	f := file{doc: doc}
	switch {
	case fatal != nil && kind == model.KindOther:
		f.doc = nil
	case fatal != nil:
		f.doc, f.kind = nil, kind
		f.findings = []diag.Finding{unparsed(rule, path, at, fatal, isTemplate(name) || placeholder.UpsetsParser(string(text)))}
	case len(offences) > 0 && kind != model.KindOther && !isTemplate(name) && !templateOffence(text, offences):
		first := finding(rule, path, at, &offences[0].problem)
		for _, o := range offences[1:min(len(offences), 20)] {
			first.Related = append(first.Related, diag.Related{Position: at.position(path, o.line, o.column), Message: o.message})
		}
		first.Fix = removal(path, at, offences)
		f.findings = []diag.Finding{first}
	}
	return f
}

// removal returns the fix for a text in which nothing is wrong but what is too much, or nil.
func removal(path string, at offset, offences []offence) *diag.Fix {
	fix := &diag.Fix{Does: "remove the commas that JSON does not have"}
	for _, o := range offences {
		if o.excess == "" || at.fixed.Line > 0 {
			return nil
		}
		fix.Edits = append(fix.Edits, diag.Edit{Position: at.position(path, o.line, o.column), Old: o.excess, Form: diag.Exact})
	}
	return fix
}

// templateOffence reports whether what is wrong in a JSON text is wrong only until it is rendered.
func templateOffence(text []byte, offences []offence) bool {
	lines := bytes.Split(text, []byte("\n"))
	for _, o := range offences {
		if o.line <= len(lines) && !placeholder.UpsetsParser(string(lines[o.line-1])) {
			return false
		}
	}
	return true
}

// yaml reads a YAML text: as it stands, or else as a template.
func (p *parser) yaml(name, path string, at offset, text []byte) file {
	root, second, err := yamlDocuments(text)
	template, whole, branches, parsed := false, true, false, text
	if (err != nil && !errors.Is(err, errNoYAML) || root != nil && hasMapAsKey(root, 0)) && placeholder.UpsetsParser(string(text)) {
		masked := placeholder.Mask(string(text))
		if r, s, again := yamlDocuments([]byte(masked)); again == nil {
			root, second, err, template, parsed = r, s, nil, true, []byte(masked)
			whole = !placeholder.Blanked(string(text), masked)
			branches = !whole && placeholder.BlanksTagsAlone(string(text), masked)
		} else {
			text, err = []byte(masked), again
		}
	}
	if errors.Is(err, errNoYAML) {
		return file{}
	}
	if err != nil {
		return p.broken(name, path, at, text, err)
	}
	kind := p.recognise(outlineYAML(root))
	if (kind == model.KindElement || kind == model.KindElementCall) && root.Style&yaml.FlowStyle == 0 {
		kind = model.KindOther // Element reads JSON alone; other programs have such keys too
	}
	if kind == model.KindOther && p.fallback == "" {
		kind = kindOfName(name, outlineYAML(root))
	}
	if kind == model.KindOther && composeName(name) && outlineYAML(root).has("services", "include") {
		kind = model.KindCompose // one to lay over another
	}
	values := &essValues{}
	if kind == model.KindOther || p.part > 0 {
		if found := essOf(root, string(parsed), at, p.part); found != nil {
			kind, root, at, values = model.KindESS, found.root, found.at, found
		}
	}
	r := &yamlReader{file: path, at: at, dialect: p.dialect(kind), open: map[*yaml.Node]bool{}, masked: template, raw: map[*model.Node]bool{}}
	if control := placeholder.ReadControl(string(text)); control.Nested && control.Any() && (template || isTemplate(name)) {
		r.control = control
	}
	tree, wrong := r.node(root, 0)
	if wrong != nil {
		return file{findings: []diag.Finding{finding("syntax-error", path, at, wrong)}, kind: kind}
	}
	doc := &model.Document{Name: name, Format: model.YAML, Kind: kind, Root: tree, ChartVersion: values.object.version,
		Installs: values.object.kind != "" && values.object.kind != "helmCharts" && !values.object.isOfHelmfile()}
	rendered := markPlaceholders(doc, r.raw) && kind != model.KindESS // which Helm itself fills in, and Flux
	doc.Template = rendered || template || isTemplate(name) || values.object.isOfHelmfile() && bytes.Contains(text, []byte("{{"))
	doc.Whole = doc.Template && whole
	doc.Branches = doc.Template && branches && r.control.Any()
	f := file{doc: doc}
	f.foreign = kind == model.KindCompose && p.fallback == "" && !composeName(name) && outlineYAML(root).isForeignFormat()
	if second > 0 && (kind == model.KindMAS || kind == model.KindSynapse) {
		f.findings = []diag.Finding{finding("syntax-error", path, at, &problem{second, 1, "a second document begins here; only one is read"})}
	}
	if second > 0 && kind == model.KindESS && values.object.kind == "" { // seen with Helm 3.21.4
		found := finding("syntax-error", path, at, &problem{second, 1, "a second document begins here; of a file with values Helm 3 reads the first alone"})
		found.Severity = diag.Warning
		f.findings = []diag.Finding{found}
	}
	return f
}

// broken returns what there is to say of a YAML text that does not parse.
func (p *parser) broken(name, path string, at offset, text []byte, err error) file {
	outline := outlineText(placeholder.Unmask(string(text)))
	kind := p.recognise(outline)
	if kind == model.KindOther && isESS(outline) {
		kind = model.KindESS
	}
	if kind == model.KindOther && p.fallback == "" {
		kind = kindOfName(name, outline)
	}
	if kind == model.KindOther && !composeName(name) {
		return file{}
	}
	template := isTemplate(name) || placeholder.IsBare(placeholder.Unmask(string(text)))
	if kind == model.KindOther {
		kind = model.KindCompose
	}
	return file{findings: []diag.Finding{unparsed("syntax-error", path, at, syntaxProblem(text, err), template)}, kind: kind, broken: string(text)}
}

// finding returns an error at a place in a file.
func finding(rule, path string, at offset, p *problem) diag.Finding {
	return diag.Finding{Rule: rule, Severity: diag.Error, Position: at.position(path, p.line, p.column), Message: p.message}
}

// unparsed returns the finding for a file that does not parse: an advice if it is a template, which need not parse before it is rendered.
func unparsed(rule, path string, at offset, p *problem, template bool) diag.Finding {
	f := finding(rule, path, at, p)
	if template {
		f.Rule, f.Severity = "not-linted", diag.Info
		f.Message = "this template does not parse before it is rendered, and is not checked: line " + strconv.Itoa(f.Line) + ": " + p.message
	}
	return f
}
