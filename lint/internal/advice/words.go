package advice

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// SiteCompatHint says what takes the calls to MAS in a file of Caddy or nginx.
func SiteCompatHint(d *model.Deployment) string {
	if d.Proxy.Kind == "nginx" {
		return "let location ~ ^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$ lead to MAS by a proxy_pass without a path, above other regular expressions"
	}
	return "send what the matcher path_regexp ^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$ takes to MAS, in a handle before that of Synapse"
}

// InWords joins words as a sentence does.
func InWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
