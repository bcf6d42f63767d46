package link

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// shareNetworks marks the networks of deployments that others beside them join by their real names, which begin with the name of the project.
func shareNetworks(deployments []*model.Deployment) {
	for _, d := range deployments {
		for key, network := range d.Networks {
			if !network.Shared && isJoined(d, key, network, deployments) {
				network.Shared = true
				d.Networks[key] = network
			}
		}
	}
}

func isJoined(d *model.Deployment, key string, network model.Network, deployments []*model.Deployment) bool {
	for _, other := range deployments {
		for _, joined := range other.Networks {
			if other != d && joined.External && (network.Name != "" && joined.Name == network.Name || strings.HasSuffix(joined.Name, "_"+key)) {
				return true
			}
		}
	}
	return false
}
