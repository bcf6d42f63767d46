package route

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// unseen is the name of a directive that stands for lines that are not visible.
const unseen = "${}"

// parse returns the directives of a document. It is false if nginx would not read it, or if a template engine decides what is in it.
func (f *nginxFiles) parse(doc *model.Document) ([]nginx.Directive, bool) {
	text := doc.Root.Text
	if strings.Contains(text, "{%") || strings.Contains(text, "{{#") || strings.Contains(text, "{{-") {
		return nil, false
	}
	text = placeholder.ReplaceLines(text, func(line string) string {
		indentation := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		return indentation + unseen + ";"
	})
	text = placeholder.ReplaceExpressions(text, func(match string) string { // of the same length, so that columns keep
		return "${" + strings.Repeat("_", len([]rune(match))-3) + "}"
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
			directives[i].Words[j].Text = placeholder.Replace(w.Text, func(name string) (string, bool) {
				if f.container != nil {
					if value := f.container.Env(name); value != nil && value.Text != "" {
						return value.Text, true
					}
				}
				return "$", name == "DOLLAR"
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
