package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// healthcheckCannotSucceed: a healthcheck runs inside the container, with the programs of its image.
func healthcheckCannotSucceed() lint.Rule {
	return lint.Rule{
		Name:      "healthcheck-cannot-succeed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "compose, mas, synapse",
		Title:     "the healthcheck of a service can never succeed",
		Why: "A container that is never healthy keeps those that wait for it from starting, and Traefik does not route to it. The images of " +
			"MAS and lk-jwt-service hold one program, without a shell or curl.",
		Sees: "unhealthy for ever, 404 from Traefik; or: container has no healthcheck configured",
		Quotes: map[string][]string{
			"Docker Compose 5.6.0": {"has no healthcheck configured"},
		},
		Before: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
    healthcheck:
      test: [CMD, curl, -f, http://localhost:8081/health]
`,
		After: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas:/config:ro
    environment:
      MAS_CONFIG: /config/config.yaml
    healthcheck:
      test: [CMD, /usr/local/bin/mas-cli, config, check]
`,
		Versions: "the check that lk-jwt-service brings: after 0.5.0; Pocket ID without curl: since 2.13.0; Caddy without curl: before 2.11.0",
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/3741",
			"https://github.com/element-hq/lk-jwt-service/issues/210",
			"https://github.com/traefik/traefik/issues/7842",
			"pocket-id/pocket-id docker/Dockerfile",
			"caddyserver/caddy-docker 2.10/alpine/Dockerfile and 2.11/alpine/Dockerfile",
			"postgres/postgres src/bin/scripts/pg_isready.c",
			"livekit/livekit Dockerfile",
			"element-hq/synapse docker/Dockerfile",
		},
		Check: checkHealthcheck,
	}
}

func checkHealthcheck(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		switch test := s.Node.At("healthcheck", "test"); {
		case !s.Image.Known || s.Node.Get("build").IsSet() || s.Node.At("healthcheck", "disable").True():
		case test.IsSet():
			reportTest(d, s, test, report)
		case container.RunsImage(s) && container.IsWhole(d, s):
			reportOwnCheck(d, s, report)
		}
		reportUncheckedDependencies(d, s, report)
	}
}

// reportTest reports a test that needs a program that the image lacks, or that asks a port on which nothing listens.
func reportTest(d *model.Deployment, s *model.Service, test *model.Node, report func(diag.Finding)) {
	words, known := container.ShellWords(test)
	if !known || len(words) == 0 || words[0] == "NONE" {
		return
	}
	needs := neededProgram(test, words)
	why, severity := lacks(s, needs)
	if command := shellCommand(test, words); why == "" && command != "" {
		needs, why, severity = lackingCommand(s, command)
	}
	if why != "" {
		report(diag.Finding{
			Severity: severity,
			Position: test.Position,
			Message:  fmt.Sprintf("%s never becomes healthy: the test needs %s, and %s", s.Name, needs, why),
			Hint:     healthHint(s),
		})
		return
	}
	if s.Product == "traefik" && slices.Contains(words, "traefik") && slices.Contains(words, "healthcheck") {
		reportPing(d, s, test, report)
	}
	reportReadyTest(d, s, test, shellCommand(test, words), report)
	reportAskedPort(d, s, test, words, report)
}

// neededProgram returns the program that a test starts. A text, and CMD-SHELL, start a shell.
func neededProgram(test *model.Node, words []string) string {
	switch {
	case test.Kind != model.List:
		return "a shell"
	case words[0] == "CMD-SHELL":
		return "a shell"
	case len(words) > 1 && words[0] == "CMD":
		return path.Base(words[1])
	}
	return path.Base(words[0])
}

// shellCommand returns what a test has a shell run, or "".
func shellCommand(test *model.Node, words []string) string {
	switch {
	case test.Kind != model.List:
		return test.Text
	case words[0] == "CMD-SHELL":
		return strings.Join(words[1:], " ")
	}
	return ""
}

// lackingCommand returns the program that the image lacks, and without which no way through a command for a shell succeeds. Of curl -f … || exit 1
// the second never does.
func lackingCommand(s *model.Service, command string) (program, why string, severity diag.Severity) {
	for _, way := range strings.Split(command, "||") {
		words := strings.Fields(way)
		if len(words) == 0 {
			return "", "", 0
		}
		first := path.Base(words[0])
		if first == "false" || first == "exit" && (len(words) == 1 || words[1] != "0") {
			continue
		}
		lacking, degree := lacks(s, first)
		if lacking == "" {
			return "", "", 0
		}
		program, why, severity = first, lacking, degree
	}
	return program, why, severity
}

// lacks returns why an image cannot start a program, or "".
func lacks(s *model.Service, program string) (why string, severity diag.Severity) {
	isTool := slices.Contains([]string{"a shell", "sh", "bash", "ash", "curl", "wget"}, program)
	tag := s.Image.Tag
	switch {
	case !isTool || s.Image.Holds != "" || tag == "" && s.Image.Digest != "":
	case s.Product == "mas" && !strings.Contains(tag, "debug"):
		return "the image of MAS has nothing but mas-cli", diag.Error
	case s.Product == "lk-jwt":
		return "the image of lk-jwt-service has neither a shell nor curl", diag.Error
	case s.Product == "pocket-id" && strings.Contains(tag, "distroless"):
		return "this image of Pocket ID has neither a shell nor curl", diag.Error
	case s.Product == "pocket-id" && program == "curl" && s.Image.Version().AtLeast("2.14.0"):
		return "Pocket ID's image has no curl since 2.13", diag.Error
	case s.Product == "pocket-id" && program == "curl" && (!s.Image.Version().Known() || s.Image.Version().AtLeast("2.13.0")):
		return "Pocket ID's image has no curl since 2.13", diag.Warning
	case program == "curl" && s.Product == "livekit" && strings.HasSuffix(s.Image.Repository, "livekit/livekit-server"):
		return "its image has no curl", diag.Error
	case program == "wget" && isUpstreamSynapse(s) && s.Image.Version().AtLeast("1.140.0"):
		return "its image has curl, and no wget", diag.Error
	case program == "curl" && s.Product == "traefik" && container.IsOfficial(s.Image),
		program == "curl" && s.Product == "caddy" && container.IsOfficial(s.Image) && s.Image.Version().Before("2.11.0"):
		return "its image has no curl", diag.Error
	}
	return "", 0
}

// isUpstreamSynapse reports whether the image is one of upstream's own.
func isUpstreamSynapse(s *model.Service) bool {
	return s.Product == "synapse" && (strings.HasSuffix(s.Image.Repository, "element-hq/synapse") || strings.HasSuffix(s.Image.Repository, "matrixdotorg/synapse"))
}

func healthHint(s *model.Service) string {
	switch s.Product {
	case "mas":
		return "test with [CMD, /usr/local/bin/mas-cli, config, check], or let Traefik ask /health"
	case "pocket-id":
		return "test with [CMD, /app/pocket-id, healthcheck]"
	case "traefik", "caddy", "livekit":
		return "test with wget -q --spider, which the image has"
	case "synapse":
		return "delete the healthcheck: the image brings its own, with curl"
	}
	return "delete the healthcheck: the image brings its own, or a proxy can ask from outside"
}

// reportOwnCheck reports an image whose own check cannot succeed as the service is set up.
func reportOwnCheck(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	switch s.Product {
	case "lk-jwt":
		reportTokenServicePort(s, report)
	case "synapse":
		reportSynapsePort(d, s, report)
	}
}

// reportTokenServicePort: the check takes LIVEKIT_JWT_BIND for a port, and does not know LIVEKIT_JWT_PORT.
func reportTokenServicePort(s *model.Service, report func(diag.Finding)) {
	version := s.Image.Version()
	if version.Known() && !version.AtLeast("0.5.1") || s.Image.Digest != "" && !version.Known() {
		return
	}
	for _, name := range []string{"LIVEKIT_JWT_BIND", "LIVEKIT_JWT_PORT"} {
		value, known := s.Env(name).Literal()
		if !known || name == "LIVEKIT_JWT_PORT" && value == "8080" {
			continue
		}
		f := diag.Finding{
			Position: container.EnvironmentPosition(s, name),
			Message:  fmt.Sprintf("%s never becomes healthy: with %s, the check of its image asks an address where nothing listens", s.Name, name),
			Hint:     "delete the variable and use port 8080, or set healthcheck: {disable: true}",
		}
		if !version.Known() {
			f.Severity = diag.Warning
		}
		report(f)
		return
	}
}

// reportSynapsePort: the check of Synapse's image asks port 8008, where a worker or a listener on another port does not answer.
func reportSynapsePort(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	if s.Image.Base() != "synapse" {
		return
	}
	listeners, whole := matrix.WorkerListeners(d, s)
	if c := d.Synapse; !whole && c != nil && c.Service == s && !c.Guessed && !c.Partial {
		listeners, whole = matrix.SynapseListeners(c)
	}
	if !whole || len(listeners) == 0 || slices.ContainsFunc(listeners, func(l matrix.Listener) bool { return l.Port == "8008" }) {
		return
	}
	report(diag.Finding{
		Position: s.Position,
		Message:  fmt.Sprintf("%s never becomes healthy: the check of its image asks port 8008, and Synapse listens on %s", s.Name, listeners[0].Port),
		Hint:     "add a healthcheck that asks that port, or let Synapse listen on 8008",
		Related:  []diag.Related{{Position: listeners[0].At, Message: "the listener"}},
	})
}
