package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// rtcServerNameUnresolvable: who lets people into calls looks for their server as other servers do.
func rtcServerNameUnresolvable() lint.Rule {
	return lint.Rule{
		Name:      "rtc-server-name-unresolvable",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "compose, synapse, well-known, proxy",
		Title:     "calls fail: nothing leads from the server name to Synapse",
		Why: "lk-jwt-service asks the server of each caller who that is, and finds it as other servers do: by /.well-known/matrix/server on the " +
			"host of the server name, else on its port 8448. With neither nobody gets into a call, also where federation is off.",
		Sees: "500 with M_LOOKUP_FAILED from /sfu/get or /get_token, Failed to look up user info in the log, and calls that never start",
		Quotes: map[string][]string{
			"lk-jwt-service 0.5.0": {"M_LOOKUP_FAILED", "Failed to look up user info"},
		},
		Before: callDocumentExample(""),
		After: callDocumentExample(`	handle /.well-known/matrix/server {
		respond ` + "`{\"m.server\": \"matrix.example.org:443\"}`" + `
	}
`),
		Source: []string{
			"element-hq/lk-jwt-service main.go",
			"https://spec.matrix.org/latest/server-server-api/#server-discovery",
			"https://github.com/element-hq/ess-helm/issues/1148",
		},
		Check: checkRTCServerName,
	}
}

func callDocumentExample(handle string) string {
	return example.BehindCaddy(example.Calls, `  lk-jwt:
    image: ghcr.io/element-hq/lk-jwt-service:0.5.0
    environment:
      LIVEKIT_URL: wss://sfu.example.net
      LIVEKIT_KEY: calls
      LIVEKIT_SECRET: ${LIVEKIT_SECRET:?is in the password store}
      LIVEKIT_FULL_ACCESS_HOMESERVERS: example.org
`, `example.org {
	handle /.well-known/matrix/client {
		header Access-Control-Allow-Origin *
		respond `+"`{\"m.homeserver\": {\"base_url\": \"https://matrix.example.org\"}, \"org.matrix.msc4143.rtc_foci\": [{\"type\": \"livekit\", \"livekit_service_url\": \"https://rtc.example.org\"}]}`"+`
	}
`+handle+`}
matrix.example.org {
	reverse_proxy /_matrix/* synapse:8008
}
rtc.example.org {
	reverse_proxy lk-jwt:8080
}
`)
}

func checkRTCServerName(d *model.Deployment, report func(diag.Finding)) {
	tokens := matrix.OnlyService(d, "lk-jwt")
	a, ok := matrix.ApexOf(d)
	if tokens == nil || !ok || !a.IsNamed || matrix.LacksServerDocument(d) != model.Yes || !matrix.SeesProxy(d) {
		return
	}
	lint.GuessingProxy(d, report)(diag.Finding{
		Position: a.Name.Position,
		Message: fmt.Sprintf("nobody gets into a call: lk-jwt-service does not find the server of %s, since nobody answers https://%s/.well-known/matrix/server",
			a.Host, a.Host),
		Hint:    `serve {"m.server": "<host of Synapse>:443"} there, also without federation; an SRV record in DNS would do, too`,
		Related: []diag.Related{{Position: tokens.Position, Message: "who lets people into calls"}},
	})
}
