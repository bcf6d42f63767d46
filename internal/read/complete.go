package read

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// complete adds the documents that stand as texts in others, and leaves out those that have nothing to do with the rest. source returns the text of
// a compose file. It returns what is left related to each other.
func complete(files *model.Files, parser *parser, source func(file string) string) (*model.Deployment, []diag.Finding) {
	inside, findings := embedded(files.Documents, parser)
	fragments, broken := essFragments(files.Documents, source)
	findings = append(findings, broken...)
	files.Documents = slices.Concat(files.Documents, inside, fragments)
	if p := newProject(files.Documents); p != nil {
		inline, wrong := p.inlined(parser, source)
		inside, wrongInside := embedded(inline, parser)
		findings = slices.Concat(findings, wrong, wrongInside)
		files.Documents = slices.Concat(files.Documents, inline, inside)
	}
	related := &model.Deployment{Files: copied(files)}
	p := relateServices(related)
	if p != nil && p.env.budget.spent() {
		main := composeFiles(files.Documents)[0].Root.Position.File
		findings = append(findings, said(main, "this project becomes too large when its variables are put in and its files included: part of it is not checked")...)
	}
	findings = append(findings, brokenNginx(related)...)
	relateConfigurations(related, p)
	if !dropUnseen(files, related, p) {
		return Relate(files), findings
	}
	finish(related, p)
	return related, findings
}

// embedded returns the documents that stand as texts in others, and what is wrong with their form.
func embedded(docs []*model.Document, parser *parser) (inside []*model.Document, findings []diag.Finding) {
	for _, doc := range docs {
		found, wrong := parser.embedded(doc)
		inside, findings = append(inside, found...), append(findings, wrong...)
	}
	return inside, findings
}

// dropUnseen leaves out documents that are not known by their content and that no service can see, and the samples of documents that are there. It
// reports whether what is left is related as it was: nothing has looked at what was left out.
func dropUnseen(files *model.Files, related *model.Deployment, p *project) bool {
	seen := map[*model.Document]bool{}
	var folders []string
	for _, s := range related.Services {
		for _, m := range s.Mounts {
			seen[m.Document] = true
			if m.Type == "bind" && m.Source != "." && !path.IsAbs(m.Source) {
				folders = append(folders, m.Source+"/")
			}
		}
	}
	used := referenced(files.Documents)
	var kept, left []*model.Document
	stays := true
	for i, doc := range related.Documents {
		inFolder := slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(doc.Name, folder) })
		isSample := isSampleOfAnother(related, doc)
		if seen[doc] || !isSample && (doc.Kind != model.KindOther || inFolder || used[doc.Name] || isToEncrypt(related.Documents, doc.Name) || isBesideRules(related.Documents, doc.Name)) {
			kept, left = append(kept, files.Documents[i]), append(left, doc)
			continue
		}
		stays = stays && !isSample && (p == nil || p.dir == "." && !p.isEnvironment(related.Services, doc))
	}
	files.Documents, related.Documents = kept, left
	return stays
}

// isEnvironment reports whether a service has a document as its env_file.
func (p *project) isEnvironment(services []*model.Service, doc *model.Document) bool {
	return slices.ContainsFunc(services, func(s *model.Service) bool {
		files := asList(s.Node.Get("env_file"))
		return files != nil && slices.ContainsFunc(files.Items, func(file *model.Node) bool { return p.envDocument(file) == doc })
	})
}

// isBesideRules reports whether a document is called secret, and lies where a file of rules for SOPS counts: whether one of the rules is for it, a
// rule asks.
func isBesideRules(documents []*model.Document, name string) bool {
	return strings.Contains(strings.ToLower(path.Base(name)), "secret") && slices.ContainsFunc(documents, func(rules *model.Document) bool {
		folder := path.Dir(rules.Name)
		return rules.Kind == model.KindSOPSRules && (folder == "." || strings.HasPrefix(name, folder+"/"))
	})
}

// isToEncrypt reports whether a rule of SOPS says to encrypt a document of that name.
func isToEncrypt(docs []*model.Document, name string) bool {
	for _, rules := range docs {
		if rules.Kind != model.KindSOPSRules {
			continue
		}
		list := rules.Root.Get("creation_rules")
		if list == nil {
			continue
		}
		for _, rule := range list.Items {
			text, known := rule.Get("path_regex").Literal()
			if expression, err := regexp.Compile(text); known && err == nil && expression.MatchString(name) {
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
