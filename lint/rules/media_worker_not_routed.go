package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// mediaWorkerNotRouted: a main process that leaves media to a worker does not answer for them.
func mediaWorkerNotRouted() lint.Rule {
	return lint.Rule{
		Name:      "media-worker-not-routed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "synapse, proxy, compose",
		Title:     "media go to a process that does not serve them",
		Why: "With enable_media_repo: false the main process of Synapse has no media: a worker is to have them, and the proxy has to lead " +
			"/_matrix/media and /_matrix/client/v1/media there.",
		Sees: "404 M_UNRECOGNIZED for every picture and upload",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_UNRECOGNIZED"},
		},
		Before: mediaExample("enable_media_repo: false\n"),
		After:  mediaExample("enable_media_repo: true\n"),
		Source: []string{"https://element-hq.github.io/synapse/latest/workers.html#synapseappmedia_repository", "https://github.com/element-hq/synapse/issues/17473"},
		Check:  checkMediaWorker,
	}
}

func mediaExample(section string) string {
	return example.BehindCaddy(section, "", "matrix.example.org {\n\treverse_proxy /_matrix/* synapse:8008\n}\n") + example.WellKnownClient + "-- well-known/server.json --\n{\"m.server\": \"matrix.example.org:443\"}\n"
}

func checkMediaWorker(d *model.Deployment, report func(diag.Finding)) {
	if d.Synapse == nil || d.Synapse.Service == nil || d.Proxy == nil || !d.Synapse.At("enable_media_repo").False() {
		return
	}
	report = lint.GuessingProxy(d, lint.Guessing(report, d.Synapse))
	for _, host := range matrix.HomeserverHosts(d) {
		for _, path := range []string{"/_matrix/media/v3/config", "/_matrix/client/v1/media/config"} {
			routes, _ := d.Answering(matrix.Get(host, path))
			if len(routes) == 0 || !routes[0].Reaches(d.Synapse.Service) {
				continue
			}
			report(diag.Finding{
				Position: d.Synapse.At("enable_media_repo").Position,
				Message:  fmt.Sprintf("nobody answers for media: https://%s%s goes to the main process, which leaves them to a worker", host, path),
				Hint:     "lead /_matrix/media and /_matrix/client/v1/media to a worker with worker_app: synapse.app.media_repository, or delete the line",
				Related:  []diag.Related{{Position: matrix.RulePosition(routes[0]), Message: "this takes them"}},
			})
			return
		}
	}
}
