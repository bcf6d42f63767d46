package rules

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ownAddress matches an address of the own container.
var ownAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`https?://(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)[:/][^\s'"|)]*`)
})

// reportAskedPort reports a test that asks a port of its own container on which nothing listens.
func reportAskedPort(d *model.Deployment, s *model.Service, test *model.Node, words []string, report func(diag.Finding)) {
	ports, whole := matrix.ListeningPorts(d, s)
	if !whole || len(ports) == 0 {
		return
	}
	asked := ownAddress().FindString(strings.Join(words, " "))
	u, err := url.Parse(asked)
	if err != nil || asked == "" {
		return
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if !slices.Contains(ports, port) {
		report(diag.Finding{
			Position: test.Position,
			Message:  fmt.Sprintf("%s never becomes healthy: the test asks port %s, and it listens on %s", s.Name, port, strings.Join(ports, ", ")),
			Hint:     "ask a port on which it listens inside its container",
		})
		return
	}
	if s.Product == "synapse" && failsOn404(words) && !isOfSynapse(u.Path, s.Image.Version()) {
		report(diag.Finding{
			Position: test.Position,
			Message:  fmt.Sprintf("%s never becomes healthy: the test asks for %s, which Synapse answers with 404", s.Name, u.Path),
			Hint:     "ask for /health",
		})
	}
}

// failsOn404 reports whether a test fails by the status of an answer: curl needs to be told so.
func failsOn404(words []string) bool {
	text := strings.Join(words, " ")
	return strings.Contains(text, "wget") || regexp.MustCompile(`\bcurl\b.*\s(-[a-zA-Z]*f|--fail)`).MatchString(text)
}

// isOfSynapse reports whether a listener of that Synapse may have the path. The address of who issues tokens is gone since 1.161.
func isOfSynapse(path string, version model.Version) bool {
	if path == "/_matrix/client/unstable/org.matrix.msc2965/auth_issuer" && version.AtLeast("1.161.0") {
		return false
	}
	return path == "" || path == "/" || path == "/health" || strings.HasPrefix(path, "/_matrix/") || strings.HasPrefix(path, "/_synapse/") ||
		strings.HasPrefix(path, "/.well-known/")
}

// reportPing reports a check that asks Traefik for /ping, which it serves only if it is told to.
func reportPing(d *model.Deployment, s *model.Service, test *model.Node, report func(diag.Finding)) {
	words, known := container.ShellWords(s.Node.Get("command"))
	hasPing := func(word string) bool { return strings.HasPrefix(strings.ToLower(word), "--ping") }
	if !known || !container.RunsImage(s) || !container.MountsKnown(d, s) || !container.EnvironmentKnown(d, s) || slices.ContainsFunc(words, hasPing) {
		return
	}
	hasFlags := slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, "--") })
	named := len(model.OptionValues(words, "--configFile", "--configfile")) > 0
	if slices.ContainsFunc(s.Environment, func(v model.Variable) bool { return strings.HasPrefix(v.Name, "TRAEFIK_PING") }) {
		return
	}
	file := container.TraefikFile(s)
	switch {
	case file != nil && (file.Document == nil || file.Document.Template || file.Document.Root.Get("ping") != nil):
		return
	case file == nil && (named || !hasFlags || s.MountAt("/etc/traefik/traefik.yml") != nil):
		return
	}
	report(diag.Finding{
		Position: test.Position,
		Message:  fmt.Sprintf("%s never becomes healthy: the test asks Traefik for /ping, which is not turned on", s.Name),
		Hint:     "add --ping=true to the command, or ping: {} to the file",
	})
}

// reportUncheckedDependencies reports a service that waits for another to be healthy that has no healthcheck.
func reportUncheckedDependencies(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	list := s.Node.Get("depends_on")
	if list == nil {
		return
	}
	for _, f := range list.Fields {
		condition := f.Value.Get("condition")
		on := d.Service(f.Key)
		if on == nil || !condition.Is("service_healthy") || !container.IsWhole(d, on) {
			continue
		}
		check := on.Node.Get("healthcheck")
		disabled := check.Get("disable").True()
		if check.Get("test").IsSet() || !disabled && (check != nil && check.Unknown || !hasNoCheck(on)) {
			continue
		}
		report(diag.Finding{
			Position: condition.Position,
			Message:  fmt.Sprintf("%s never starts: it waits until %s is healthy, which has no healthcheck", s.Name, f.Key),
			Hint:     "write service_started, or give " + f.Key + " a healthcheck that its image can run",
			Related:  []diag.Related{{Position: on.Position, Message: "without a healthcheck"}},
		})
	}
}

// hasNoCheck says that the image of a service brings no healthcheck of its own for sure.
func hasNoCheck(s *model.Service) bool {
	if !s.Image.Known || s.Node.Get("build").IsSet() {
		return false
	}
	switch s.Product {
	case "mas":
		return true
	case "livekit":
		return s.Image.Base() == "livekit-server"
	case "lk-jwt":
		version := s.Image.Version()
		return version.Known() && !version.AtLeast("0.5.1")
	case "postgres", "redis", "traefik", "nginx", "caddy":
		return container.IsOfficial(s.Image)
	}
	return false
}
