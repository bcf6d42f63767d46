package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// bridgeLoginUnsupported: a bridge with encryption needs a device, and MAS has no login for it.
func bridgeLoginUnsupported() lint.Rule {
	return lint.Rule{
		Name:      "bridge-login-unsupported",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "bridges, appservices, synapse",
		Title:     "a bridge with encryption logs in as MAS does not allow",
		Why: "For encryption a bridge needs a device. It used to log in for one, and MAS has no such login. With MSC4190 the bridge makes the " +
			"device without a login.",
		Sees: "Invalid login type, or homeserver does not support appservice login, in the log of the bridge, which stops",
		Quotes: map[string][]string{
			"MAS 1.22.0":        {"Invalid login type"},
			"mautrix-go 0.30.0": {"homeserver does not support appservice login"},
		},
		Before:   encryptedBridgeExample("false"),
		After:    encryptedBridgeExample("true"),
		Versions: "mautrix bridges; the key in the registration is needed before Synapse 1.141",
		Source: []string{
			"https://docs.mau.fi/bridges/general/end-to-bridge-encryption.html",
			"https://element-hq.github.io/matrix-authentication-service/as-login.html",
			"https://github.com/element-hq/matrix-authentication-service/issues/3206",
			"https://github.com/element-hq/synapse/pull/19031",
		},
		Check: checkBridgeLogin,
	}
}

func encryptedBridgeExample(msc4190 string) string {
	return example.Delegated("") + `-- whatsapp/config.yaml --
homeserver:
  address: http://synapse:8008
  domain: example.org
appservice:
  address: http://whatsapp:29318
  hostname: 0.0.0.0
  port: 29318
  id: whatsapp
  as_token: __AS_TOKEN__
  hs_token: __HS_TOKEN__
encryption:
  allow: true
  msc4190: ` + msc4190 + "\n"
}

func checkBridgeLogin(d *model.Deployment, report func(diag.Finding)) {
	how := matrix.DelegationOf(d.Synapse)
	if how != matrix.Delegated && how != matrix.DelegatedByMSC3861 {
		return
	}
	mas := diag.Related{Position: matrix.DelegationPosition(d.Synapse), Message: "MAS has the logins"}
	for _, b := range matrix.Bridges(d) {
		encryption := b.Encryption()
		if !encryption.Get("allow").True() {
			continue
		}
		switch way := encryption.Get("msc4190"); {
		case way.Bool(false) == model.CannotTell || b.Root.At("appservice", "msc4190").Bool(false) != model.No:
		case !way.True():
			f := diag.Finding{
				Position: encryption.Get("allow").Position,
				Message:  "the bridge stops: it logs in for encryption, and MAS has no login for bridges",
				Hint:     "set msc4190: true below encryption, with a bridge that knows it",
				Related:  []diag.Related{mas},
			}
			if way != nil {
				f.Position = way.Position
			}
			report(f)
		default:
			checkDeviceRegistration(d, b, mas, report)
		}
	}
}

// checkDeviceRegistration checks that a Synapse that asks for it is told that the bridge makes its own devices.
func checkDeviceRegistration(d *model.Deployment, b matrix.Bridge, mas diag.Related, report func(diag.Finding)) {
	r := b.RegistrationOf(d)
	if r == nil || r.Read != model.Yes || !d.Synapse.Version().Before("1.141.0") || r.Root.Get("io.element.msc4190").Bool(false) != model.No {
		return
	}
	report(diag.Finding{
		Position: r.Root.KeyPosition("io.element.msc4190"),
		Message:  "the bridge stops: this Synapse lets it make no device for encryption without a login, and MAS has none for bridges",
		Hint:     "set io.element.msc4190: true in the registration, or use Synapse 1.141 or later",
		Related:  []diag.Related{mas},
	})
}
