package matrix

import (
	"slices"
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/model"
)

// IsForeignRoute reports whether a router of Traefik surely has nothing to do with Matrix: that of a container beside it, Traefik's own pages, or one of a
// file that leads from a host to a machine, and nothing in it speaks of Matrix or of its hosts.
func IsForeignRoute(d *model.Deployment, r *model.Route) bool {
	if r.Owner != nil {
		return r.Owner.Foreign
	}
	if r.Target == "api@internal" || r.Target == "dashboard@internal" || r.Target == "ping@internal" || r.Target == "prometheus@internal" {
		return true
	}
	if r.Provider != "file" || r.Rule == nil || !strings.Contains(r.Rule.Text, "Host(`") || r.Rule.Unknown || len(r.Backends) == 0 || !r.Resolved {
		return false
	}
	texts := []string{r.Name, r.Rule.Text, r.Target}
	for _, b := range r.Backends {
		if b.Service != nil || b.Host == "" {
			return false
		}
		texts = append(texts, b.Host)
		if port, known := b.Port.Literal(); known {
			texts = append(texts, port)
		}
	}
	return !slices.ContainsFunc(texts, mayBeMatrix) && !slices.ContainsFunc(matrixHosts(d), func(host string) bool { return strings.Contains(r.Rule.Text, host) })
}

// mayBeMatrix reports whether a text has a word of a part of a Matrix server, or of what people log in by, or the port of one.
func mayBeMatrix(text string) bool {
	isEnd := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(text), isEnd), func(word string) bool {
		switch word {
		case "mas", "id", "idp", "sso", "oidc", "riot", "cinny", "jwt", "sfu", "call", "calls", "chat", "im", "hs", "well", "8008", "8448", "6167", "7880":
			return true
		}
		return slices.ContainsFunc([]string{"matrix", "synapse", "dendrite", "conduit", "conduwuit", "continuwuity", "tuwunel", "element", "auth", "login",
			"account", "keycloak", "livekit", "rtc", "turn"}, func(part string) bool { return strings.Contains(word, part) })
	})
}

// matrixHosts returns the hosts that the configurations of the server name as their own.
func matrixHosts(d *model.Deployment) []string {
	var hosts []string
	for _, node := range []*model.Node{d.Synapse.At("server_name"), d.Synapse.At("public_baseurl"), d.MAS.At("http", "public_base"), ElementBaseURL(d.Element)} {
		text, known := node.Literal()
		if _, rest, found := strings.Cut(text, "://"); found {
			text, _, _ = strings.Cut(rest, "/")
		}
		if known && text != "" {
			hosts = append(hosts, text)
		}
	}
	return hosts
}
