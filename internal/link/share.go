package link

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// joined are the networks that deployments join by their real names, by the deployment. Real names begin with the name of the project.
type joined map[string][]string

// add notes the networks that a deployment joins.
func (j joined) add(d *model.Deployment) {
	for _, network := range d.Networks {
		if network.External {
			j[d.Name] = append(j[d.Name], network.Name)
		}
	}
}

// share marks the networks of a deployment that others join.
func (j joined) share(d *model.Deployment) {
	for key, network := range d.Networks {
		if !network.Shared && j.byOther(d.Name, key, network) {
			network.Shared = true
			d.Networks[key] = network
		}
	}
}

func (j joined) byOther(deployment, key string, network model.Network) bool {
	for other, names := range j {
		for _, name := range names {
			if other != deployment && isName(name, key, network) {
				return true
			}
		}
	}
	return false
}

// isName reports whether a name is the real one of a network, or may be.
func isName(name, key string, network model.Network) bool {
	return network.Name != "" && name == network.Name || strings.HasSuffix(name, "_"+key)
}

// mayShare reports whether one of the names may be that of a network of the deployment.
func mayShare(d *model.Deployment, names map[string]bool) bool {
	for key, network := range d.Networks {
		for name := range names {
			if !network.Shared && isName(name, key, network) {
				return true
			}
		}
	}
	return false
}
