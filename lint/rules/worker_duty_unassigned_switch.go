package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkSwitchedOff checks that what the main process is told to leave alone is done by a worker of that kind, if there are workers and all of them can be seen.
// A server without workers may mean that it is not done at all.
func checkSwitchedOff(d *model.Deployment, report func(diag.Finding)) {
	workers := matrix.SynapseWorkers(d)
	if len(workers) == 0 || !matrix.SeesWorkers(d) {
		return
	}
	for _, duty := range []struct{ key, list, app, consequence string }{
		{"send_federation", "federation_sender_instances", "synapse.app.federation_sender", "nothing is sent to other servers"},
		{"start_pushers", "pusher_instances", "synapse.app.pusher", "phones get no notifications"},
		{"notify_appservices", "notify_appservices_from_worker", "synapse.app.appservice", "bridges and bots get nothing"},
		{"update_user_directory", "update_user_directory_from_worker", "synapse.app.user_dir", "nobody new is found in the directory of users"},
		{"enable_media_repo", "", "synapse.app.media_repository", "nobody has the media"},
	} {
		off := d.Synapse.At(duty.key)
		does := func(worker *model.Document) bool {
			app, known := worker.Root.Get("worker_app").Literal()
			return !known || app == duty.app || duty.list == "" && worker.Root.Get(duty.key) != nil
		}
		if !off.False() || duty.list != "" && d.Synapse.Lacks(duty.list) != model.Yes || slices.ContainsFunc(workers, does) {
			continue
		}
		f := diag.Finding{
			Position: off.Position,
			Message:  fmt.Sprintf("%s: the main process leaves that to a worker with worker_app: %s, and there is none", duty.consequence, duty.app),
			Hint:     fmt.Sprintf("delete %s, or name workers in %s in its place", duty.key, duty.list),
			Related:  []diag.Related{{Position: workers[0].Root.KeyPosition("worker_app"), Message: "a worker"}},
		}
		if duty.list == "" {
			f.Hint = "give a worker that app, or delete the line: the main process has them then"
		}
		if duty.key == "send_federation" && federatesWithNobody(d) {
			continue
		}
		report(f)
	}
}

// federatesWithNobody reports whether a server talks to no other on purpose.
func federatesWithNobody(d *model.Deployment) bool {
	list := d.Synapse.At("federation_domain_whitelist")
	return list != nil && list.Kind == model.List && len(list.Items) == 0
}
