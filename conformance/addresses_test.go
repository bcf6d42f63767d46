package conformance

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestAddresses holds that who asks whom inside the stack finds it: by a name that Docker resolves on a network of both, at a port where it listens.
func TestAddresses(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		var synapse struct {
			MAS struct{ Endpoint string } `yaml:"matrix_authentication_service"`
		}
		var mas struct {
			Matrix struct{ Endpoint string }
			HTTP   struct {
				Listeners []struct {
					Name      string
					Resources []struct{ Name string }
					Binds     []struct{ Address string }
				}
			}
		}
		d.parse(t, map[string]any{"synapse-config.yaml": &synapse, "mas-config.yaml": &mas})
		project := d.project(t)
		products := []string{"synapse"}
		if d.has("mas-config.yaml") {
			products = append(products, "mas")
		}
		for _, product := range products {
			at := d.access(t, product)
			if server := d.databaseServer(t, product); server != "" {
				reader := product
				if product == "mas" && !d.delegates(t) {
					reader = "syn2mas" // nothing else of MAS runs yet
				}
				finds(t, project, reader, server, fmt.Sprintf("postgres://%s:%d", at.host, at.port), "5432")
			}
		}
		if !d.delegates(t) {
			return
		}
		finds(t, project, "synapse", "mas", synapse.MAS.Endpoint, ports["mas"])
		finds(t, project, "mas", "synapse", mas.Matrix.Endpoint, ports["synapse"])

		needed := map[string][]string{ports["mas"]: {"discovery", "human", "oauth", "graphql", "assets"}}
		resources := map[string][]string{}
		compat := ports["mas"] // or a listener of its own, where MAS is below a path
		for _, listener := range mas.HTTP.Listeners {
			if listener.Name == "compat" {
				compat = "8082"
			}
			for _, bind := range listener.Binds {
				for _, resource := range listener.Resources {
					resources[bind.Address] = append(resources[bind.Address], resource.Name)
				}
			}
		}
		probed := "8081"
		if d.labelled(t) {
			probed = project.Services["mas"].Labels["traefik.http.services."+project.Name+"-mas.loadbalancer.healthcheck.port"]
		}
		needed[compat], needed[probed] = append(needed[compat], "compat"), append(needed[probed], "health")
		for port, names := range needed {
			for _, resource := range names {
				if !slices.Contains(append(resources["0.0.0.0:"+port], resources["[::]:"+port]...), resource) {
					t.Errorf("MAS serves %q at port %s, and not %s", resources["0.0.0.0:"+port], port, resource)
				}
			}
		}
	})
}

// finds fails unless the one service finds the other at the address.
func finds(t *testing.T, project *types.Project, from, to, address, port string) {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil || at.Port() != port {
		t.Errorf("%s looks for %s at %q, want port %s (%v)", from, to, address, port, err)
		return
	}
	for network, attachment := range project.Services[to].Networks {
		_, shared := project.Services[from].Networks[network]
		if shared && attachment != nil && slices.Contains(attachment.Aliases, at.Hostname()) {
			return
		}
	}
	t.Errorf("%s looks for %s at %s, which is not its name on a network of both", from, to, address)
}
