package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// checkInstances checks that each process that instance_map names is found where it says.
func checkInstances(d *model.Deployment, workers []*model.Document, report func(diag.Finding)) {
	instances := d.Synapse.At("instance_map")
	for _, f := range instances.Entries() {
		if f.Key == "main" {
			for _, worker := range workers {
				if running := workersAt(d, worker); len(running) > 0 && d.Synapse.Service != nil && worker.Root.Get("instance_map") == nil {
					checkInstanceHost(d, running[0], f, []*model.Service{d.Synapse.Service}, report)
					break // all of them look there
				}
			}
			continue
		}
		i := slices.IndexFunc(workers, func(worker *model.Document) bool { return worker.Root.Get("worker_name").Is(f.Key) })
		if i < 0 || len(workersAt(d, workers[i])) == 0 {
			continue
		}
		running := workersAt(d, workers[i])
		if d.Synapse.Service != nil {
			checkInstanceHost(d, d.Synapse.Service, f, running, report)
		}
		port, known := f.Value.Get("port").Literal()
		listeners, whole := matrix.WorkerListeners(d, running[0])
		serves := func(l matrix.Listener) bool { return l.Port == port && l.Serves["replication"] && !l.Loopback }
		if known && whole && isHandedWork(d, f.Key) && !slices.ContainsFunc(listeners, serves) {
			report(diag.Finding{
				Position: f.Value.Get("port").Position,
				Message:  fmt.Sprintf("nobody reaches worker %s: no listener of it serves replication on port %s", f.Key, port),
				Hint:     "name the port of a listener in worker_listeners with the resource replication that other containers reach",
				Related:  []diag.Related{{Position: workers[i].Root.KeyPosition("worker_listeners"), Message: "its listeners"}},
			})
		}
	}
}

// isHandedWork reports whether other processes ask a worker for something: to write a stream, or to fetch from other servers.
func isHandedWork(d *model.Deployment, name string) bool {
	lists := []*model.Node{d.Synapse.At("outbound_federation_restricted_to")}
	for _, f := range d.Synapse.At("stream_writers").Entries() {
		lists = append(lists, f.Value)
	}
	return slices.ContainsFunc(lists, func(n *model.Node) bool {
		return n.Is(name) || slices.ContainsFunc(n.Entered(), func(item *model.Node) bool { return item.Is(name) })
	})
}

// checkInstanceHost checks that one process finds another under the host that instance_map has for it.
func checkInstanceHost(d *model.Deployment, from *model.Service, f model.Field, running []*model.Service, report func(diag.Finding)) {
	node := f.Value.Get("host")
	host, known := node.Literal()
	if !known || placeholder.In(host) {
		return
	}
	who := "worker " + f.Key
	if f.Key == "main" {
		who = "the main process"
	}
	finding := diag.Finding{Position: node.Position, Related: []diag.Related{{Position: running[0].Position, Message: "it runs here"}}}
	switch reach, found := container.Answering(d, from, host); {
	case reach == container.ReachNobody && !container.HasForeignNetwork(d, from) && container.IsWhole(d, from):
		finding.Message = fmt.Sprintf("nobody reaches %s: %s", who, container.NoName(d, host))
		finding.Hint = "write the name of its service, " + running[0].Name
	case reach == container.ReachOtherNetwork && slices.ContainsFunc(found, func(s *model.Service) bool { return slices.Contains(running, s) }):
		finding.Message = fmt.Sprintf("%s does not reach %s: they are on no network together", from.Name, who)
		finding.Hint = "give both the same network"
	case reach == container.ReachService && !slices.ContainsFunc(found, func(s *model.Service) bool { return slices.Contains(running, s) }):
		finding.Message = fmt.Sprintf("%s is not where the others look for it: under %s they find the service %s", who, host, found[0].Name)
		finding.Hint = "write the name of its service, " + running[0].Name
	default:
		return
	}
	report(finding)
}

// checkWritersRun reports writers of streams that no process is, though their address is there.
func checkWritersRun(d *model.Deployment, report func(diag.Finding)) {
	for _, stream := range d.Synapse.At("stream_writers").Entries() {
		names := stream.Value.Items
		if stream.Value.Kind != model.List {
			names = []*model.Node{stream.Value}
		}
		for _, name := range names {
			text, known := name.Literal()
			if !known || placeholder.In(text) || d.Synapse.At("instance_map", text) == nil || matrix.LacksWorker(d, text) != model.Yes {
				continue
			}
			report(diag.Finding{
				Position: name.Position,
				Message:  fmt.Sprintf("nothing writes %s: that is left to a worker with the name %s, and there is none", stream.Key, text),
				Hint:     "write the worker_name of one of the workers, or delete the line: the main process does it then",
			})
		}
	}
}
