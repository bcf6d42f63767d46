package read

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// complete adds the documents that stand as texts in others, and leaves out those that have nothing to do with the rest. sources are the texts of
// compose files. It returns the documents related to each other, which decided that, with the ones that were left out.
func complete(files *model.Files, parser *parser, sources map[string]string) (*model.Deployment, []diag.Finding) {
	inside, findings := embedded(files.Documents, parser)
	files.Documents = slices.Concat(files.Documents, inside)
	if p := newProject(files.Documents); p != nil {
		inline, wrong := p.inlined(parser, sources)
		inside, wrongInside := embedded(inline, parser)
		findings = slices.Concat(findings, wrong, wrongInside)
		files.Documents = slices.Concat(files.Documents, inline, inside)
	}
	linked := &model.Deployment{Files: copied(files)}
	p := relateServices(linked)
	if p != nil && p.env.budget.spent() {
		main := composeFiles(files.Documents)[0].Root.Position.File
		findings = append(findings, said(main, "this project becomes too large when its variables are put in and its files included: part of it is not checked")...)
	}
	findings = append(findings, brokenNginx(linked)...)
	relateConfigurations(linked, p)
	dropUnseen(files, linked)
	return linked, findings
}

// embedded returns the documents that stand as texts in others, and what is wrong with their form.
func embedded(docs []*model.Document, parser *parser) (inside []*model.Document, findings []diag.Finding) {
	for _, doc := range docs {
		found, wrong := parser.embedded(doc)
		inside, findings = append(inside, found...), append(findings, wrong...)
	}
	return inside, findings
}

// dropUnseen leaves out documents that are not known by their content and that no service can see, and the samples of documents that are there.
func dropUnseen(files *model.Files, linked *model.Deployment) {
	seen := map[*model.Document]bool{}
	var folders []string
	for _, s := range linked.Services {
		for _, m := range s.Mounts {
			seen[m.Document] = true
			if m.Type == "bind" && m.Source != "." && !path.IsAbs(m.Source) {
				folders = append(folders, m.Source+"/")
			}
		}
	}
	var kept []*model.Document
	for i, doc := range linked.Documents {
		inFolder := slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(doc.Name, folder) })
		if seen[doc] || !isSampleOfAnother(linked, doc) && (doc.Kind != model.KindOther || inFolder || isToEncrypt(linked, doc)) {
			kept = append(kept, files.Documents[i])
		}
	}
	files.Documents = kept
}

// isToEncrypt reports whether a rule of SOPS says to encrypt a document.
func isToEncrypt(d *model.Deployment, doc *model.Document) bool {
	for _, rules := range d.Documents {
		if rules.Kind != model.KindSOPSRules {
			continue
		}
		list := rules.Root.Get("creation_rules")
		if list == nil {
			continue
		}
		for _, rule := range list.Items {
			text, known := rule.Get("path_regex").Literal()
			if expression, err := regexp.Compile(text); known && err == nil && expression.MatchString(doc.Name) {
				return true
			}
		}
	}
	return false
}

// isSampleOfAnother reports whether a document is a sample of the very file that a product reads, or the second sample of one: homeserver.yaml.example
// beside homeserver.yaml. What is wrong in it harms nobody.
func isSampleOfAnother(d *model.Deployment, doc *model.Document) bool {
	if !isTemplate(doc.Name) {
		return false
	}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c != nil && !slices.Contains(c.Documents, doc) && slices.ContainsFunc(c.Documents, func(read *model.Document) bool {
			return stripTemplate(read.Name) == stripTemplate(doc.Name)
		}) {
			return true
		}
	}
	return false
}
