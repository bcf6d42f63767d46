package verify

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// callPages returns the hosts of Element Call, each once.
func (s *site) callPages() []place { return s.hostsOf("/", "element-call") }

// askCallPage asks Element Call for the configuration that browsers read. Where the file is missing, its web server answers with the page itself.
// element-hq/element-call config/nginx.conf, src/config/Config.ts
func (s *site) askCallPage(ctx context.Context, n *session, address string) outcome {
	const closed = "nobody calls by the page of Element Call: "
	a, err := n.get(ctx, address)
	switch {
	case err != nil:
		return wrong(problem{message: closed + address + ": " + why(err), hint: "look at its container and the log"})
	case a.isProxy():
		return wrong(problem{message: fmt.Sprintf("%s%s answers %s", closed, address, a.said()), hint: "look whether its container is healthy, and whether the proxy has its route", rule: "public-host-not-routed"})
	case a.status != http.StatusOK || a.object() == nil:
		return wrong(problem{message: fmt.Sprintf("%s%s answers %s, and not with its configuration", closed, address, a.said()), hint: "look whether config.json is mounted at /app/config.json, and is JSON"})
	}
	doc := s.document(model.KindElementCall)
	if doc == nil {
		return pass()
	}
	want := doc.Root.At("default_server_config", "m.homeserver", "base_url")
	base := text(a.object(), "default_server_config", "m.homeserver", "base_url")
	if said, known := literal(want); known && strings.TrimSuffix(base, "/") != strings.TrimSuffix(said, "/") {
		return wrong(problem{message: fmt.Sprintf("the page of Element Call uses the homeserver %s, and its configuration says %s", quoted(base), said), hint: "the container has another file: recreate it", at: want.Position})
	}
	return pass()
}
