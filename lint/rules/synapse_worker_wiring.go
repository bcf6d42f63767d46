package rules

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseWorkerWiring: workers of Synapse talk to the main process through Redis and through a listener that nobody else may reach.
func synapseWorkerWiring() lint.Rule {
	return lint.Rule{
		Name:      "synapse-worker-wiring",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "synapse, compose",
		Title:     "the workers of Synapse and its main process miss each other",
		Why: "A worker does not start without Redis and without a way to the main process, and what a worker is to do is done by nobody " +
			"if it goes by another name, if the others look for it elsewhere, or if the proxy leads to it what it does not answer.",
		Sees: "Missing data for a worker to connect to main process",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Missing data for a worker to connect to main process"},
		},
		Before: workerExample("9094"),
		After:  workerExample("9093"),
		Source: []string{"element-hq/synapse synapse/config/workers.py", "https://element-hq.github.io/synapse/latest/workers.html"},
		Check:  checkSynapseWorkers,
	}
}

func workerExample(port string) string {
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
  main: {host: synapse, port: `+port+`}
`) + `-- worker.yaml --
worker_app: synapse.app.generic_worker
worker_name: generic1
worker_listeners:
  - port: 8081
    type: http
    x_forwarded: true
    resources: [{names: [client, federation]}]
`
}

func checkSynapseWorkers(d *model.Deployment, report func(diag.Finding)) {
	if d.Synapse == nil || d.Synapse.Root == nil {
		return
	}
	report = lint.Guessing(report, d.Synapse)
	checkMainIsNoWorker(d.Synapse, report)
	checkStreamWriters(d.Synapse, report)
	checkWritersRun(d, report)
	workers := matrix.SynapseWorkers(d)
	if len(workers) > 0 {
		checkWorkerNames(d, workers, report)
		checkWorkerFiles(d, workers, report)
		checkInstances(d, workers, report)
		checkRedis(d, report)
		checkWorkerRoutes(d, workers, report)
	}
	for _, worker := range workers {
		if app, known := worker.Root.Get("worker_app").Literal(); known && app == "synapse.app.generic_worker" {
			checkWorkerConnection(d.Synapse, worker, report)
			break // all of them read the same sections
		}
	}
	checkBackgroundTasks(d, workers, report)
}

// checkMainIsNoWorker reports a worker_app that the main process reads too.
func checkMainIsNoWorker(synapse *model.Configuration, report func(diag.Finding)) {
	app, s := synapse.At("worker_app"), synapse.Service
	if !app.IsSet() || s == nil || s.Product != "synapse" || s.Env("SYNAPSE_WORKER") != nil || s.Node.Get("entrypoint").IsSet() {
		return
	}
	words, known := container.ShellWords(s.Node.Get("command"))
	if !known || slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, "synapse.app") }) {
		return
	}
	report(diag.Finding{
		Position: app.Position,
		Message:  "Synapse does not start: its main process reads worker_app, which is for workers",
		Hint:     "move it to a file that only the worker reads",
	})
}

// checkWorkerConnection checks that a worker gets to Redis and to the main process.
func checkWorkerConnection(synapse *model.Configuration, worker *model.Document, report func(diag.Finding)) {
	missing := report
	if synapse.Service == nil {
		missing = lint.Unsure(report) // a file that all processes are given besides has such sections, and no container shows whether there is one
	}
	inWorker := []diag.Related{{Position: worker.Root.Field("worker_app").Position, Message: "a worker"}}
	redis := worker.Root.At("redis", "enabled")
	if worker.Root.Get("redis") == nil {
		redis = synapse.At("redis", "enabled")
	}
	if matrix.PythonTrue(redis) == model.No && !synapse.Partial {
		missing(diag.Finding{
			Position: synapse.Nearest("redis", "enabled"),
			Message:  "the workers do not start: they talk to the main process through Redis, which is off",
			Hint:     "write redis with enabled: true and host",
			Related:  inWorker,
		})
	}
	main := worker.Root.At("instance_map", "main")
	if worker.Root.Get("instance_map") == nil {
		main = synapse.At("instance_map", "main")
	}
	if main == nil {
		if synapse.Lacks("instance_map", "main") == model.Yes {
			missing(diag.Finding{
				Position: synapse.Nearest("instance_map", "main"),
				Message:  "the workers do not start: instance_map does not say where the main process is",
				Hint:     "write instance_map with main: {host: synapse, port: 9093}, and a listener with the resource replication on that port",
				Related:  inWorker,
			})
		}
		return
	}
	port, known := main.Get("port").Literal()
	listeners, whole := matrix.SynapseListeners(synapse)
	host, _ := main.Get("host").Literal()
	here := host == "localhost" || net.ParseIP(host).IsLoopback() // all run on one machine, without containers of their own
	serves := func(l matrix.Listener) bool {
		return l.Port == port && l.Serves["replication"] && (!l.Loopback || here)
	}
	if known && whole && len(listeners) > 0 && !slices.ContainsFunc(listeners, serves) {
		report(diag.Finding{
			Position: main.Get("port").Position,
			Message:  fmt.Sprintf("the workers do not reach the main process: no listener of Synapse serves replication on port %s", port),
			Hint:     "name the port of a listener with the resource replication that other containers reach",
			Related:  []diag.Related{{Position: synapse.Nearest("listeners"), Message: "the listeners"}},
		})
	}
}

// checkBackgroundTasks checks that the worker for background tasks exists, if all workers can be seen.
func checkBackgroundTasks(d *model.Deployment, workers []*model.Document, report func(diag.Finding)) {
	node := d.Synapse.At("run_background_tasks_on")
	name, known := node.Literal()
	if !known || placeholder.In(name) || matrix.LacksWorker(d, name) != model.Yes {
		return
	}
	f := diag.Finding{
		Position: node.Position,
		Message:  fmt.Sprintf("background tasks run nowhere: no worker has the name %s", name),
		Hint:     "write the worker_name of one of the workers",
	}
	if len(workers) == 0 {
		f.Message = fmt.Sprintf("background tasks run nowhere: they are left to a worker with the name %s, and there is none", name)
		f.Hint = "delete run_background_tasks_on: the main process runs them then"
	} else {
		f.Related = []diag.Related{{Position: workers[0].Root.Field("worker_app").Position, Message: "a worker"}}
	}
	report(f)
}
