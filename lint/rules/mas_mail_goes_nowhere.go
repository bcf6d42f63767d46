package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masMailGoesNowhere: MAS drops all mail unless it is told how to send it.
func masMailGoesNowhere() lint.Rule {
	return lint.Rule{
		Name:      "mas-mail-goes-nowhere",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas",
		Title:     "people wait for a mail that MAS never sends",
		Why: "Registration by password asks for a code, and recovery for a link, which MAS sends by mail. Without a transport, or with " +
			"blackhole, it drops all mail without a word.",
		Sees:   "a page that asks for the code of a mail, which never arrives",
		Before: example.MAS("account:\n  password_registration_enabled: true\n"),
		After:  example.MAS("account:\n  password_registration_enabled: true\n  password_registration_email_required: false\n"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/email.rs",
			"element-hq/matrix-authentication-service crates/config/src/sections/account.rs",
			"element-hq/matrix-authentication-service crates/handlers/src/views/register/password.rs",
		},
		Check: checkMailGoesNowhere,
	}
}

func checkMailGoesNowhere(d *model.Deployment, report func(diag.Finding)) {
	transport := d.MAS.At("email", "transport")
	none := d.MAS.Lacks("email") == model.Yes
	if d.MAS == nil || !none && !transport.Is("blackhole") || d.MAS.Bool(true, "passwords", "enabled") != model.Yes {
		return // without passwords, neither has an effect
	}
	registration, recovery := d.MAS.At("account", "password_registration_enabled"), d.MAS.At("account", "password_recovery_enabled")
	add := func(f diag.Finding) {
		f.Hint += ", or send mail: transport: smtp below email"
		if transport != nil {
			f.Related = []diag.Related{{Position: transport.Position, Message: "all mail is dropped here"}}
		}
		report(f)
	}
	switch {
	case registration.True() && d.MAS.Bool(true, "account", "password_registration_email_required") == model.Yes:
		add(diag.Finding{
			Position: registration.Position,
			Message:  "nobody can register: MAS asks for a code that it sends by mail, and drops all mail",
			Hint:     "set password_registration_email_required: false",
		})
	case recovery.True():
		add(diag.Finding{
			Position: recovery.Position,
			Message:  "nobody who forgot a password gets the link for a new one: MAS drops all mail",
			Hint:     "set password_recovery_enabled: false",
		})
	}
}
