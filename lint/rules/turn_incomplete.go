package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// turnIncomplete: clients get the address of the TURN server and a password for it from Synapse, and the TURN server has to know how that
// was made.
func turnIncomplete() lint.Rule {
	return lint.Rule{
		Name:      "turn-incomplete",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "synapse, coturn, compose",
		Title:     "calls get no TURN server that takes them",
		Why: "Synapse hands out TURN servers only together with a password, and coturn takes only passwords made with its own secret. " +
			"Without, calls between two networks connect and stay silent.",
		Sees: "/_matrix/client/v3/voip/turnServer answers {}",
		Before: example.Synapse(`turn_uris: ["turn:turn.example.org?transport=udp"]
`),
		After: example.Synapse(`turn_uris: ["turn:turn.example.org?transport=udp"]
turn_shared_secret_path: /run/secrets/turn
`),
		Source: []string{
			"element-hq/synapse synapse/rest/client/voip.py",
			"https://element-hq.github.io/synapse/latest/setup/turn/coturn.html",
		},
		Check: checkTURN,
	}
}

func checkTURN(d *model.Deployment, report func(diag.Finding)) {
	coturn := matrix.TurnServerOf(d)
	if coturn != nil && coturn.Whole && !coturn.Has("denied-peer-ip") {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: coturn.At,
			Message:  "everybody who may call reaches your private networks through coturn, since it has no denied-peer-ip",
			Hint:     "add denied-peer-ip for 10.0.0.0-10.255.255.255, 172.16.0.0-172.31.255.255, 192.168.0.0-192.168.255.255 and the others of Synapse's guide",
		})
	}
	if d.Synapse == nil || d.Synapse.Root == nil {
		return
	}
	checkTURNCredentials(d.Synapse, report)
	checkTURNAddresses(d, coturn, report)
	if coturn != nil {
		checkTURNSecret(d, d.Synapse, coturn, report)
	}
}

// checkTURNCredentials checks that Synapse has both addresses of TURN servers and a way to make passwords for them.
func checkTURNCredentials(synapse *model.Configuration, report func(diag.Finding)) {
	uris := synapse.At("turn_uris")
	hasURIs := matrix.PythonTrue(uris) != model.No
	secretKey := ""
	for _, key := range []string{"turn_shared_secret", "turn_shared_secret_path"} {
		if node := synapse.At(key); matrix.PythonTrue(node) != model.No {
			secretKey = key
		}
	}
	hasUser := synapse.At("turn_username").IsSet() && synapse.At("turn_password").IsSet()
	switch {
	case synapse.Partial:
	case hasURIs && secretKey == "" && !hasUser:
		report(diag.Finding{
			Position: synapse.Root.Field("turn_uris").Position,
			Message:  "calls between two networks stay silent: Synapse hands out no TURN server without a secret for it",
			Hint:     "add turn_shared_secret_path, with what coturn has as static-auth-secret",
		})
	case !uris.IsSet() && secretKey != "": // an empty list is said, and means none
		report(diag.Finding{
			Position: synapse.Nearest(secretKey),
			Message:  "calls between two networks stay silent: there is a secret for a TURN server here, and no turn_uris",
			Hint:     "add turn_uris, such as [\"turn:turn.example.org?transport=udp\"]",
		})
	}
}

// turnURI matches the scheme and the host of a TURN server.
var turnURI = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(turns?):([^:?]+)`) })

// checkTURNAddresses checks what clients make of the addresses.
func checkTURNAddresses(d *model.Deployment, coturn *matrix.TurnServer, report func(diag.Finding)) {
	uris := d.Synapse.At("turn_uris")
	if uris == nil || uris.Kind != model.List {
		return
	}
	var noTLS []*model.Node
	for _, uri := range uris.Items {
		text, known := uri.Literal()
		match := turnURI().FindStringSubmatch(text)
		if !known || match == nil || placeholder.In(text) {
			continue
		}
		isContainer := func(s *model.Service) bool {
			return slices.Contains(container.NamesOf(s), match[2]) || container.HasAlias(s, match[2])
		}
		switch {
		case !strings.Contains(match[2], ".") && slices.ContainsFunc(d.Services, isContainer):
			report(diag.Finding{
				Position: uri.Position,
				Message:  "calls stay silent: " + match[2] + " is the name of a container, which no client can look up",
				Hint:     "write the public name of the TURN server",
			})
		case match[1] == "turns" && coturn != nil && coturn.Whole && !coturn.Has("cert") && !behindProxy(coturn.Service):
			noTLS = append(noTLS, uri)
		}
	}
	if len(noTLS) == 0 {
		return
	}
	f := diag.Finding{
		Position: noTLS[0].Position,
		Message:  "clients get a TURN server with TLS that does not answer: coturn has no cert",
		Hint:     "give coturn cert and pkey, or delete the turns: address",
		Related:  []diag.Related{{Position: coturn.At, Message: "the options of coturn"}},
	}
	for _, uri := range noTLS[1:] {
		f.Related = append(f.Related, diag.Related{Position: uri.Position, Message: "so it is with this one"})
	}
	report(f)
}

// behindProxy reports whether a proxy takes TLS away before coturn.
func behindProxy(s *model.Service) bool {
	return s != nil && slices.ContainsFunc(s.Labels, func(label model.Variable) bool { return strings.HasPrefix(label.Name, "traefik.tcp.") })
}

// checkTURNSecret checks that coturn takes the passwords that Synapse makes.
func checkTURNSecret(d *model.Deployment, synapse *model.Configuration, coturn *matrix.TurnServer, report func(diag.Finding)) {
	own := sensitive.SecretBelow(d, synapse, synapse.Root, "turn_shared_secret", "turn_shared_secret_path")
	if own == nil {
		return
	}
	if coturn.Whole && coturn.Service != nil && !coturn.Has("use-auth-secret", "static-auth-secret", "lt-cred-mech", "user", "c", "no-auth", "psql-userdb", "mysql-userdb", "redis-userdb", "mongo-userdb") && synapse.At("turn_uris").IsSet() {
		report(diag.Finding{
			Position: coturn.At,
			Message:  "calls between two networks stay silent: coturn is told no secret, and refuses the passwords that Synapse makes",
			Hint:     "give coturn use-auth-secret and static-auth-secret, in a file at /etc/coturn/turnserver.conf; its image reads no variables",
			Related:  []diag.Related{{Position: own.At, Message: "the secret of Synapse"}},
		})
		return
	}
	secrets := coturn.Option("static-auth-secret")
	if user := coturn.Option("lt-cred-mech"); len(secrets) == 0 && len(user) > 0 && coturn.Whole && !coturn.Has("use-auth-secret") {
		report(diag.Finding{
			Position: user[0].Position,
			Message:  "calls between two networks stay silent: coturn knows users alone, and Synapse makes passwords from a secret",
			Hint:     "replace lt-cred-mech by use-auth-secret and static-auth-secret",
			Related:  []diag.Related{{Position: own.At, Message: "the secret of Synapse"}},
		})
	}
	if len(secrets) != 1 {
		return // several are for the time in which one replaces another
	}
	advice.CompareSecrets(own, &sensitive.Secret{At: secrets[0].Position, Inline: secrets[0], Value: secrets[0]}, diag.Finding{
		Position: own.At,
		Message:  "calls between two networks stay silent: this secret and static-auth-secret of coturn have to be the same",
		Hint:     "give both the same secret",
		Related:  []diag.Related{{Position: secrets[0].Position, Message: "the secret of coturn"}},
	}, report)
}
