package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// appServiceUnreachable: Synapse sends what happens to the url of the registration, from inside its own container.
func appServiceUnreachable() lint.Rule {
	return lint.Rule{
		Name:      "appservice-unreachable",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "appservices, compose, synapse",
		Title:     "Synapse does not reach a bridge",
		Why: "Synapse sends messages for a bridge to the url of its registration. In a container, localhost is the container itself, and names " +
			"are those of services on the same network.",
		Sees: "a bridge that never answers; Homeserver -> appservice connection is not working, with M_CONNECTION_FAILED, in its log, and Connection refused or DNS lookup failed in that of Synapse",
		Quotes: map[string][]string{
			"Synapse 1.163.2":   {"M_CONNECTION_FAILED"},
			"mautrix-go 0.32.0": {"Homeserver -> appservice connection is not working"},
		},
		Before: bridgeExample("http://localhost:29318"),
		After:  bridgeExample("http://whatsapp:29318"),
		Source: []string{
			"element-hq/synapse synapse/appservice/api.py",
			"https://docs.mau.fi/bridges/general/registering-appservices.html",
			"https://github.com/mautrix/whatsapp/issues/238",
		},
		Check: checkAppServiceAddress,
	}
}

func bridgeExample(url string) string {
	return example.Synapse("app_service_config_files: [/bridges/whatsapp.yaml]\n") + `-- whatsapp/registration.yaml --
id: whatsapp
url: ` + url + `
as_token: __AS_TOKEN__
hs_token: __HS_TOKEN__
sender_localpart: whatsappbot
namespaces:
  users: [{regex: '@whatsapp_.*:example\.org', exclusive: true}]
` + example.Compose(`  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes:
      - ./homeserver.yaml:/data/homeserver.yaml:ro
      - ./whatsapp/registration.yaml:/bridges/whatsapp.yaml:ro
      - synapse-data:/data
    secrets: [pgpass, signing_key]
  whatsapp:
    image: dock.mau.dev/mautrix/whatsapp:v26.05
    volumes: ["./whatsapp:/data"]
`)
}

func checkAppServiceAddress(d *model.Deployment, report func(diag.Finding)) {
	if d.Synapse == nil || d.Synapse.Service == nil {
		return
	}
	report = lint.Guessing(report, d.Synapse)
	for _, r := range matrix.Registrations(d) {
		address := r.Root.Get("url")
		text, known := address.Literal()
		a, ok := container.ParseAddress(text)
		if r.Read != model.Yes || !known || !ok || placeholder.In(text) {
			continue
		}
		f := diag.Finding{Position: address.Position, Hint: "write http://, the name of the bridge's service on a network that Synapse is on, and the port of the bridge"}
		if f.Message = noWayTo(d, a); f.Message == "" {
			f = otherPort(d, address, a)
		}
		if f.Message != "" {
			report(f)
		}
	}
}

// noWayTo says why Synapse does not reach the host of an address; "" if it does, or if that cannot be told.
func noWayTo(d *model.Deployment, a container.Address) string {
	own := d.Synapse.Service
	reached, found := container.Answering(d, own, a.Host)
	switch {
	case matrix.IsOwnMachine(a.Host) && container.IsOwnNetwork(own):
		return fmt.Sprintf("the bridge is sent nothing: %s is the container of %s itself", a.Host, own.Name)
	case reached == container.ReachNobody && !container.HasForeignNetwork(d, own) && container.IsWhole(d, own):
		return "the bridge is sent nothing: " + container.NoName(d, a.Host)
	case reached == container.ReachOtherNetwork:
		return fmt.Sprintf("the bridge is sent nothing: %s is on no network of %s", found[0].Name, own.Name)
	}
	return ""
}

// otherPort reports a port that is not the one on which the bridge's own file has it listen.
func otherPort(d *model.Deployment, address *model.Node, a container.Address) diag.Finding {
	reached, found := container.Answering(d, d.Synapse.Service, a.Host)
	if reached != container.ReachService || len(found) != 1 {
		return diag.Finding{}
	}
	for _, b := range matrix.Bridges(d) {
		port, host := b.Root.At("appservice", "port"), b.Root.At("appservice", "hostname")
		number, known := port.Literal()
		if b.Service != found[0] || !known {
			continue
		}
		f := diag.Finding{Position: address.Position, Related: []diag.Related{{Position: port.Position, Message: "the port of the bridge"}}}
		at, isHost := host.Literal()
		switch {
		case number != a.Port:
			f.Message = fmt.Sprintf("the bridge is sent nothing: it listens on port %s, and Synapse asks %s", number, a.Port)
			f.Hint = "write the port that the bridge listens on"
		case isHost && matrix.IsLoopback(at):
			f.Position = host.Position
			f.Message = "the bridge is sent nothing: it listens for its own container alone"
			f.Hint = "write hostname: 0.0.0.0"
		default:
			continue
		}
		return f
	}
	return diag.Finding{}
}
