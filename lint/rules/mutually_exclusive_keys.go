package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// mutuallyExclusiveKeys: two keys of which the product takes one, and one of which it takes both.
func mutuallyExclusiveKeys(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "mutually-exclusive-keys",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, livekit, traefik",
		Title:     "two keys of which only one may be set",
		Why:       "MAS and Synapse do not choose between two ways to say the same, such as a secret and its file: they stop.",
		Sees:      "Cannot specify both …; uri must not be specified if host, … are specified; These are mutually incompatible.",
		Quotes: map[string][]string{
			"MAS 1.22.0":      {"Cannot specify both"},
			"Synapse 1.163.2": {"These are mutually incompatible."},
		},
		Before: example.MAS(`database:
  uri: postgresql://postgres/mas
  password_file: /run/secrets/database
`),
		After: example.MAS(`database:
  host: postgres
  database: mas
  password_file: /run/secrets/database
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/database.rs",
			"element-hq/matrix-authentication-service crates/config/src/sections/secrets.rs",
			"element-hq/synapse synapse/config/mas.py",
			"https://doc.traefik.io/traefik/migrate/v3/",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkMutuallyExclusiveKeys(tables, d, report) },
	}
}

func checkMutuallyExclusiveKeys(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, kind := range []model.DocumentKind{model.KindMAS, model.KindSynapse, model.KindSynapseWorker} {
		for _, c := range facts.Contents(d, kind) {
			checkBoth(tables, d, kind, c, report)
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindLiveKit {
			checkLiveKitPorts(doc, report)
		}
	}
	checkHeaderStrategies(d.Proxy, report)
}

func checkBoth(tables *facts.Formats, d *model.Deployment, kind model.DocumentKind, c facts.Content, report func(diag.Finding)) {
	for _, s := range tables.Sections(c.Doc, c.Root) {
		checkFilePairs(kind, s, report)
		checkExclusive(kind, s, report)
		if kind == model.KindMAS && c.ItemsWhole && (s.Item || c.Whole) {
			checkTogether(s, report)
		}
	}
	if kind == model.KindSynapse {
		checkDelegatedTwice(c, facts.ImageOf(d, c.Doc).Version(), report)
	}
}

// checkFilePairs reports a value that stands there beside the file that holds it.
func checkFilePairs(kind model.DocumentKind, s facts.Section, report func(diag.Finding)) {
	path := facts.GeneralPath(s.Path)
	if path == "upstream_oauth2.providers[].sign_in_with_apple" || strings.HasSuffix(path, "client_secret_jwt_key") {
		return // there one of them wins
	}
	for _, key := range s.Keys.Keys {
		if key.ReplacesKey != "" && s.Has(key.ReplacesKey) && s.Has(key.Name) {
			reportExclusive(kind, s, key.ReplacesKey, key.Name, report)
		}
	}
}

// checkExclusive reports the other pairs.
func checkExclusive(kind model.DocumentKind, s facts.Section, report func(diag.Finding)) {
	type pair struct {
		key   string
		other []string
	}
	var pairs []pair
	synapse := kind != model.KindMAS
	switch path := facts.GeneralPath(s.Path); {
	case !synapse && path == "database":
		pairs = []pair{{"uri", []string{"host", "port", "socket", "username", "password", "password_file", "database"}}}
	case !synapse && path == "clients[]":
		pairs = []pair{{"jwks", []string{"jwks_uri"}}}
	case synapse && path == "":
		pairs = []pair{{"database", []string{"databases"}}}
	case synapse && (path == "listeners[]" || path == "worker_listeners[]"):
		pairs = []pair{{"port", []string{"path"}}}
	case synapse && path == "experimental_features" && s.Node.Get("msc4108_enabled").True():
		pairs = []pair{{"msc4108_enabled", []string{"msc4108_delegation_endpoint"}}}
	}
	for _, p := range pairs {
		for _, other := range p.other {
			if s.Has(p.key) && s.Has(other) {
				reportExclusive(kind, s, p.key, other, report)
				break
			}
		}
	}
}

func reportExclusive(kind model.DocumentKind, s facts.Section, key, other string, report func(diag.Finding)) {
	in := ""
	if s.Path != "" {
		in = " of " + s.Path
	}
	f := diag.Finding{
		Position: s.Node.KeyPosition(other),
		Message:  fmt.Sprintf("%s does not start: %s and %s%s are both set", facts.ProductName(kind), key, other, in),
		Hint:     "keep one of them",
		Related:  []diag.Related{{Position: s.Node.KeyPosition(key), Message: key + " stands here"}},
	}
	for _, pair := range [][2]string{{key, other}, {other, key}} {
		if s.Node.Get(pair[1]).ByChart {
			f.Position, f.Related = s.Node.KeyPosition(pair[0]), nil
			f.Hint = fmt.Sprintf("delete it: Element's chart sets %s itself", pair[1])
		}
	}
	report(f)
}

// checkTogether reports a certificate without its key, and the other way round.
func checkTogether(s facts.Section, report func(diag.Finding)) {
	certificate, key := "", ""
	switch facts.GeneralPath(s.Path) {
	case "database":
		certificate, key = "ssl_certificate", "ssl_key"
	case "http.listeners[].tls":
		certificate, key = "certificate", "key"
	default:
		return
	}
	file := "_file"
	hasCertificate, hasKey := s.Has(certificate) || s.Has(certificate+file), s.Has(key) || s.Has(key+file)
	if hasCertificate == hasKey {
		return
	}
	missing := key
	if hasKey {
		missing = certificate
	}
	report(diag.Finding{
		Position: s.First(certificate, certificate+file, key, key+file),
		Message:  fmt.Sprintf("MAS does not start: %s has a certificate or a key, and needs both", s.Path),
		Hint:     fmt.Sprintf("add %s or %s_file", missing, missing),
	})
}

// checkDelegatedTwice reports the two ways to leave logins to MAS in versions that know both.
func checkDelegatedTwice(c facts.Content, version model.Version, report func(diag.Finding)) {
	stable, legacy := c.Root.At("matrix_authentication_service", "enabled"), c.Root.At("experimental_features", "msc3861", "enabled")
	if !stable.True() || !legacy.True() || !version.AtLeast("1.136.0") || version.AtLeast("1.157.0") {
		return
	}
	report(diag.Finding{
		Position: legacy.Position,
		Message:  "Synapse does not start: matrix_authentication_service and msc3861 are both enabled",
		Hint:     "delete experimental_features.msc3861",
		Related:  []diag.Related{{Position: stable.Position, Message: "matrix_authentication_service is enabled here"}},
	})
}

// checkLiveKitPorts reports a single port for media beside a range of them.
func checkLiveKitPorts(doc *model.Document, report func(diag.Finding)) {
	rtc := doc.Root.Get("rtc")
	single := rtc.Get("udp_port")
	for _, key := range []string{"port_range_start", "port_range_end"} {
		if ranged := rtc.Get(key); single.IsSet() && ranged.IsSet() && !single.Is("0") && !ranged.Is("0") {
			report(diag.Finding{
				Severity: diag.Warning, // nothing stops: pkg/rtc asks for the range first
				Position: single.Position,
				Message:  "LiveKit ignores rtc.udp_port beside a range of ports",
				Hint:     "keep one of them",
				Related:  []diag.Related{{Position: ranged.Position, Message: "the range stands here"}},
			})
			return
		}
	}
}
