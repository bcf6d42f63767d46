package matrix

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// SynapseWorkers returns the files of the workers that are deployed.
func SynapseWorkers(d *model.Deployment) []*model.Document {
	var workers []*model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindSynapseWorker && doc.Root != nil && container.IsMounted(d, doc) && (d.Synapse == nil || !slices.Contains(d.Synapse.Documents, doc)) {
			workers = append(workers, doc)
		}
	}
	return workers
}

// LacksWorker answers whether no process of Synapse has a name, if all of them can be seen: the main process, and the worker_name of each worker.
func LacksWorker(d *model.Deployment, name string) model.Answer {
	workers := SynapseWorkers(d)
	services := d.Of("synapse")
	if name == "" || name == "main" || name == "master" {
		return model.No
	}
	if d.Synapse == nil || d.Synapse.Service == nil || len(workers) == 0 && len(services) != 1 {
		return model.CannotTell
	}
	for _, s := range services {
		isWorker := func(doc *model.Document) bool { return container.MountsDocument(s, doc) }
		if s != d.Synapse.Service && len(s.Mounts) > 0 && !slices.ContainsFunc(workers, isWorker) || container.LacksVariable(d, s, "SYNAPSE_WORKER_TYPES") != model.Yes {
			return model.CannotTell // what it reads is not visible, or the image makes workers itself
		}
	}
	for _, worker := range workers {
		switch text, known := worker.Root.Get("worker_name").Literal(); {
		case !known || worker.Template:
			return model.CannotTell
		case text == name:
			return model.No
		}
	}
	return model.Yes
}

// SeesWorkers reports whether all processes of Synapse can be seen, with their names.
func SeesWorkers(d *model.Deployment) bool { return LacksWorker(d, "/") == model.Yes }
