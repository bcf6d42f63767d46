package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// proxyTrustWrong: behind a proxy all requests come from one address; who the client is stands in a header, if the service believes it.
func proxyTrustWrong() lint.Rule {
	return lint.Rule{
		Name:      "proxy-trust-wrong",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "traefik, synapse, mas, pocket-id, compose",
		Title:     "a service does not know who its clients are",
		Why: "A service that does not believe the proxy takes all its users for one, and one limit for logins is shared by all. One that " +
			"believes everybody lets each client choose its address.",
		Sees: "429 Too Many Requests for everybody, or invalid address: traefik when MAS starts",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"invalid address"},
		},
		Before: strings.Replace(example.Routed("", example.AccountRouterLabels+example.CompatRouter), "    x_forwarded: true\n", "", 1),
		After:  example.Routed("", example.AccountRouterLabels+example.CompatRouter),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"element-hq/synapse synapse/http/site.py",
			"element-hq/matrix-authentication-service docs/reference/configuration.md",
			"pocket-id/pocket-id backend/internal/common/env_config.go",
		},
		Check: checkProxyTrust,
	}
}

func checkProxyTrust(d *model.Deployment, report func(diag.Finding)) {
	reportTrustedProxies(d, report)
	report = lint.GuessingProxy(d, report)
	if d.Synapse != nil && d.Synapse.Service != nil && !d.Synapse.Partial {
		reportForwarded(d, report)
	}
	for _, s := range d.Of("pocket-id") {
		trust := s.Env("TRUST_PROXY")
		routes := matrix.RoutesTo(d, s)
		if len(routes) == 0 || !container.EnvironmentKnown(d, s) || trust != nil && !trust.Is("false") && !trust.Is("0") {
			continue
		}
		f := diag.Finding{
			Position: s.Node.KeyPosition("environment"),
			Message:  "Pocket ID takes all users for one behind the proxy, and they share one limit for logins",
			Hint:     `set TRUST_PROXY: "true"`,
			Related:  []diag.Related{{Position: matrix.RulePosition(routes[0]), Message: "what leads there from the proxy"}},
		}
		if trust != nil {
			f.Position = trust.Position
		}
		report(f)
	}
	reportInsecureTraefik(d, report)
}

// reportForwarded reports listeners of Synapse that the proxy asks and that do not read who the client is.
func reportForwarded(d *model.Deployment, report func(diag.Finding)) {
	list := d.Synapse.At("listeners")
	if list == nil {
		return
	}
	for _, r := range matrix.RoutesTo(d, d.Synapse.Service) {
		for _, item := range list.Items {
			port, forwarded := item.Get("port"), item.Get("x_forwarded")
			asked := slices.ContainsFunc(r.Backends, func(b model.Backend) bool { return model.Compare(b.Port, port) == model.Yes })
			if !asked || !item.Get("type").Is("http") || forwarded.Bool(false) != model.No {
				continue
			}
			f := diag.Finding{
				Position: port.Position,
				Message:  "Synapse takes all users for one behind the proxy, and they share one limit for logins: this listener has no x_forwarded",
				Hint:     "add x_forwarded: true beside port",
				Related:  []diag.Related{{Position: matrix.RulePosition(r), Message: "what leads there from the proxy"}},
			}
			if forwarded.IsSet() {
				f.Position = forwarded.Position
				f.Message = "Synapse takes all users for one behind the proxy, and they share one limit for logins"
				f.Hint = "write x_forwarded: true"
			}
			report(f)
		}
		return
	}
}

// defaultTrusted are the networks that MAS trusts unless it is told otherwise.
func defaultTrusted(mas *model.Configuration) []netip.Prefix {
	var prefixes []netip.Prefix
	list := facts.Default(mas, "http", "trusted_proxies")
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if prefix, err := netip.ParsePrefix(item.Text); err == nil {
			prefixes = append(prefixes, prefix)
		}
	}
	return prefixes
}

func reportTrustedProxies(d *model.Deployment, report func(diag.Finding)) {
	if d.MAS == nil {
		return
	}
	trusted := defaultTrusted(d.MAS)
	whole := matrix.ItemsAreWhole(d.MAS) && len(trusted) > 0
	list := d.MAS.At("http", "trusted_proxies")
	if list.IsSet() && list.Kind == model.List {
		trusted = nil
		for _, item := range list.Items {
			text, known := item.Literal()
			if !known || placeholder.In(text) {
				whole = false
				continue
			}
			prefix, err := netip.ParsePrefix(text)
			if addr, wrong := netip.ParseAddr(text); wrong == nil {
				prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
			}
			switch {
			case err != nil:
				whole = false
				report(diag.Finding{
					Severity: diag.Error,
					Position: item.Position,
					Message:  fmt.Sprintf("MAS does not start: %q is neither an address nor a range of them", text),
					Hint:     "write the subnet that the proxy is in, such as 172.16.0.0/12",
				})
			case prefix.Bits() == 0:
				report(diag.Finding{
					Position: item.Position,
					Message:  "MAS believes everybody who says whose request he passes on, so that clients choose their address",
					Hint:     "write the subnet that the proxy is in",
				})
			}
			trusted = append(trusted, prefix)
		}
	}
	if whole && d.MAS.Service != nil {
		reportForeignSubnet(d, trusted, report)
	}
}

// reportForeignSubnet reports a network of MAS that the proxy is on, with a declared subnet that MAS does not trust.
func reportForeignSubnet(d *model.Deployment, trusted []netip.Prefix, report func(diag.Finding)) {
	routes := matrix.RoutesTo(d, d.MAS.Service)
	if len(routes) == 0 {
		return
	}
	for _, a := range d.MAS.Service.Networks {
		subnet := subnetOf(d, a.Network)
		text, known := subnet.Literal()
		prefix, err := netip.ParsePrefix(text)
		if on, sure := matrix.ProxyIsOn(d, a.Network); !known || err != nil || !on || !sure {
			continue
		}
		if !slices.ContainsFunc(trusted, func(t netip.Prefix) bool { return t.Bits() <= prefix.Bits() && t.Contains(prefix.Addr()) }) {
			at := d.MAS.Nearest("http", "trusted_proxies")
			report(diag.Finding{
				Position: at,
				Message:  fmt.Sprintf("MAS takes all users for one behind the proxy: it does not trust %s, the network that they share", text),
				Hint:     "write trusted_proxies with this subnet below http",
				Related:  []diag.Related{{Position: subnet.Position, Message: "the subnet"}},
			})
		}
	}
}

// subnetOf returns the subnet that a network of the compose file declares, or nil.
func subnetOf(d *model.Deployment, network string) *model.Node {
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose {
			continue
		}
		if config := doc.Root.At("networks", network, "ipam", "config"); config != nil && len(config.Items) == 1 {
			return config.Items[0].Get("subnet")
		}
	}
	return nil
}

// reportInsecureTraefik reports entry points of Traefik that believe everybody.
func reportInsecureTraefik(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || !matrix.RoutesStack(d) {
		return
	}
	for _, point := range d.Proxy.Names("entrypoints") {
		insecure := d.Proxy.Static["entrypoints."+point+".forwardedheaders.insecure"]
		if insecure.Is("true") {
			report(diag.Finding{
				Position: insecure.Position,
				Message:  fmt.Sprintf("entry point %s believes everybody who says whose request he passes on, so that clients choose their address", point),
				Hint:     "delete it, or list the addresses of a proxy in front in forwardedHeaders.trustedIPs",
			})
		}
	}
}
