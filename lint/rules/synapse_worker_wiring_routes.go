package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// workerRequest is a request of each kind, with the resources of a listener of which one answers it. Where stream is set, nobody but its writer does.
type workerRequest struct {
	method, path, stream string
	resources            []string
}

// workerRequests are requests that a proxy may lead to workers. Which process answers: element-hq/synapse synapse/app/generic_worker.py, and for the two streams
// synapse/rest/client/room.py and push_rule.py, 1.137 to 1.163.
func workerRequests() []workerRequest {
	return []workerRequest{
		{"GET", "/_matrix/client/v3/sync", "", []string{"client"}},
		{"GET", "/_matrix/client/v3/joined_rooms", "", []string{"client"}},
		{"PUT", "/_matrix/client/v3/rooms/!a:example.org/send/m.room.message/1", "", []string{"client"}},
		{"GET", "/_matrix/client/v3/rooms/!a:example.org/messages", "", []string{"client"}},
		{"POST", "/_matrix/client/v3/keys/query", "", []string{"client"}},
		{"PUT", "/_matrix/federation/v1/send/1", "", []string{"federation"}},
		{"GET", "/_matrix/federation/v1/version", "", []string{"federation"}},
		{"POST", "/_matrix/key/v2/query", "", []string{"federation", "keys"}},
		{"GET", "/_matrix/media/v3/config", "", []string{"media"}},
		{"GET", "/_matrix/client/v1/media/config", "", []string{"media", "client"}},
		{"PUT", "/_matrix/client/v3/rooms/!a:example.org/typing/@a:example.org", "typing", []string{"client"}},
		{"PUT", "/_matrix/client/v3/pushrules/global/content/x", "push_rules", []string{"client"}},
	}
}

// checkWorkerRoutes checks that what the proxy leads to a worker is what it answers.
func checkWorkerRoutes(d *model.Deployment, workers []*model.Document, report func(diag.Finding)) {
	if d.Proxy == nil || d.Synapse.Service == nil || len(workers) == 0 {
		return
	}
	report = lint.GuessingProxy(d, report)
	seen := map[string]bool{}
	for _, host := range matrix.HomeserverHosts(d) {
		for _, request := range workerRequests() {
			routes, _ := d.Answering(model.Request{Host: host, Path: request.path, Method: request.method})
			if len(routes) == 0 || !routes[0].Resolved {
				continue
			}
			for _, b := range routes[0].Backends {
				f, wrong := judgeBackend(d, workers, b, request)
				if key := f.Message; wrong && !seen[key] {
					seen[key] = true
					f.Position = matrix.RulePosition(routes[0])
					f.Message = fmt.Sprintf("%s https://%s%s is answered by nobody: %s", request.method, host, request.path, f.Message)
					report(f)
				}
			}
		}
	}
}

// judgeBackend says why a process does not answer a request.
func judgeBackend(d *model.Deployment, workers []*model.Document, b model.Backend, request workerRequest) (f diag.Finding, wrong bool) {
	worker := workerOf(d, workers, b.Service)
	if worker == nil && b.Service != d.Synapse.Service {
		return f, false
	}
	if worker != nil {
		port, known := b.Port.Literal()
		listeners, whole := matrix.WorkerListeners(d, b.Service)
		i := slices.IndexFunc(listeners, func(l matrix.Listener) bool { return l.Port == port })
		if known && whole && i >= 0 && !slices.ContainsFunc(request.resources, func(name string) bool { return listeners[i].Serves[name] }) {
			return diag.Finding{
				Message: fmt.Sprintf("it goes to %s, whose listener has no resource %s", b.Service.Name, request.resources[0]),
				Hint:    "lead it to the main process or to another worker, or add the resource to worker_listeners",
				Related: []diag.Related{{Position: listeners[i].At, Message: "the listener"}},
			}, true
		}
	}
	return judgeWriter(d, worker, b.Service, request.stream)
}

// judgeWriter says why a process does not answer what the writer of a stream alone does.
func judgeWriter(d *model.Deployment, worker *model.Document, s *model.Service, stream string) (f diag.Finding, wrong bool) {
	node := d.Synapse.At("stream_writers", stream)
	if node != nil && node.Kind == model.List && len(node.Items) == 1 {
		node = node.Items[0]
	}
	writer, known := node.Literal()
	if node == nil {
		writer, known = "main", d.Synapse.Lacks("stream_writers", stream) == model.Yes
	}
	name, named := "main", true
	if worker != nil {
		name, named = worker.Root.Get("worker_name").Literal()
	}
	if writer == "master" {
		writer = "main"
	}
	if stream == "" || !known || !named || name == writer {
		return f, false
	}
	f = diag.Finding{
		Message: fmt.Sprintf("it goes to %s, and %s alone takes it, as the writer of %s", s.Name, writerTitle(writer), stream),
		Hint:    "lead it to the writer, or delete its line in stream_writers and lead it to the main process",
	}
	if node != nil {
		f.Related = []diag.Related{{Position: node.Position, Message: "the writer"}}
	}
	return f, true
}

func writerTitle(name string) string {
	if name == "main" {
		return "the main process"
	}
	return "worker " + name
}
