package rules

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// qrLoginIncomplete: logging in on a new device by a QR code takes a switch of Synapse and a grant of MAS, which is there unless it is taken
// away. That the paths are routed is for the rules on routes.
func qrLoginIncomplete() lint.Rule {
	return lint.Rule{
		Name:      "qr-login-incomplete",
		Severity:  diag.Warning,
		Guide:     lint.GuideWarns,
		Documents: "synapse, mas, proxy",
		Title:     "QR login lacks one of its halves",
		Why: "Logging in on a new device by a QR code takes msc4108_enabled in Synapse and the device code grant of MAS; with one of them " +
			"alone, clients do not offer it or it fails halfway.",
		Sees: "Not supported by your account provider, or Invalid rendezvous URI",
		Before: example.Delegated("") + example.MAS(`oauth:
  device_code_grant_enabled: false
`),
		After: example.Delegated("") + example.MAS(`oauth:
  device_code_grant_enabled: true
`),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/3743",
			"https://github.com/element-hq/element-web/issues/28746",
			"https://github.com/element-hq/element-web/issues/33037",
			"https://github.com/element-hq/synapse/issues/18155",
		},
		Check: checkQRLogin,
	}
}

func checkQRLogin(d *model.Deployment, report func(diag.Finding)) {
	how := matrix.DelegationOf(d.Synapse)
	if how != matrix.Delegated && how != matrix.DelegatedByMSC3861 {
		return
	}
	at, key, on := matrix.QRLogin(d.Synapse)
	if !on {
		checkQRLoginAbsent(d, report)
		return
	}
	grant := d.MAS.At("oauth", "device_code_grant_enabled")
	if matrix.Related(d, d.Synapse, d.MAS) && grant.False() && !d.MAS.Version().Before("1.18.0") {
		report(diag.Finding{
			Position: grant.Position,
			Message:  "QR login fails: " + key + " is on in Synapse, and MAS does not give logins by device code",
			Hint:     "delete device_code_grant_enabled, which is on by default, or " + key + " in Synapse",
			Related:  []diag.Related{{Position: at, Message: "QR login is on here"}},
		})
	}
	checkQRLoginAddress(d, at, report)
	checkQRLoginRoute(d, at, report)
}

// checkQRLoginRoute reports what of a proxy changes answers on their way: two devices find each other by the ETag of Synapse's, which
// they have to get as it is.
func checkQRLoginRoute(d *model.Deployment, at diag.Position, report func(diag.Finding)) {
	if d.Proxy == nil {
		return
	}
	for _, host := range matrix.HomeserverHosts(d) {
		routes, _ := d.Answering(matrix.Get(host, "/_synapse/client/rendezvous/x"))
		if len(routes) == 0 || !routes[0].ReachesProduct("synapse") {
			continue
		}
		if m := routes[0].With(func(e model.Effects) bool { return e.Reencodes }); m != nil {
			report(diag.Finding{
				Position: m.Position,
				Message:  "QR login fails: the middleware " + m.Name + " changes answers below /_synapse/client/rendezvous, whose ETag has to arrive as it is",
				Hint:     "give these paths a router without it",
				Related:  []diag.Related{{Position: at, Message: "QR login is on here"}},
			})
			return
		}
	}
}

// checkQRLoginAbsent says that nobody asked for QR login. A section that is shown in part counts, since the switch would stand in it.
func checkQRLoginAbsent(d *model.Deployment, report func(diag.Finding)) {
	features := d.Synapse.At("experimental_features")
	excerpt := slices.ContainsFunc(d.Synapse.Documents, func(doc *model.Document) bool { return doc.Excerpt && !doc.Template })
	if d.Synapse.Partial && !(excerpt && matrix.PythonTrue(features) == model.Yes) || features != nil && features.Unknown {
		return
	}
	for _, key := range []string{"msc4108_enabled", "msc4108_delegation_endpoint", "msc4388_mode"} {
		if features.Get(key) != nil {
			return // somebody decided
		}
	}
	if d.Synapse.Version().Before("1.137.0") || d.MAS.At("oauth", "device_code_grant_enabled").False() {
		return // it cannot, or somebody decided on the side of MAS
	}
	at := d.Synapse.Nearest("experimental_features", "msc4108_enabled")
	if features == nil {
		at = matrix.DelegationPosition(d.Synapse)
	}
	report(diag.Finding{
		Severity: diag.Info,
		Position: at,
		Message:  "nobody can log in on a new device by a QR code, since Synapse does not have msc4108_enabled",
		Hint:     "write msc4108_enabled: true below experimental_features; MAS needs nothing for it",
	})
}

// checkQRLoginAddress reports a Synapse that does not say where it is: it then names the host of the server name in QR codes, where nothing
// of it need be. With a proxy in sight, its routes decide.
func checkQRLoginAddress(d *model.Deployment, at diag.Position, report func(diag.Finding)) {
	if d.Synapse.Lacks("public_baseurl") != model.Yes || len(d.Services) > 0 {
		return
	}
	name, known := d.Synapse.At("server_name").Literal()
	text, _ := matrix.ElementBaseURL(d.Element).Literal()
	base, ok := container.ParseAddress(text)
	if !known || !ok || placeholder.In(name) || placeholder.In(text) || base.Host == container.HostOf(name) {
		return
	}
	report(diag.Finding{
		Position: at,
		Message:  "QR login fails: without public_baseurl, Synapse leads new devices to " + name + ", and it is at " + base.Host,
		Hint:     "write public_baseurl: https://" + base.Host + "/",
		Related:  []diag.Related{{Position: matrix.ElementBaseURL(d.Element).Position, Message: "where Element finds Synapse"}},
	})
}
