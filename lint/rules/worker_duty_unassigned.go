package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// workerDutyUnassigned: each process only asks whether its own name is in a list, so that a name that nobody has leaves the work undone.
func workerDutyUnassigned() lint.Rule {
	return lint.Rule{
		Name:      "worker-duty-unassigned",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "synapse, compose",
		Title:     "work is left to a worker that does not exist",
		Why: "Synapse leaves work such as sending to other servers to the workers that a setting names. A name that no worker has is no mistake " +
			"to it: the main process leaves the work alone, and nobody does it.",
		Sees:   "nothing: other servers get no messages, phones no notifications, bridges no events",
		Before: dutyExample("sender1"),
		After:  dutyExample("generic1"),
		Source: []string{"element-hq/synapse synapse/config/workers.py", "https://element-hq.github.io/synapse/latest/workers.html"},
		Check:  checkWorkerDuties,
	}
}

func dutyExample(name string) string {
	return example.Synapse(`listeners:
  - port: 8008
    type: http
    x_forwarded: true
    bind_addresses: ["0.0.0.0"]
    resources: [{names: [client, federation]}]
  - port: 9093
    type: http
    bind_addresses: ["0.0.0.0"]
    resources: [{names: [replication]}]
redis:
  enabled: true
  host: redis
instance_map:
  main: {host: synapse, port: 9093}
federation_sender_instances: [`+name+`]
`) + `-- worker.yaml --
worker_app: synapse.app.generic_worker
worker_name: generic1
` + example.Compose(example.SynapseService, `  generic1:
    image: ghcr.io/element-hq/synapse:v1.163.2
    command: [run, -m, synapse.app.generic_worker, --config-path=/data/homeserver.yaml, --config-path=/data/worker.yaml]
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - ./worker.yaml:/data/worker.yaml:ro
      - synapse-data:/data
    secrets: [pgpass, signing_key]
    healthcheck: {disable: true}
  redis:
    image: docker.io/library/redis:7.4.7-alpine
`)
}

func checkWorkerDuties(d *model.Deployment, report func(diag.Finding)) {
	if d.Synapse == nil {
		return
	}
	report = lint.Guessing(report, d.Synapse)
	checkSwitchedOff(d, report)
	for _, duty := range [][2]string{
		{"federation_sender_instances", "nothing is sent to some other servers"},
		{"pusher_instances", "some phones get no notifications"},
		{"notify_appservices_from_worker", "bridges and bots get nothing"},
		{"update_user_directory_from_worker", "nobody new is found in the directory of users"},
		{"media_instance_running_background_jobs", "old media are never removed"},
		{"outbound_federation_restricted_to", "nothing is sent to some other servers"},
	} {
		list := d.Synapse.At(duty[0])
		names := list.Entered()
		if list != nil && list.Kind != model.List {
			names = []*model.Node{list}
		}
		for _, name := range names {
			text, known := name.Literal()
			if !known || placeholder.In(text) || matrix.LacksWorker(d, text) != model.Yes {
				continue
			}
			f := diag.Finding{
				Position: name.Position,
				Message:  fmt.Sprintf("%s: that is left to a worker with the name %s, and there is none", duty[1], text),
				Hint:     "write the worker_name of one of the workers, or delete " + duty[0] + ": the main process does it then",
			}
			if workers := matrix.SynapseWorkers(d); len(workers) > 0 {
				f.Related = []diag.Related{{Position: workers[0].Root.KeyPosition("worker_name"), Message: "a worker"}}
			}
			report(f)
		}
	}
}
