package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkWorkerNames reports workers of one name: each does what is left to that name, and what one has written the other does not know.
func checkWorkerNames(d *model.Deployment, workers []*model.Document, report func(diag.Finding)) {
	named := map[string]*model.Document{}
	for _, worker := range workers {
		name, known := worker.Root.Get("worker_name").Literal()
		if !known || worker.Template || len(workersAt(d, worker)) == 0 {
			continue
		}
		if first := named[name]; first != nil {
			report(diag.Finding{
				Position: worker.Root.Get("worker_name").Position,
				Message:  fmt.Sprintf("two workers have the name %s: both do what is left to that name, and lose or repeat work", name),
				Hint:     "give each worker a name of its own",
				Related:  []diag.Related{{Position: first.Root.Get("worker_name").Position, Message: "the other"}},
			})
			continue
		}
		named[name] = worker
		if running := workersAt(d, worker); len(running) > 1 {
			report(diag.Finding{
				Position: worker.Root.Get("worker_name").Position,
				Message:  fmt.Sprintf("%s and %s are one worker to the others, since both read the name %s here: they lose or repeat work", running[0].Name, running[1].Name, name),
				Hint:     "give each service a file of its own, with another worker_name",
				Related:  []diag.Related{{Position: running[0].Position, Message: running[0].Name}, {Position: running[1].Position, Message: running[1].Name}},
			})
		}
	}
}

// workersAt returns the services that run a worker by its file.
func workersAt(d *model.Deployment, worker *model.Document) []*model.Service {
	return slices.DeleteFunc(slices.Clone(d.Of("synapse")), func(s *model.Service) bool {
		if s.Inactive || !container.MountsDocument(s, worker) {
			return true
		}
		paths, _, known := container.ConfigPaths(d, s)
		return !known || !slices.ContainsFunc(paths, func(name string) bool {
			return container.DocumentAt(d, s, container.InContainer(s, name)) == worker
		})
	})
}

// workerOf returns the file of the worker that a service runs, or nil.
func workerOf(d *model.Deployment, workers []*model.Document, s *model.Service) *model.Document {
	for _, worker := range workers {
		if slices.Contains(workersAt(d, worker), s) {
			return worker
		}
	}
	return nil
}

// checkWorkerFiles reports a worker that does not read what the others read.
func checkWorkerFiles(d *model.Deployment, workers []*model.Document, report func(diag.Finding)) {
	for _, worker := range workers {
		for _, s := range workersAt(d, worker) {
			paths, at, _ := container.ConfigPaths(d, s)
			whole := !slices.ContainsFunc(paths, func(name string) bool {
				doc := container.DocumentAt(d, s, container.InContainer(s, name))
				return doc == nil || doc.Root == nil || doc.Template || doc.Excerpt || doc.Root.Get("server_name") != nil
			})
			if whole {
				report(diag.Finding{
					Position: at,
					Message:  fmt.Sprintf("%s does not start: no file that it reads says server_name", s.Name),
					Hint:     "name the configuration of the main process first, with another --config-path",
					Related:  []diag.Related{{Position: worker.Root.Field("worker_app").Position, Message: "what it reads"}},
				})
			}
		}
	}
}
