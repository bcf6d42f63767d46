package container

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// IsForSwarm says that the compose files are for docker stack deploy, which ignores depends_on and much else that Compose insists on: they have
// what Swarm alone heeds, or a script deploys a stack.
func IsForSwarm(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		switch {
		case doc.Root == nil:
			return false
		case doc.Kind == model.KindCompose:
			return hasSwarmKeys(doc.Root)
		}
		return (doc.Kind == model.KindScript || doc.Kind == model.KindShell) && model.Once(doc, "deploys a stack", func() bool {
			return strings.Contains(doc.Root.Text, "stack") && stackDeploy().MatchString(doc.Root.Text)
		})
	})
}

var stackDeploy = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bdocker(?: -\S+)* stack (?:deploy|up)\b`) })

// hasSwarmKeys says that a compose file speaks of Swarm: of an overlay network, or of where and how its services are placed.
func hasSwarmKeys(root *model.Node) bool {
	if networks := root.Get("networks"); networks != nil && slices.ContainsFunc(networks.Fields, func(f model.Field) bool { return f.Value.Get("driver").Is("overlay") }) {
		return true
	}
	services := root.Get("services")
	return services != nil && slices.ContainsFunc(services.Fields, func(f model.Field) bool {
		deploy := f.Value.Get("deploy")
		return slices.ContainsFunc([]string{"placement", "mode", "endpoint_mode", "update_config", "rollback_config"}, func(key string) bool { return deploy.Get(key).IsSet() })
	})
}

// HasOverlayWith says that a compose file that is to be laid over the others has a service of that name: they may be meant to run with it alone.
func HasOverlayWith(d *model.Deployment, name string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return doc.Kind == model.KindCompose && doc.Root.At("services", name) != nil
	})
}
