package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// mailTLSMode: one port of a mail server speaks TLS from the first byte, and the others begin in clear.
func mailTLSMode() lint.Rule {
	return lint.Rule{
		Name:      "mail-tls-mode",
		Severity:  diag.Error,
		Documents: "synapse, mas",
		Title:     "port and TLS of the mail server do not fit",
		Why: "Port 465 speaks TLS from the first byte. On ports 587 and 25 the conversation begins in clear, and STARTTLS upgrades it. Whoever " +
			"speaks the other way waits for an answer that never comes, and no mail leaves.",
		Sees: "no mail, and nothing in the log of Synapse, which goes on waiting",
		Before: example.MAS(`email:
  from: chat@example.org
  transport: smtp
  mode: starttls
  hostname: mail.example.org
  port: 465
`),
		After: example.MAS(`email:
  from: chat@example.org
  transport: smtp
  mode: tls
  hostname: mail.example.org
  port: 465
`),
		Source: []string{
			"element-hq/synapse synapse/handlers/send_email.py",
			"element-hq/matrix-authentication-service crates/email/src/transport.rs",
			"https://www.rfc-editor.org/rfc/rfc8314#section-7.3",
		},
		Check: checkMailTLS,
	}
}

func checkMailTLS(d *model.Deployment, report func(diag.Finding)) {
	if d.MAS.At("email", "transport").Is("smtp") {
		port, mode := d.MAS.At("email", "port"), d.MAS.At("email", "mode")
		switch {
		case port.Is("465") && (mode.Is("starttls") || mode.Is("plain")):
			report(mailFinding("MAS sends no mail", port, mode, "mode: tls"))
		case (port.Is("587") || port.Is("25")) && mode.Is("tls"):
			report(mailFinding("MAS sends no mail", port, mode, "mode: starttls"))
		}
	}
	if d.Synapse == nil {
		return
	}
	port, force := d.Synapse.At("email", "smtp_port"), d.Synapse.At("email", "force_tls")
	switch on := d.Synapse.Bool(false, "email", "force_tls"); {
	case port.Is("465") && on == model.No:
		report(mailFinding("Synapse sends no mail", port, force, "force_tls: true"))
	case (port.Is("587") || port.Is("25")) && on == model.Yes:
		report(mailFinding("Synapse sends no mail", port, force, "require_transport_security: true instead of force_tls"))
	}
}

// mailFinding says that a port does not speak as a service does. How it is told to speak may be left to the default, and is then nil.
func mailFinding(who string, port, mode *model.Node, right string) diag.Finding {
	f := diag.Finding{
		Position: port.Position,
		Message:  fmt.Sprintf("%s: it waits for clear text on port %s, which speaks TLS from the first byte", who, port.Text),
		Hint:     fmt.Sprintf("write %s, or port 587", right),
	}
	if !port.Is("465") {
		f.Message = fmt.Sprintf("%s: it begins with TLS on port %s, which begins in clear", who, port.Text)
		f.Hint = fmt.Sprintf("write %s, or port 465", right)
	}
	if mode != nil {
		f.Related = []diag.Related{{Position: mode.Position, Message: "how it speaks"}}
	}
	return f
}
