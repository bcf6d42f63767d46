package verify

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// versions returns the probes of what runs against what is pinned, of the products that tell their version.
func (s *site) versions() []Probe {
	var probes []Probe
	add := func(name, address, what string, service *model.Service, read func(answer) string, after ...string) {
		pinned := service.Image
		if !pinned.Version().Exact() {
			return
		}
		probes = append(probes, Probe{Name: name, Group: Versions, About: address, At: imageAt(service), After: append(reaches(address), after...), ask: func(ctx context.Context, n *session) outcome {
			a, err := n.get(ctx, address)
			if err != nil {
				return unasked("%s: %s", address, why(err))
			}
			runs := read(a)
			switch {
			case runs == "" || a.status != http.StatusOK:
				return unasked("%s answers %s, and does not say which version it is", address, a.said())
			case !sameVersion(runs, pinned.Version()):
				return wrong(problem{severity: diag.Warning, message: fmt.Sprintf("%s runs in version %s, and %s is pinned", what, quoted(runs), pinned.Tag), hint: "deploy what Git has, or pin what runs"})
			}
			return pass()
		}})
	}
	if s.home.known() && s.federates() && s.d.Synapse.Service != nil {
		to, _ := s.delegates()
		base := "https://" + strings.TrimSuffix(to, ":443")
		if to != "" {
			address := base + "/_matrix/federation/v1/version"
			add("synapse-version", address, "Synapse", s.d.Synapse.Service, func(a answer) string { return text(a.object(), "server", "version") }, key(federationVersion, address))
		}
	}
	for _, e := range s.elements {
		for _, service := range s.d.Of("element") {
			add("element-version", e.to("/version"), "Element Web", service, func(a answer) string {
				said := strings.TrimSpace(string(a.body))
				if !isCode(said) {
					return ""
				}
				return said
			}, key("element-config", e.to("/config.json")))
			break
		}
	}
	return probes
}

// sameVersion reports whether what a product says is the version of its tag: it may say more, such as the commit.
func sameVersion(runs string, pinned model.Version) bool {
	word, _, _ := strings.Cut(runs, " ")
	return model.ParseVersion(word).Compare(pinned) == 0
}

// imageAt returns where the image of a service is written.
func imageAt(s *model.Service) diag.Position {
	if n := s.Node.Get("image"); n != nil {
		return n.Position
	}
	return s.Position
}
