package read

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// prose reads what a guide says before a block: which file it speaks of, and what is to be done with it.
type prose struct {
	file, url, old, removes, goesOn, edit, create, render, elision, undo, output, quoted *regexp.Regexp
}

func newProse() *prose {
	return &prose{
		file:    regexp.MustCompile(`(?:[\w.~${}-]*/)*(?:[\w.-]*\.(?:ya?ml|json|env|conf|cfg|caddy)(?:\.(?:j2|tmpl|tpl|template|example|sample|dist))?|\.env(?:\.\w+)?|Caddyfile)\b`),
		url:     regexp.MustCompile(`[a-z]+://[^\s)>\x60"]+`),
		old:     regexp.MustCompile(`(?i)^\W*(?:old|before|previously|currently|your current|instead of|replace (?:this|these|the following))\b`),
		removes: regexp.MustCompile(`(?i)\b(?:remove|delete|drop|comment out)\b`),
		goesOn:  regexp.MustCompile(`(?i)\b(?:add|with|create|write|then)\b`),
		edit: regexp.MustCompile(`(?i)\b(?:edit|add|update|append|replace|change|modify|extend|insert|adjust|set|enable|include|ensure|merge|` +
			`snippet|excerpt|relevant|section|part)\b` +
			// the same in the languages of many guides
			`|\b(?:edita|modifi|añad|agreg|cambi|bearbeit|ergänz|ajout)|änder|hinzufüg|измен|добав|отредакт|编辑|添加|修改`),
		create:  regexp.MustCompile(`(?i)\b(?:create|write|full|complete|whole|new file|save (?:this|it|the following))\b`),
		render:  regexp.MustCompile(`\b(?:envsubst|gomplate|jinja2?|j2|ansible-playbook|chezmoi|consul-template)\b|\bsed\b.*(?:-i|>)`),
		elision: regexp.MustCompile(`(?i)^(?:\.\.\.|…|\[\.\.\.\]|<snip>|(?:the )?(?:rest|other|existing|remaining|your existing)\b.*\b(?:config\w*|settings|services|keys|here|same|before|unchanged|file)\b)`),
		output:  regexp.MustCompile(`(?i)^\W*(?:(?:expected|example|sample) )?(?:response|output|result)s?\b|\byou should (?:see|get)\b`),
		quoted:  regexp.MustCompile(`"(?:[^"\\]|\\.)*"`),
		undo:    regexp.MustCompile(`(?i)\b(?:roll(?:ing)?[- ]?back|revert|uninstall|undo|restor(?:e|ing))\b`),
	}
}

// split cuts a block where a comment is the name of the file that goes on there.
func (p *prose) split(b block) []block {
	if !isConfiguration(b.language) {
		return []block{b}
	}
	var parts []block
	begin := 0
	for i, line := range b.lines {
		text, isComment := strings.CutPrefix(line, "#")
		text = strings.Trim(text, " \t:#-=")
		if i > 0 && isComment && text != "" && p.file.FindString(text) == text {
			parts = append(parts, b.part(begin, i))
			begin = i
		}
	}
	return append(parts, b.part(begin, len(b.lines)))
}

// part returns some of the lines of a block. What stands before it does not speak of those that are not the first, and what comes behind it not of
// their file.
func (b block) part(from, to int) block {
	part := b
	part.lines, part.line = b.lines[from:to], b.line+from
	if from > 0 {
		part.title, part.prose, part.section = "", nil, -1
	}
	return part
}

// names returns the files that may be meant by a block, the likeliest first: those in its title or first comment, then those in the prose
// from the block upwards, and last those in its headings.
func (p *prose) names(b block) []string {
	texts := []string{b.title}
	if len(b.lines) > 0 && strings.HasPrefix(strings.TrimSpace(b.lines[0]), "#") && len(strings.Fields(b.lines[0])) <= 3 {
		texts = append(texts, b.lines[0])
	}
	for _, paragraph := range slices.Backward(b.prose) {
		texts = append(texts, paragraph)
	}
	if len(b.headings) > 0 {
		texts = append(texts, b.headings[len(b.headings)-1])
	}
	var names []string
	for _, text := range texts {
		for _, name := range p.file.FindAllString(p.url.ReplaceAllString(text, ""), -1) {
			if name = fileName(name); !slices.Contains(names, name) && name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// fileName returns a path as one below the folder of the deployment: without a home, a root, and a variable at its beginning.
func fileName(name string) string {
	for strings.HasPrefix(name, "~") || strings.HasPrefix(name, "$") || strings.HasPrefix(name, "/") {
		_, rest, found := strings.Cut(name, "/")
		if !found {
			return ""
		}
		name = rest
	}
	for strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		_, name, _ = strings.Cut(name, "/")
	}
	return path.Clean(name)
}

// isOld reports whether a block shows what was before: what the reader is told to remove, or what a way back leads to.
func (p *prose) isOld(b block) bool {
	for _, heading := range b.headings {
		if p.undo.MatchString(heading) {
			return true
		}
	}
	if len(b.prose) == 0 {
		return false
	}
	last := b.prose[len(b.prose)-1]
	return (p.old.MatchString(last) || p.removes.MatchString(last)) && !p.goesOn.MatchString(last)
}

// isOutput reports whether a block shows what a program prints or answers.
func (p *prose) isOutput(b block) bool {
	return len(b.prose) > 0 && p.output.MatchString(b.prose[len(b.prose)-1])
}

// isPart reports whether a block is to be put into a file that has more.
func (p *prose) isPart(b block) bool {
	for _, paragraph := range slices.Backward(b.prose) {
		switch {
		case p.create.MatchString(paragraph):
			return false
		case p.edit.MatchString(paragraph):
			return true
		}
	}
	return false
}

// elided reports whether a line stands for others that are left out; bare says that it does so without a comment mark.
func (p *prose) elided(line string) (elided, bare bool) {
	text := strings.TrimSpace(line)
	content := strings.TrimLeft(text, "#/;- \t")
	bare = content == text
	if !p.elision.MatchString(content) {
		return false, false
	}
	return !bare || strings.HasPrefix(content, ".") || strings.HasPrefix(content, "…") || strings.HasPrefix(content, "["), bare
}

// leavesOut reports whether a line of JSON has an ellipsis where a value or a field would stand.
func (p *prose) leavesOut(line string) bool {
	outside := p.quoted.ReplaceAllString(line, "")
	return strings.Contains(outside, "...") || strings.Contains(outside, "…")
}

// kindByName returns what a file is by its name alone, or "".
func kindByName(name string) model.DocumentKind {
	base := strings.ToLower(stripTemplate(baseName(name)))
	word := regexp.MustCompile(`[a-z0-9]+`).FindAllString(base, -1)
	switch {
	case isEnv(name):
		return model.KindEnv
	case composeName(name):
		return model.KindCompose
	case slices.Contains(word, "log"):
		return ""
	case slices.Contains(word, "homeserver") || slices.Contains(word, "synapse"):
		return model.KindSynapse
	case slices.Contains(word, "mas") || strings.Contains(base, "authentication"):
		return model.KindMAS
	case slices.Contains(word, "element") && !slices.Contains(word, "call"):
		return model.KindElement
	}
	return ""
}
