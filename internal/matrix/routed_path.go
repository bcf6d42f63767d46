package matrix

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ArrivesAs returns the path with which the requests of a route arrive at its service. It is false if something may change it that is not
// modelled.
func ArrivesAs(r *model.Route, path string) (string, bool) {
	for _, m := range r.Middlewares {
		switch m.Kind {
		case "stripprefix":
			prefixes := optionTexts(m, "prefixes")
			if len(prefixes) == 0 {
				return "", false
			}
			for _, prefix := range prefixes {
				if rest, found := strings.CutPrefix(path, prefix); found {
					path = "/" + strings.TrimPrefix(rest, "/")
					break
				}
			}
		case "replaceprefix":
			path = m.Options.Get("by").Text + strings.TrimPrefix(path, m.Options.Get("prefix").Text)
		case "addprefix":
			prefix := optionTexts(m, "prefix")
			if len(prefix) != 1 {
				return "", false
			}
			path = prefix[0] + path
		case "", "stripprefixregex", "replacepath", "replacepathregex", "redirectregex", "plugin", "errors":
			return "", false
		}
	}
	return path, true
}

// optionTexts returns the values of an option of a middleware, in whatever case it is written; none if they are not known.
func optionTexts(m model.Middleware, name string) []string {
	if m.Options == nil {
		return nil
	}
	var texts []string
	for _, f := range m.Options.Fields {
		if !strings.EqualFold(f.Key, name) {
			continue
		}
		for _, item := range append([]*model.Node{f.Value}, f.Value.Items...) {
			text, known := item.Literal()
			if !known && item.Kind != model.List {
				return nil
			}
			for part := range strings.SplitSeq(text, ",") {
				if part = strings.TrimSpace(part); part != "" {
					texts = append(texts, part)
				}
			}
		}
	}
	return texts
}
