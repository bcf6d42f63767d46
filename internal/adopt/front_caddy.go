package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/nginx"
	"github.com/matrixgen/matrixgen/internal/route"
)

// caddyStore is where the image of Caddy keeps its certificates. https://hub.docker.com/_/caddy
const caddyStore = "/data"

// whyCaddy reads a Caddyfile, and says what of it the one of a stack does not have. What is handed on, and to whom, the routes tell.
func (o *Old) whyCaddy(f *front) string {
	if n := f.service.Node.Get("command"); n.IsSet() && !strings.Contains(strings.Join(append(textsOf(n), n.Text), " "), "/etc/caddy/Caddyfile") {
		return fmt.Sprintf("it is started in a way of its own (%s:%d)", n.Position.File, n.Position.Line)
	}
	blocks, known := route.Directives(o.Given, f.service)
	if !known {
		return "not all that it reads is among the files, and what is not may serve others"
	}
	for _, block := range blocks {
		reason := whySite
		if block.Name() == "" {
			reason = whyOption
		}
		for _, d := range block.Block {
			if why := reason(f, d); why != "" {
				return fmt.Sprintf("%s (%s:%d)", why, d.Position().File, d.Position().Line)
			}
		}
	}
	f.made["/config"] = true // what Caddy remembers of its API
	return o.storeAt(f, caddyStore, "caddy-data", "/data")
}

// whyOption takes an option of all sites.
func whyOption(f *front, d nginx.Directive) string {
	from := text(d.Argument(0))
	from.Position = d.Position()
	switch d.Name() {
	case "email":
		f.say("acme.email", text(d.Argument(0)), from)
	case "acme_ca":
		f.say("acme.server", text(d.Argument(0)), from)
	case "admin", "log", "debug", "grace_period":
		if d.Name() != "admin" || d.Argument(0) != "off" {
			f.note(Cosmetic, d.Position(), "its option "+d.Name()+" falls away", "")
		}
	default:
		return "its option " + d.Name() + " is one that no field says"
	}
	return ""
}

// whySite reads a directive of a site, and those in it.
func whySite(f *front, d nginx.Directive) string {
	switch name := d.Name(); {
	case strings.HasPrefix(name, "@"), name == "request_body":
		return ""
	case name == "handle", name == "route", name == "handle_path":
		for _, inner := range d.Block {
			if why := whySite(f, inner); why != "" {
				return why
			}
		}
		return ""
	case name == "reverse_proxy":
		for _, option := range d.Block {
			if !slices.Contains([]string{"to", "flush_interval", "transport"}, option.Name()) {
				f.note(Cosmetic, option.Position(), fmt.Sprintf("what %s says of requests on their way falls away: Caddy passes on who asks by itself", option.Name()), "")
			}
		}
		return ""
	case name == "respond":
		if isError(d) || strings.HasPrefix(strings.TrimSpace(answerOf(d)), "{") {
			return ""
		}
		return "it answers something itself"
	case name == "header":
		if len(d.Block) > 0 || !strings.Contains(strings.ToLower(fmt.Sprint(d.Words)), "access-control-") && !strings.Contains(strings.ToLower(fmt.Sprint(d.Words)), "content-type") {
			f.note(Step, d.Position(), "headers that it sets are not sent any more: the stack sends those that Element Web needs", "")
		}
		return ""
	case name == "encode", name == "log":
		f.note(Cosmetic, d.Position(), map[string]string{"encode": "it compresses answers no more", "log": "what it writes into its log becomes what Caddy writes by itself"}[name], "")
		return ""
	case name == "tls" && len(d.Words) == 2 && strings.Contains(d.Argument(0), "@") && !d.HasBlock:
		f.say("acme.email", text(d.Argument(0)), nil)
		return ""
	}
	return "its directive " + d.Name() + " is one that no field says"
}

// answerOf returns what a directive respond sends.
func answerOf(d nginx.Directive) string {
	for _, w := range d.Arguments() {
		if !strings.HasPrefix(w.Text, "@") && !strings.HasPrefix(w.Text, "/") {
			return w.Text
		}
	}
	return ""
}

// isError reports whether a directive respond sends an error and nothing else.
func isError(d nginx.Directive) bool {
	last := d.Words[len(d.Words)-1].Text
	return len(last) == 3 && (last[0] == '4' || last[0] == '5')
}
