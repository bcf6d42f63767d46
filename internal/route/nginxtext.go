package route

import (
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

var (
	// placeholderLine is a line that holds nothing but what a program replaces, by whatever it wants.
	placeholderLine = regexp.MustCompile(`(?m)^([ \t]*)(\$\{\w+\}|\{\{[^{}\n]*\}\}|__[A-Z][A-Z0-9_]*__|@[A-Z][A-Z0-9_]*@)[ \t]*(\r?)$`)
	// braces is a value that a template engine puts in.
	braces = regexp.MustCompile(`\{\{[^{}\n]*\}\}`)
	// reference is a name that envsubst replaces, unless it is a variable of nginx itself.
	reference = regexp.MustCompile(`\$\{(\w+)\}`)
)

// unseen is the name of a directive that stands for lines that are not visible.
const unseen = "${}"

// parse returns the directives of a document. It is false if nginx would not read it, or if a template engine decides what is in it.
func (f *nginxFiles) parse(doc *model.Document) ([]nginx.Directive, bool) {
	text := doc.Root.Text
	if strings.Contains(text, "{%") || strings.Contains(text, "{{#") || strings.Contains(text, "{{-") {
		return nil, false
	}
	text = placeholderLine.ReplaceAllString(text, "${1}$${};${3}")
	text = braces.ReplaceAllStringFunc(text, func(match string) string { // of the same length, so that columns keep
		name := strings.Repeat("_", len([]rune(match))-4) + "_"
		return "${" + name + "}"
	})
	directives, problem := nginx.Parse(doc.Root.Position.File, text)
	if problem != nil {
		return nil, false
	}
	f.substitute(directives)
	move(doc, directives)
	return directives, true
}

// move puts the places of words where they are in the file that holds the text.
func move(doc *model.Document, directives []nginx.Directive) {
	for i := range directives {
		for j := range directives[i].Words {
			directives[i].Words[j].Position = inside(doc, directives[i].Words[j].Position)
		}
		move(doc, directives[i].Block)
	}
}

// substitute puts in what is known of the environment, from which the image of nginx renders its templates. A variable called DOLLAR is how
// people keep envsubst away from a dollar sign.
func (f *nginxFiles) substitute(directives []nginx.Directive) {
	for i := range directives {
		for j, w := range directives[i].Words {
			if !strings.Contains(w.Text, "${") {
				continue
			}
			directives[i].Words[j].Text = reference.ReplaceAllStringFunc(w.Text, func(match string) string {
				name := match[2 : len(match)-1]
				if f.container != nil {
					if value := f.container.Env(name); value != nil && value.Text != "" {
						return value.Text
					}
				}
				if name == "DOLLAR" {
					return "$"
				}
				return match
			})
		}
		f.substitute(directives[i].Block)
	}
}

// deepestInclude is how far includes in includes are followed, and mostIncluded how many there may be in all.
const (
	deepestInclude = 8
	mostIncluded   = 500
)

// expand puts what is included in the place of the includes. One that is not visible stays.
func (f *nginxFiles) expand(block []nginx.Directive, depth int, budget *int) []nginx.Directive {
	var all []nginx.Directive
	for _, d := range block {
		if d.Name() != "include" || d.HasBlock || len(d.Words) != 2 {
			if d.HasBlock {
				d.Block = f.expand(d.Block, depth, budget)
			}
			all = append(all, d)
			continue
		}
		docs, whole := f.included(d.Argument(0))
		for _, doc := range docs {
			*budget--
			inner, ok := f.parse(doc)
			if !ok || depth >= deepestInclude || *budget < 0 {
				whole = false
				continue
			}
			all = append(all, f.expand(inner, depth+1, budget)...)
		}
		if !whole && !isHarmless(d.Argument(0)) {
			all = append(all, d)
		}
	}
	return all
}

// isHarmless reports whether an included file is one of a package, or called after TLS: neither routes requests.
func isHarmless(name string) bool {
	base := strings.ToLower(name[strings.LastIndex(name, "/")+1:])
	switch base {
	case "mime.types", "fastcgi_params", "fastcgi.conf", "scgi_params", "uwsgi_params", "proxy_params", "koi-utf", "koi-win", "win-utf":
		return true
	}
	return strings.Contains(base, "ssl") || strings.Contains(base, "tls")
}
