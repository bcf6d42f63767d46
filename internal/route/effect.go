package route

import (
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// anything is what a middleware may do of which nobody knows what it is.
func anything() model.Effects { return model.Effects{Any: true} }

// traefikEffects returns what a middleware of Traefik does, by its type in lower case: docs/content/reference/routing-configuration/http/middlewares
// of Traefik 3.
func traefikEffects(kind string, options *model.Node) model.Effects {
	switch kind {
	case "stripprefix":
		return model.Effects{Path: rewrite(prefixes(get(options, "prefixes")), "")}
	case "addprefix":
		if prefix := prefixes(get(options, "prefix")); len(prefix) == 1 {
			return model.Effects{Path: rewrite([]string{""}, prefix[0])}
		}
		return model.Effects{Path: rewrite(nil, "")}
	case "replacepath", "replacepathregex", "stripprefixregex":
		return model.Effects{Path: rewrite(nil, "")}
	case "ipallowlist", "ipwhitelist":
		return model.Effects{Guards: true}
	case "basicauth", "digestauth":
		return model.Effects{Guards: true, SignIn: true}
	case "forwardauth":
		address := "elsewhere"
		if n := get(options, "address"); n != nil && n.Text != "" {
			address = n.Text
		}
		return model.Effects{Guards: true, SignIn: true, Asks: address}
	case "redirectscheme":
		return model.Effects{Redirects: model.RedirectScheme}
	case "redirectregex":
		return model.Effects{Redirects: model.RedirectElsewhere}
	case "errors":
		return model.Effects{ReplacesErrors: true}
	case "compress":
		return model.Effects{Reencodes: true}
	case "buffering":
		return model.Effects{Body: inBytes(get(options, "maxrequestbodybytes"))} // headers of the answer pass as they are: vulcand/oxy buffer/buffer.go
	case "headers":
		return model.Effects{SetsHeaders: true, Preflight: options}
	case "circuitbreaker", "contenttype", "encodedcharacters", "grpcweb", "inflightreq", "passtlsclientcert", "ratelimit", "retry":
		return model.Effects{}
	}
	return anything() // a plugin, or a word of a later version
}

// caddyEffects returns what a directive of a Caddyfile does with requests that it hands on: caddyconfig/httpcaddyfile of Caddy 2. What changes
// or guards requests in other ways is not followed: such a route leads to what cannot be told.
func caddyEffects(directive string, words []string) model.Effects {
	switch {
	case directive == "handle_path" && len(words) == 1:
		return model.Effects{Path: rewrite([]string{strings.TrimSuffix(words[0], "*")}, "")}
	case directive == "request_body" && len(words) == 2 && words[0] == "max_size":
		return model.Effects{Body: humanSize(words[1])}
	case directive == "basic_auth", directive == "basicauth":
		return model.Effects{Guards: true, SignIn: true}
	case directive == "forward_auth":
		return model.Effects{Guards: true, SignIn: true, Asks: strings.Join(words, " ")}
	}
	return anything()
}

// nginxEffects returns what a directive of nginx does with requests that it hands on: the documentation of ngx_http_core_module and of those
// for access, auth_basic, auth_request and headers.
func nginxEffects(d nginx.Directive) model.Effects {
	switch d.Name() {
	case "deny":
		return model.Effects{Guards: true}
	case "auth_basic":
		return model.Effects{Guards: true, SignIn: true}
	case "auth_request":
		return model.Effects{Guards: true, SignIn: true, Asks: d.Argument(0)}
	case "add_header":
		return model.Effects{SetsHeaders: true, Added: []model.ResponseHeader{{Name: strings.ToLower(d.Argument(0)), Value: d.Argument(1)}}}
	case "client_max_body_size":
		return model.Effects{Body: nginxSize(d.Argument(0))}
	}
	return anything() // an include that is not visible
}

// rewrite returns a change of paths; without prefixes it is one that is not known.
func rewrite(from []string, to string) *model.Rewrite {
	return &model.Rewrite{From: from, To: to, Unknown: len(from) == 0}
}

// prefixes returns the values of an option, a list or a text with commas; none if one of them is not known.
func prefixes(n *model.Node) []string {
	if n == nil || n.Unknown {
		return nil
	}
	for _, item := range n.Items {
		if _, known := item.Literal(); !known {
			return nil
		}
	}
	return texts(n)
}

// inBytes returns a size that is a number of bytes, and nil for one that is not there.
func inBytes(n *model.Node) *model.Size {
	if n == nil {
		return nil
	}
	text, known := n.Literal()
	bytes, err := strconv.ParseInt(text, 10, 64)
	return &model.Size{Bytes: bytes, Unknown: !known || err != nil}
}

// nginxSize returns a size as nginx writes it: 512, 50m, 1g.
func nginxSize(text string) *model.Size {
	number := strings.TrimRight(strings.ToLower(text), "kmg")
	factor, known := map[string]int64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[strings.ToLower(text[len(number):])]
	bytes, err := strconv.ParseInt(number, 10, 64)
	return &model.Size{Bytes: bytes * factor, Unknown: !known || err != nil}
}

// humanSize returns a size as Caddy writes it, by github.com/dustin/go-humanize: 50MB is fifty million bytes, 50MiB and 50Mi are a little more.
func humanSize(text string) *model.Size {
	number := strings.TrimRight(text, "KMGTBikmgtb ")
	unit := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text[len(number):])), "b")
	factor, known := map[string]float64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}[unit]
	value, err := strconv.ParseFloat(number, 64)
	return &model.Size{Bytes: int64(value * factor), Unknown: !known || err != nil}
}
