package read

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// concernsMatrix reports whether a project runs a part of a Matrix server or of its calls, has a file of one, or has a proxy that speaks of Matrix. A database, a proxy or
// an identity provider alone does not, nor do scripts, variables, secrets and what tests use. A coturn beside another application is that one's.
func concernsMatrix(d *model.Deployment) bool {
	products := []string{"synapse", "mas", "element", "livekit", "lk-jwt", "coturn"}
	speaks, isForeignTurn := speaksOfMatrix(), runsAnother(d)
	if isForeignTurn {
		products, speaks = products[:len(products)-1], speaksOfMatrixAlone()
	}
	if slices.ContainsFunc(d.Services, func(s *model.Service) bool { return slices.Contains(products, s.Product) }) {
		return true
	}
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch doc.Kind {
		case model.KindCompose, model.KindQuadlet, model.KindNginx, model.KindCaddy, model.KindTraefikDynamic:
			return !isForTests(doc.Name) && mentions(doc.Root, speaks)
		}
		return isMatrixKind(doc.Kind) && !isForTests(doc.Name) && !(isForeignTurn && doc.Kind == model.KindCoturn)
	})
}

// runsAnother reports whether a project runs a program that is neither part of a Matrix server nor what serves any: Nextcloud, whose calls need a coturn, too.
func runsAnother(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return s.Product == "" && s.Image.Known && s.Node.Get("build") == nil && !isOfMatrix(s) && !servesAny()(s.Image.Repository)
	})
}

// servesAny matches images that serve whatever runs beside them: certificates, names, watchers, measures.
var servesAny = sync.OnceValue(func() func(text string) bool {
	return placeholder.Matching(`(?i)`, "cert", "acme", "lego", "dns", "ddclient", "watchtower", "diun", "heal", "fail2ban", "crowdsec", "proxy", "tunnel", "tailscale", "wireguard",
		"exporter", "prometheus", "grafana", "alertmanager", "loki", "vault", "backup", "cron", "busybox", "alpine$", "debian$", "ubuntu$", "apache", "httpd", "mysql", "mariadb", "memcached")
})

// isMatrixKind reports whether no other programs have documents of the kind.
func isMatrixKind(kind model.DocumentKind) bool {
	switch kind {
	case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindElement, model.KindElementCall, model.KindWellKnownClient,
		model.KindWellKnownServer, model.KindWellKnownSupport, model.KindLiveKit, model.KindCoturn, model.KindESS:
		return true
	}
	return false
}

// mayServeMatrix reports whether a project runs what a Matrix server beside it may need.
func mayServeMatrix(d *model.Deployment) bool {
	products := []string{"pocket-id", "traefik"}
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool { return slices.Contains(products, s.Product) })
}

// speaksOfMatrix matches what compose files and proxies have of Matrix: its paths, its programs, names that begin or end so.
var speaksOfMatrix = sync.OnceValue(func() func(text string) bool {
	return placeholder.Matching(`(?i)`, append(wordsOfMatrix(), `\bcoturn\b`)...)
})

// speaksOfMatrixAlone is speaksOfMatrix without what others have, too.
var speaksOfMatrixAlone = sync.OnceValue(func() func(text string) bool { return placeholder.Matching(`(?i)`, wordsOfMatrix()...) })

func wordsOfMatrix() []string {
	return []string{"synapse", "mautrix", `\blivekit\b`, `_matrix\b`, "well-known/matrix", "matrixdotorg", "element-hq", "continuwuity", "conduwuit", "tuwunel", "dendrite-(?:mono|poly)lith",
		`\bmatrix[._-]`, `[._-]matrix\b`, "^matrix$"}
}

// mentions reports whether a key or a value in a tree matches.
func mentions(n *model.Node, what func(text string) bool) bool {
	return n.Text != "" && what(n.Text) ||
		slices.ContainsFunc(n.Fields, func(f model.Field) bool { return what(f.Key) || mentions(f.Value, what) }) ||
		slices.ContainsFunc(n.Items, func(item *model.Node) bool { return mentions(item, what) })
}

// testsChart reports whether a folder has the values with which a chart is tested, each file by itself: it is ci beside Chart.yaml, or below that.
// https://github.com/helm/chart-testing#readme
func (r *reader) testsChart(folder string) bool {
	for dir := folder; dir != "."; dir = path.Dir(dir) {
		if _, isChart := r.sizes[path.Join(path.Dir(dir), "Chart.yaml")]; isChart && path.Base(dir) == "ci" {
			return true
		}
	}
	return false
}

// isForTests reports whether a file or a folder is for tests or for a CI by its path: nobody runs a server from it.
func isForTests(name string) bool {
	base := strings.ToLower(path.Base(name))
	stem := strings.TrimSuffix(base, path.Ext(base))
	if base == "conftest.py" || strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, "_spec") {
		return true
	}
	return slices.ContainsFunc(strings.Split(strings.ToLower(path.Clean(name)), "/"), func(folder string) bool {
		return slices.Contains([]string{"test", "tests", "testdata", "__tests__", "fixtures", ".github", ".gitlab", ".circleci", ".gitea", ".forgejo", ".woodpecker", ".ci", ".buildkite", ".drone", ".azure-pipelines", ".devcontainer"}, folder)
	})
}
