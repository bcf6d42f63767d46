package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseCompanionKeyMissing: switches of Synapse that it only takes together with another key.
func synapseCompanionKeyMissing() lint.Rule {
	return lint.Rule{
		Name:      "synapse-companion-key-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Fatal:     true,
		Documents: "synapse",
		Title:     "an option of Synapse lacks the one that it needs",
		Why: "Synapse does not start with URL previews without a list of forbidden networks, with mail without a sender, with registration " +
			"that checks nothing, with QR login without MAS, from 1.162 on with a user of Redis without a password, or from 1.163 on with profiles that are limited " +
			"to users who share rooms without asking who they are.",
		Sees: "For security, you must specify an explicit target IP address blacklist in url_preview_ip_range_blacklist for url previewing to work",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"For security, you must specify an explicit target IP address blacklist in url_preview_ip_range_blacklist for url previewing to work"},
		},
		Before: example.Synapse(`url_preview_enabled: true
`),
		After: example.Synapse(`url_preview_enabled: true
url_preview_ip_range_blacklist: [127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, "::1/128", "fe80::/10", "fc00::/7"]
`),
		Source: []string{
			"element-hq/synapse synapse/config/repository.py",
			"element-hq/synapse synapse/config/emailconfig.py",
			"element-hq/synapse synapse/config/experimental.py",
			"element-hq/synapse synapse/config/redis.py",
			"https://github.com/element-hq/synapse/issues/18808",
		},
		Check: checkSynapseCompanionKeyMissing,
	}
}

func checkSynapseCompanionKeyMissing(d *model.Deployment, report func(diag.Finding)) {
	if d.Synapse == nil {
		return
	}
	checkWellKnownContent(d.Synapse, report)
	checkOpenRegistration(d.Synapse, report)
	checkQRLoginNeedsMAS(d.Synapse, report)
	checkProfileRequests(d.Synapse, report)
	checkRedisUser(d.Synapse, report)
	if d.Synapse.Partial {
		return
	}
	if preview := d.Synapse.At("url_preview_enabled"); matrix.PythonTrue(preview) == model.Yes && d.Synapse.At("url_preview_ip_range_blacklist") == nil {
		report(diag.Finding{
			Position: preview.Position,
			Message:  "Synapse does not start: URL previews are on, and url_preview_ip_range_blacklist is missing",
			Hint:     "list the private networks in url_preview_ip_range_blacklist, so that nobody makes Synapse fetch from them",
		})
	}
	if email := d.Synapse.At("email"); matrix.PythonTrue(email) == model.Yes && email.Kind == model.Map && !email.Get("notif_from").IsSet() {
		report(diag.Finding{
			Position: d.Synapse.Root.Field("email").Position,
			Message:  "Synapse does not start: there is an email section, and notif_from in it is missing",
			Hint:     "write notif_from: Matrix <noreply@example.org>, or delete the section; mail on accounts is MAS's where MAS has the logins",
		})
	}
}

// checkProfileRequests reports a limit on who may see a profile that Synapse can only hold if it knows who asks. It refuses it since 1.163.
func checkProfileRequests(synapse *model.Configuration, report func(diag.Finding)) {
	limit, auth := synapse.At("limit_profile_requests_to_users_who_share_rooms"), synapse.At("require_auth_for_profile_requests")
	if !limit.True() || !synapse.Version().AtLeast("1.163.0") || auth == nil && synapse.Partial || auth != nil && !auth.False() {
		return
	}
	report(diag.Finding{
		Position: limit.Position,
		Message:  "Synapse does not start: it limits profiles to users who share rooms, and does not ask who wants them",
		Hint:     "write require_auth_for_profile_requests: true beside it",
	})
}

// checkRedisUser reports a user of Redis without a password. Synapse reads the user since 1.162.
func checkRedisUser(synapse *model.Configuration, report func(diag.Finding)) {
	redis := synapse.At("redis")
	user := redis.Get("username")
	if synapse.Partial || !synapse.Version().AtLeast("1.162.0") || matrix.PythonTrue(redis.Get("enabled")) != model.Yes || matrix.PythonTrue(user) != model.Yes ||
		redis.Get("password").IsSet() || redis.Get("password_path").IsSet() {
		return
	}
	report(diag.Finding{
		Position: user.Position,
		Message:  "Synapse does not start: redis has a username and no password",
		Hint:     "write password_path beside it, the file with the password of that user; without users in Redis delete username",
	})
}

// checkWellKnownContent reports what Synapse writes into the document itself.
func checkWellKnownContent(synapse *model.Configuration, report func(diag.Finding)) {
	content := synapse.At("extra_well_known_client_content")
	for key, instead := range map[string]string{"m.homeserver": "public_baseurl", "m.identity_server": "default_identity_server"} {
		if f := content.Field(key); f != nil {
			report(diag.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("Synapse does not start: %s may not stand in extra_well_known_client_content", key),
				Hint:     "delete it here and set " + instead,
			})
		}
	}
}

// checkOpenRegistration reports registration that asks for nothing. With MAS, registration may not be on at all.
func checkOpenRegistration(synapse *model.Configuration, report func(diag.Finding)) {
	on := synapse.At("enable_registration")
	if matrix.SwitchedOn(on) != model.Yes || matrix.DelegationOf(synapse) == matrix.Delegated || matrix.DelegationOf(synapse) == matrix.DelegatedByMSC3861 {
		return
	}
	for _, key := range []string{"enable_registration_captcha", "registrations_require_3pid", "registration_requires_token"} {
		if node := synapse.At(key); matrix.PythonTrue(node) != model.No {
			return
		}
	}
	open := synapse.At("enable_registration_without_verification")
	switch {
	case matrix.SwitchedOn(open) == model.Yes:
		report(diag.Finding{
			Severity: diag.Warning,
			Position: open.Position,
			Message:  "anybody may register as many accounts as they like: registration is on and nothing is verified",
			Hint:     "set registration_requires_token: true, or a captcha, and delete enable_registration_without_verification",
			Related:  []diag.Related{{Position: on.Position, Message: "registration is on here"}},
		})
	case !synapse.Partial && matrix.SwitchedOn(open) == model.No:
		report(diag.Finding{
			Position: on.Position,
			Message:  "Synapse does not start: registration is on, without captcha, mail address or token",
			Hint:     "set registration_requires_token: true, or switch registration off",
		})
	}
}

// checkQRLoginNeedsMAS reports switches of the QR login on a Synapse whose logins are its own.
func checkQRLoginNeedsMAS(synapse *model.Configuration, report func(diag.Finding)) {
	position, key, on := matrix.QRLogin(synapse)
	version := synapse.Version()
	switch {
	case !on:
	case matrix.DelegationOf(synapse) == matrix.Delegated && key != "msc4388_mode" && version.AtLeast("1.136.0") && version.Before("1.137.0"):
		report(diag.Finding{
			Position: position,
			Message:  fmt.Sprintf("Synapse does not start: %s is on, and 1.136 does not take it together with matrix_authentication_service", key),
			Hint:     "raise the image to 1.137 or later",
			Related:  []diag.Related{{Position: matrix.DelegationPosition(synapse), Message: "MAS has the logins"}},
		})
	case matrix.DelegationOf(synapse) == matrix.NotDelegated && matrix.PythonTrue(synapse.At("experimental_features", "msc3861")) != model.Yes:
		report(diag.Finding{
			Position: position,
			Message:  fmt.Sprintf("Synapse does not start: %s is on, and QR login needs MAS, which does not have the logins", key),
			Hint:     "switch matrix_authentication_service on, or delete " + key,
		})
	}
}
