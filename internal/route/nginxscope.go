package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// scope is what a block of nginx takes over from those around it.
type scope struct {
	// headers are those of add_header. A block with one of its own has none of those around it, and so it is with access, which are the
	// directives allow and deny, and with hidden, which are those of proxy_hide_header.
	headers, access, hidden []nginx.Directive
	// passed are those of proxy_set_header, which are taken over in the same way.
	passed []nginx.Directive
	// basic and request are auth_basic and auth_request, if they ask for something, and body is client_max_body_size.
	basic, request, body *nginx.Directive
	// variables are those of set. An unknown one is not there, and stands in lost.
	variables map[string]string
	lost      map[string]bool
	// files says that there is a folder from which files are served, and anyHeaders that there may be headers that are not modelled.
	files, anyHeaders bool
	// leadsOn says that what is not among the files may be handed on: to a location with a name, or by a page for errors.
	leadsOn bool
}

// enter returns the scope inside a block.
func (s scope) enter(block []nginx.Directive) scope {
	of := func(outer []nginx.Directive, names ...string) []nginx.Directive {
		var own []nginx.Directive
		for _, d := range block {
			if slices.Contains(names, d.Name()) && len(d.Words) > 1 {
				own = append(own, d)
			}
		}
		if len(own) == 0 {
			return outer
		}
		return own
	}
	s.headers, s.access, s.hidden = of(s.headers, "add_header"), of(s.access, "allow", "deny"), of(s.hidden, "proxy_hide_header")
	s.passed = of(s.passed, "proxy_set_header")
	for i, d := range block {
		switch d.Name() {
		case "auth_basic":
			s.basic = unlessOff(&block[i])
		case "auth_request":
			s.request = unlessOff(&block[i])
		case "client_max_body_size":
			s.body = &block[i]
		case "root", "alias":
			s.files = true
		case "try_files", "error_page":
			s.leadsOn = s.leadsOn || slices.ContainsFunc(d.Arguments(), func(w nginx.Word) bool { return strings.HasPrefix(w.Text, "@") || strings.Contains(w.Text, "$is_args") })
		case "include", unseen, "more_set_headers":
			s.anyHeaders = true
		}
	}
	return s.set(block)
}

func unlessOff(d *nginx.Directive) *nginx.Directive {
	if d.Argument(0) == "off" {
		return nil
	}
	return d
}

// set reads the variables that a block sets. What is set in an if may have either value.
func (s scope) set(block []nginx.Directive) scope {
	variables, lost := map[string]string{}, map[string]bool{}
	for name, value := range s.variables {
		variables[name] = value
	}
	for name := range s.lost {
		lost[name] = true
	}
	for _, d := range block {
		switch name := strings.TrimPrefix(d.Argument(0), "$"); {
		case d.Name() == "set" && len(d.Words) == 3:
			variables[name] = expandVariables(d.Argument(1), variables)
			delete(lost, name)
		case d.Name() == "if":
			for _, inner := range d.Block {
				if inner.Name() == "set" {
					lost[strings.TrimPrefix(inner.Argument(0), "$")] = true
				}
			}
		}
	}
	for name := range lost {
		delete(variables, name)
	}
	s.variables, s.lost = variables, lost
	return s
}

// expandVariables puts in the values of variables that are known; the others stay.
func expandVariables(text string, variables map[string]string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		name, length := variableAt(text[i:])
		value, known := variables[name]
		switch {
		case length == 0:
			out.WriteByte(text[i])
			i++
			continue
		case known && out.Len() < maxExpanded:
			out.WriteString(value)
		default:
			out.WriteString(text[i : i+length])
		}
		i += length
	}
	return out.String()
}

// maxExpanded bounds the length of a value that is made of others.
const maxExpanded = 10_000

// variableAt returns the name of the variable that a text begins with, and how long its mention is; 0 if it begins with none.
func variableAt(text string) (name string, length int) {
	if !strings.HasPrefix(text, "$") {
		return "", 0
	}
	if inner, found := strings.CutPrefix(text, "${"); found {
		if end := strings.IndexByte(inner, '}'); end > 0 {
			return inner[:end], end + 3
		}
		return "", 0
	}
	end := 1
	for end < len(text) && (text[end] == '_' || '0' <= text[end] && text[end] <= '9' || 'a' <= text[end]|0x20 && text[end]|0x20 <= 'z') {
		end++
	}
	if end == 1 {
		return "", 0
	}
	return text[1:end], end
}

// middlewares returns what a location does with the requests that it hands on.
func (s scope) middlewares() []model.Middleware {
	var all []model.Middleware
	add := func(name string, d nginx.Directive) {
		all = append(all, model.Middleware{Name: name, Defined: true, Position: d.Position(), Effects: nginxEffects(d)})
	}
	if i := slices.IndexFunc(s.access, func(d nginx.Directive) bool { return d.Name() == "deny" }); i >= 0 {
		add("deny", s.access[i])
	}
	if s.basic != nil {
		add("auth_basic", *s.basic)
	}
	if s.request != nil {
		add("auth_request", *s.request)
	}
	if s.body != nil {
		add("client_max_body_size", *s.body)
	}
	for _, d := range s.headers {
		header := d.Argument(0)
		if slices.ContainsFunc(s.hidden, func(h nginx.Directive) bool { return strings.EqualFold(h.Argument(0), header) }) {
			continue // the one of the backend is taken away
		}
		add("add_header "+header, d)
	}
	return all
}

// refusesAll reports whether nobody gets through.
func (s scope) refusesAll() bool {
	return slices.ContainsFunc(s.access, func(d nginx.Directive) bool { return d.Name() == "deny" && d.Argument(0) == "all" }) &&
		!slices.ContainsFunc(s.access, func(d nginx.Directive) bool { return d.Name() == "allow" })
}

// allowsOrigin reports whether answers may have the header that lets pages of other origins read them.
func (s scope) allowsOrigin() bool {
	return s.anyHeaders || slices.ContainsFunc(s.headers, func(d nginx.Directive) bool {
		return strings.EqualFold(d.Argument(0), "Access-Control-Allow-Origin")
	})
}
