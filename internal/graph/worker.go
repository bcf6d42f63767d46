package graph

import (
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// workers adds what the workers of Synapse ask of its main process. That all of them are at Redis and at the database, too, the lines of the main process
// stand for.
func (b *builder) workers(main string) {
	if port := b.deployment.Synapse.At("instance_map", "main", "port"); main != "" {
		for _, s := range b.deployment.Of("synapse") {
			if b.isWorker(s) {
				b.connect(b.serviceID(s), main, Call, labelled("replication, port", port))
			}
		}
	}
}

// isWorker reports whether a service is a worker of Synapse.
func (b *builder) isWorker(s *model.Service) bool {
	if s == nil || s.Product != "synapse" || b.deployment.Synapse == nil || s == b.deployment.Synapse.Service {
		return false
	}
	for _, doc := range matrix.SynapseWorkers(b.deployment) {
		if container.MountsDocument(s, doc) {
			return true
		}
	}
	return false
}

// areProcesses reports whether two nodes are processes of one Synapse.
func (b *builder) areProcesses(one, other string) bool {
	first, second := b.serviceOf(one), b.serviceOf(other)
	main := func(s *model.Service) bool {
		return b.deployment.Synapse != nil && s != nil && s == b.deployment.Synapse.Service
	}
	return b.isWorker(first) && (b.isWorker(second) || main(second)) || b.isWorker(second) && main(first)
}
