package matrix

import (
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ProxyIsOn reports whether the proxy is on a network of the deployment.
func ProxyIsOn(d *model.Deployment, network string) (on, known bool) {
	proxy := d.Proxy.Service
	switch {
	case proxy == nil:
		return d.Networks[network].External, true
	case container.IsHostNetwork(proxy):
		return false, false
	}
	for _, a := range container.Attachments(proxy) {
		if d.Proxy.Home == d && a.Network == network {
			return true, true
		}
		if d.Proxy.Home == d {
			continue
		}
		name, other := d.Networks[network].Name, d.Proxy.Home.Networks[a.Network].Name
		if name == "" || other == "" {
			return false, false
		}
		if name == other {
			return true, true
		}
	}
	return false, true
}
