package rules

import (
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// runnerChanged: neither Compose nor Element's chart takes over what the other stored.
func runnerChanged() lint.Rule {
	const stack = "-- stack.cue --\npackage home\n\nserverName: \"example.org\"\npasswords: enabled: true\n"
	return lint.Rule{
		Name:      "runner-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose, values of the chart; against an earlier revision",
		Title:     "the server moves, and its data does not by itself",
		Why: "A machine with Compose and a cluster each have volumes of their own. What is deployed without a copy of the databases and the media is an empty server under the old name: " +
			"nobody has an account there, other servers remember rooms that it does not know, and what people write there cannot be joined with the old data later.",
		Sees:    "an empty server; nobody can log in",
		Earlier: stack,
		Before:  stack + "target: \"kubernetes\"\n",
		After:   stack + "target: \"kubernetes\"\nacknowledge: \"runner-changed\": kubernetes: \"the databases and the media are copied on Sunday\"\n",
		Source: []string{
			"https://github.com/element-hq/ess-helm/blob/main/docs/maintenance.md",
			"https://docs.docker.com/engine/storage/volumes/",
		},
		CheckChange: checkRunnerChanged,
	}
}

func checkRunnerChanged(before, after *model.Deployment, report func(diag.Finding)) {
	switch {
	case len(before.Services) > 0 && after.InCluster():
		report(diag.Finding{
			Position: ofServer(after), Subject: "kubernetes",
			Message: "a cluster runs the server from now on, and begins without the databases and the media that it has on the machine",
			Hint:    "matrixgen diff shows the steps by which they get there, and when the server is down",
			Related: []diag.Related{{Position: ofServer(before), Message: "before, Compose ran it"}},
		})
	case before.InCluster() && len(after.Services) > 0:
		report(diag.Finding{
			Position: ofServer(after), Subject: "compose",
			Message: "Compose runs the server from now on, and begins without the databases and the media that it has in the cluster",
			Hint:    "matrixgen diff shows the steps by which they get there, and when the server is down",
			Related: []diag.Related{{Position: ofServer(before), Message: "before, a cluster ran it"}},
		})
	}
}

// ofServer returns where a deployment says which server it is.
func ofServer(d *model.Deployment) diag.Position {
	if name := d.Synapse.At("server_name"); name != nil {
		return name.Position
	}
	if len(d.Services) > 0 {
		return container.ServicesPosition(d)
	}
	return d.Document("kubernetes/values.yaml").Root.Position
}
