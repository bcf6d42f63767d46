package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// environmentVariableMisread: variables that a program reads as something else than what they are meant for, or not at all.
func environmentVariableMisread(f *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "environment-variable-misread",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose, env, mas",
		Title:     "a program takes a variable for something else",
		Why: "MAS takes every variable that begins with MAS_ for a setting, and splits its name at each underscore; what the file says wins. " +
			"Traefik ignores its variables as soon as it has a file or flags, and Synapse reads its own, such as SYNAPSE_SERVER_NAME, only when it generates a file.",
		Sees: "invalid type: found map, expected a sequence for key \"CLIENTS\" in `MAS_` environment variable(s), or Could not parse keys, it needs to be exactly, \"key: secret\", including the space; or nothing",
		Quotes: map[string][]string{
			"MAS 1.22.0":     {"invalid type: found map, expected a sequence for key \"CLIENTS\" in `MAS_` environment variable(s)"},
			"LiveKit 1.13.5": {"Could not parse keys, it needs to be exactly, \"key: secret\", including the space"},
		},
		Before: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
      MAS_CLIENTS_ELEMENT: ${ELEMENT_CLIENT:?}
`,
		After: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
`,
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/5363",
			"element-hq/matrix-authentication-service crates/cli/src/commands/mod.rs",
			"https://doc.traefik.io/traefik/getting-started/configuration-overview/",
			"element-hq/synapse docker/start.py",
			"livekit/livekit pkg/config/config.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkEnvironmentVariables(f, d, report) },
	}
}

func checkEnvironmentVariables(f *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		switch {
		case !container.RunsImage(s):
		case s.Product == "mas":
			reportMASVariables(f, d, s, report)
		case s.Product == "traefik":
			reportTraefikVariables(s, report)
		case s.Product == "synapse":
			reportSynapseVariables(s, report)
		case s.Product == "lk-jwt":
			reportTokenServiceVariables(s, report)
		case s.Product == "livekit":
			reportLiveKitKeys(s, report)
			reportLiveKitConfiguration(s, report)
		}
	}
}

func reportMASVariables(f *facts.Formats, d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	table := f.Of(&model.Document{Kind: model.KindMAS, Root: &model.Node{}})
	read := d.MAS
	if read != nil && read.Service != s {
		read = nil
	}
	for _, v := range s.Environment {
		name, found := strings.CutPrefix(v.Name, "MAS_")
		if !found || name == "CONFIG" || name == "" || table == nil {
			continue
		}
		path := strings.Split(strings.ToLower(name), "_")
		finding := diag.Finding{
			Severity: diag.Warning,
			Position: container.EnvironmentPosition(s, v.Name),
			Hint:     "give the variable a name that does not begin with MAS_, or delete it",
		}
		encryption := read.At("secrets", "encryption_file")
		switch known := hasKey(table, path); {
		case path[0] == "clients", len(path) > 1 && path[0] == "secrets" && path[1] == "keys":
			finding.Severity = diag.Error
			finding.Message = fmt.Sprintf("MAS does not start: it takes %s for its setting %s, which is a list", v.Name, strings.Join(path, "."))
		case slices.Equal(path, []string{"secrets", "encryption"}) && encryption.IsSet():
			finding.Severity = diag.Error
			finding.Message = fmt.Sprintf("MAS does not start: it takes %s for secrets.encryption, and its file has encryption_file too", v.Name)
			finding.Related = []diag.Related{{Position: encryption.Position, Message: "encryption_file"}}
		case !known:
			finding.Message = fmt.Sprintf("MAS takes %s for its setting %s, which it does not have, and ignores it", v.Name, strings.Join(path, "."))
		case read.At(path...).IsSet() && read.At(path...) != v.Value: // what the variable itself sets is there, too
			finding.Message = fmt.Sprintf("MAS ignores %s: its file sets %s, and wins", v.Name, strings.Join(path, "."))
			finding.Related = []diag.Related{{Position: read.At(path...).Position, Message: "MAS reads this"}}
		default:
			continue
		}
		report(finding)
	}
}

// hasKey says that a format has the path of keys.
func hasKey(t *format.Type, path []string) bool {
	if len(path) == 0 {
		return true
	}
	return slices.ContainsFunc(t.Arms(), func(arm *format.Type) bool {
		key := arm.Key(path[0])
		return key != nil && hasKey(key.Type, path[1:])
	})
}

// reportTraefikVariables: Traefik takes its static configuration from one place alone: a file, else flags, else variables.
func reportTraefikVariables(s *model.Service, report func(diag.Finding)) {
	words, _ := container.ShellWords(s.Node.Get("command"))
	winner := "flags"
	if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, "--") }) {
		if container.TraefikFile(s) == nil {
			return
		}
		winner = "a file"
	}
	reportTogether(s, isTraefikSetting, diag.Finding{
		Severity: diag.Warning,
		Message:  "Traefik ignores %s, because it is configured by " + winner,
		Hint:     "say it in one place",
	}, report)
}

// isTraefikSetting says of a variable that Traefik may take it for a part of its static configuration: the sections are those of
// pkg/config/static in 3.7 and 2.11. Others begin with the product's name, too, such as one for a password in a label.
func isTraefikSetting(name string) bool {
	name, found := strings.CutPrefix(name, "TRAEFIK_")
	section, _, _ := strings.Cut(name, "_")
	return found && slices.Contains([]string{"ACCESSLOG", "API", "CERTIFICATESRESOLVERS", "CORE", "ENTRYPOINTS", "EXPERIMENTAL", "GLOBAL", "HOSTRESOLVER",
		"HUB", "LOG", "METRICS", "OCSP", "PILOT", "PING", "PROVIDERS", "SERVERSTRANSPORT", "SPIFFE", "TCPSERVERSTRANSPORT", "TRACING"}, section)
}

// reportSynapseVariables: the image reads most of its variables only to generate a configuration.
func reportSynapseVariables(s *model.Service, report func(diag.Finding)) {
	words, known := container.ShellWords(s.Node.Get("command"))
	if !known || len(words) > 0 && words[0] != "run" || s.Image.Base() != "synapse" {
		return
	}
	reportTogether(s, func(name string) bool {
		return slices.Contains([]string{"SYNAPSE_SERVER_NAME", "SYNAPSE_REPORT_STATS", "SYNAPSE_DATA_DIR", "SYNAPSE_HTTP_PORT", "SYNAPSE_LOG_LEVEL",
			"SYNAPSE_LOG_SENSITIVE", "SYNAPSE_ENABLE_METRICS", "SYNAPSE_NO_TLS", "SYNAPSE_ENABLE_REGISTRATION", "SYNAPSE_MAX_UPLOAD_SIZE"}, name)
	}, diag.Finding{
		Severity: diag.Info,
		Message:  "Synapse reads %s only when it generates a configuration, not when it runs",
		Hint:     "set it in homeserver.yaml, and delete the variable",
	}, report)
}

// reportTogether reports all variables of a service that share a cause, once.
func reportTogether(s *model.Service, concerns func(name string) bool, f diag.Finding, report func(diag.Finding)) {
	for _, v := range s.Environment {
		switch {
		case !concerns(v.Name):
		case f.Line == 0:
			f.Position = v.Position
			f.Message = fmt.Sprintf(f.Message, v.Name)
		default:
			f.Related = append(f.Related, diag.Related{Position: v.Position, Message: "and " + v.Name})
		}
	}
	if f.Line > 0 {
		report(f)
	}
}
