package adopt

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// workerKinds are the fields of synapse.workers, by the names that a build gives the workers.
func workerKinds() map[string]string {
	return map[string]string{"synchrotron": "synchrotrons", "client-reader": "clientReaders", "event-creator": "eventCreators", "event-persister": "eventPersisters",
		"federation-reader": "federationReaders", "federation-sender": "federationSenders", "pusher": "pushers", "stream-writer": "streamWriters",
		"media-repository": "mediaRepositories", "background": "background"}
}

// processes takes how many processes of Synapse there are beside the main one, of each kind, and where a proxy on the machine finds them.
func (v *inverse) processes() {
	counts := map[string]int{}
	var first *model.Node
	for _, s := range v.workers() {
		if kind := v.kindOf(s); kind != "" {
			counts[kind]++
			first = s.Node
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		most := map[string]int{"background": 1, "streamWriters": 7}[kind]
		if most == 0 {
			most = 10
		}
		v.say("synapse.workers."+kind, &model.Node{Kind: model.Int, Text: strconv.Itoa(min(counts[kind], most))}, first)
	}
	v.workerPorts()
}

// workerPorts takes the first of the ports of the workers from those of the first of each kind.
func (v *inverse) workerPorts() {
	for i, kind := range []string{"synchrotron", "client-reader", "event-creator", "federation-reader", "stream-writer", "media-repository"} {
		for _, n := range v.service("synapse-"+kind+"-1", "ports").Entered() {
			parts := strings.Split(literal(n), ":")
			if port, err := strconv.Atoi(parts[max(0, len(parts)-2)]); err == nil && v.Generated {
				v.say("proxy.ports.workers", &model.Node{Kind: model.Int, Text: strconv.Itoa(port - 10*i)}, n)
				return
			}
		}
	}
}

// kindOf returns the field of synapse.workers that a worker counts for: by its name if a build wrote it, else by the work that is left to it, or by the requests
// that it gets. "" if nothing tells.
func (o *Old) kindOf(s *model.Service) string {
	file := workerFile(s)
	name := literal(file.Get("worker_name"))
	if o.Generated {
		end := strings.LastIndex(name, "-")
		return workerKinds()[name[:max(0, end)]]
	}
	config := o.Given.Synapse
	for _, duty := range [][2]string{
		{"federation_sender_instances", "federationSenders"}, {"pusher_instances", "pushers"}, {"run_background_tasks_on", "background"},
		{"update_user_directory_from_worker", "background"}, {"notify_appservices_from_worker", "background"},
	} {
		if names(config.At(duty[0]), name) {
			return duty[1]
		}
	}
	for _, f := range config.At("stream_writers").Entries() {
		if names(f.Value, name) && f.Key == "events" {
			return "eventPersisters"
		} else if names(f.Value, name) {
			return "streamWriters"
		}
	}
	switch literal(file.Get("worker_app")) {
	case "synapse.app.media_repository":
		return "mediaRepositories"
	case "synapse.app.federation_sender":
		return "federationSenders"
	case "synapse.app.pusher":
		return "pushers"
	case "synapse.app.user_dir", "synapse.app.appservice":
		return "background"
	}
	return o.kindByRoutes(s)
}

// kindByRoutes returns the kind of a worker by the requests that the proxy leads to it.
func (o *Old) kindByRoutes(s *model.Service) string {
	for _, host := range matrix.HomeserverHosts(o.Given) {
		for _, request := range [][2]string{
			{"/_matrix/client/v3/sync", "synchrotrons"}, {"/_matrix/federation/v1/send/1", "federationReaders"},
			{"/_matrix/client/v3/rooms/!a:example.org/send/m.room.message/1", "eventCreators"}, {"/_matrix/client/v3/joined_rooms", "clientReaders"},
		} {
			routes, _ := o.Given.Answering(matrix.Get(host, request[0]))
			if len(routes) > 0 && slices.ContainsFunc(routes[0].Backends, func(b model.Backend) bool { return b.Service == s }) {
				return request[1]
			}
		}
	}
	return ""
}

// workerFile returns what a worker reads of its own, or nil.
func workerFile(s *model.Service) *model.Node {
	for _, m := range s.Mounts {
		if m.Document != nil && m.Document.Kind == model.KindSynapseWorker {
			return m.Document.Root
		}
	}
	return nil
}

// names reports whether a name, or a list of names, has one.
func names(n *model.Node, name string) bool {
	if name == "" || n == nil {
		return false
	}
	return n.Is(name) || slices.ContainsFunc(n.Entered(), func(item *model.Node) bool { return item.Is(name) })
}
