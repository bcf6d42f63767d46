package matrix

import (
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// PocketIDOf returns the Pocket ID of the deployment that a provider of MAS is: that of the same host, or the only one for a provider that is
// called so or that has a client there.
func PocketIDOf(d *model.Deployment, provider *model.Node) *model.Service {
	services := d.Of("pocket-id")
	issuer, known := provider.Get("issuer").Literal()
	u, err := url.Parse(issuer)
	if !known || err != nil || u.Host == "" {
		return nil
	}
	for _, s := range services {
		app, known := s.Env("APP_URL").Literal()
		if own, err := url.Parse(app); known && err == nil && strings.EqualFold(own.Host, u.Host) {
			return s
		}
	}
	if len(services) == 1 && len(EnabledProviders(d)) == 1 && (IsPocketID(d, provider) || WithClient(d)[provider]) {
		return services[0]
	}
	return nil
}

// IsPocketID says that the provider is Pocket ID: the one of the deployment, or one of that name.
func IsPocketID(d *model.Deployment, provider *model.Node) bool {
	for _, s := range d.Of("pocket-id") {
		if model.SameURL(s.Env("APP_URL"), provider.Get("issuer")) == model.Yes {
			return true
		}
	}
	for _, key := range []string{"human_name", "idp_name"} { // of MAS, of Synapse
		name, _ := provider.Get(key).Literal()
		if strings.Contains(strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(name)), "pocketid") {
			return true
		}
	}
	return false
}

// IsOther says that an action is known to be none of the given ones; one that is absent is ignore.
func IsOther(c *model.Configuration, action *model.Node, names ...string) bool {
	if !action.IsSet() {
		return ItemsAreWhole(c)
	}
	for _, name := range names {
		if action.Is(name) {
			return false
		}
	}
	return !action.Unknown
}

// WithClient returns the providers of MAS of which a client is visible.
func WithClient(d *model.Deployment) map[*model.Node]bool {
	providers := map[*model.Node]bool{}
	for _, c := range IDPClients(d) {
		providers[c.Provider] = true
	}
	return providers
}
