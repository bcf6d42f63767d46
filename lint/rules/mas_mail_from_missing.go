package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masMailFromMissing: without a sender MAS writes as root of localhost.
func masMailFromMissing() lint.Rule {
	return lint.Rule{
		Name:      "mas-mail-from-missing",
		Severity:  diag.Warning,
		Documents: "mas",
		Title:     "MAS sends mail as root@localhost",
		Why:       "Without email.from, mails of MAS come from root@localhost. Mail servers refuse such a sender, or take the mail for spam.",
		Sees:      "no mail; the mail server says that it refuses the sender address",
		Before: example.MAS(`email:
  transport: smtp
  mode: starttls
  hostname: mail.example.org
`),
		After: example.MAS(`email:
  from: '"Example" <chat@example.org>'
  transport: smtp
  mode: starttls
  hostname: mail.example.org
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/email.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/4392",
		},
		Check: checkMailFrom,
	}
}

func checkMailFrom(d *model.Deployment, report func(diag.Finding)) {
	transport := d.MAS.At("email", "transport")
	if d.MAS.Lacks("email", "from") != model.Yes || !transport.Is("smtp") && !transport.Is("sendmail") {
		return
	}
	report(diag.Finding{
		Position: transport.Position,
		Message:  "mail servers refuse what MAS sends: without from it comes from root@localhost",
		Hint:     "add from, an address that the mail server lets you write as",
	})
}
