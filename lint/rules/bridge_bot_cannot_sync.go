package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// bridgeBotCannotSync: Synapse has no sync for the sender of a registration, and a bot that reads encrypted rooms needs one.
func bridgeBotCannotSync() lint.Rule {
	return lint.Rule{
		Name:      "bridge-bot-cannot-sync",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "bridges, appservices",
		Title:     "an encrypting bot is the sender of its registration",
		Why: "For encryption the bot asks Synapse for what is sent to its device, by a sync as every client. Synapse has none for the user that sender_localpart names, " +
			"and answers 500. A registration that a bridge of mautrix makes has a sender of its own, and the bot is one of its users.",
		Sees:   "messages in encrypted rooms that the bridge never reads; Error /syncing, waiting 10 seconds, over and over in its log",
		Quotes: map[string][]string{"mautrix-go 0.32.0": {"Error /syncing, waiting 10 seconds"}},
		Before: senderExample("whatsappbot"),
		After:  senderExample("vOe4nEn3kXqTyHB0"),
		Source: []string{
			"element-hq/synapse synapse/handlers/sync.py",
			"mautrix/go bridgev2/bridgeconfig/appservice.go",
		},
		Check: checkBridgeSender,
	}
}

func senderExample(sender string) string {
	return example.Delegated("app_service_config_files: [/data/whatsapp.yaml]\n") + `-- whatsapp.yaml --
id: whatsapp
url: http://whatsapp:29318
as_token: __AS_TOKEN__
hs_token: __HS_TOKEN__
sender_localpart: ` + sender + `
namespaces:
  users:
    - regex: ^@whatsapp_.*:example\.org$
      exclusive: true
    - regex: ^@whatsappbot:example\.org$
      exclusive: true
-- whatsapp/config.yaml --
homeserver:
  address: http://synapse:8008
  domain: example.org
appservice:
  address: http://whatsapp:29318
  hostname: 0.0.0.0
  port: 29318
  id: whatsapp
  bot:
    username: whatsappbot
  as_token: __AS_TOKEN__
  hs_token: __HS_TOKEN__
encryption:
  allow: true
  msc4190: true
`
}

func checkBridgeSender(d *model.Deployment, report func(diag.Finding)) {
	for _, b := range matrix.Bridges(d) {
		encryption := b.Encryption()
		r := b.RegistrationOf(d)
		// With encryption.appservice, what is sent to devices comes with everything else.
		if !encryption.Get("allow").True() || encryption.Get("appservice").Bool(false) != model.No || r == nil || r.Read == model.No {
			continue
		}
		bot, sender := b.Root.At("appservice", "bot", "username"), r.Root.Get("sender_localpart")
		if model.Compare(bot, sender) != model.Yes {
			continue
		}
		report(diag.Finding{
			Position: sender.Position,
			Message:  fmt.Sprintf("the bridge reads nothing in encrypted rooms: its bot %s is the sender of the registration, and Synapse has no sync for that", sender.Text),
			Hint:     "write another name for sender_localpart that nobody has, let a pattern of users match the bot, and restart Synapse",
			Related:  []diag.Related{{Position: bot.Position, Message: "the bot"}},
		})
	}
}
