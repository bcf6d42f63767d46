package rules

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
)

// lkJWTMismatch: the service that lets people of a homeserver into calls has to agree with LiveKit and Synapse, and to be reached.
func lkJWTMismatch() lint.Rule {
	return lint.Rule{
		Name:      "lk-jwt-mismatch",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose, livekit, synapse, proxy",
		Title:     "lk-jwt-service disagrees with LiveKit or the homeserver",
		Why: "lk-jwt-service signs the tickets by which people get into a call. LiveKit takes them only from a key that it knows, and from 0.5 on " +
			"lk-jwt-service stops if nobody says whose people may start calls.",
		Sees: "the container exits with LIVEKIT_FULL_ACCESS_HOMESERVERS environment variable must be set; 401 invalid token; calls that never connect",
		Quotes: map[string][]string{
			"lk-jwt-service 0.5.0": {"LIVEKIT_FULL_ACCESS_HOMESERVERS environment variable must be set"},
		},
		Before: callExample(""),
		After: callExample(`      LIVEKIT_FULL_ACCESS_HOMESERVERS: example.org
`),
		Versions: "lk-jwt-service 0.5 and later, as to LIVEKIT_FULL_ACCESS_HOMESERVERS",
		Source: []string{
			"element-hq/lk-jwt-service config.go",
			"https://github.com/element-hq/lk-jwt-service/pull/184",
			"livekit/livekit pkg/config/config.go",
		},
		Check: checkLKJWT,
	}
}

func callExample(variables string) string {
	return `-- compose.yaml --
services:
  lk-jwt:
    image: ghcr.io/element-hq/lk-jwt-service:0.5.0
    environment:
      LIVEKIT_URL: wss://rtc.example.org
      LIVEKIT_KEY: calls
      LIVEKIT_SECRET: ${LIVEKIT_SECRET:?is in the password store}
` + variables
}

func checkLKJWT(d *model.Deployment, report func(diag.Finding)) {
	reportTokenRoutes(d, report)
	rooms := matrix.CallServerOf(d)
	for _, s := range d.Of("lk-jwt") {
		if s.Inactive {
			continue
		}
		checkFullAccess(d, s, rooms, report)
		checkLiveKitURL(d, s, report)
		checkLiveKitKey(s, rooms, report)
		if port, bind := s.Env("LIVEKIT_JWT_PORT"), s.Env("LIVEKIT_JWT_BIND"); port.IsSet() && bind.IsSet() && port.Text != "" && bind.Text != "" {
			report(diag.Finding{
				Position: port.Position,
				Message:  "lk-jwt-service does not start: it takes LIVEKIT_JWT_PORT or LIVEKIT_JWT_BIND, and not both",
				Hint:     "delete LIVEKIT_JWT_PORT",
				Related:  []diag.Related{{Position: bind.Position, Message: "the other one"}},
			})
		}
	}
	if rooms == nil {
		return
	}
	if hook := rooms.Doc.Root.At("webhook", "api_key"); rooms.Lacks(hook) && len(rooms.Doc.Root.Get("webhook").ItemsAt("urls")) > 0 {
		report(diag.Finding{
			Position: hook.Position,
			Message:  "LiveKit does not start: the key of its webhook is none of its keys",
			Hint:     "write the name of one of keys",
			Related:  []diag.Related{{Position: rooms.Keys.Position, Message: "the keys of LiveKit"}},
		})
	}
}

// checkFullAccess checks the list of the homeservers whose people may start calls.
func checkFullAccess(d *model.Deployment, s *model.Service, rooms *matrix.CallServer, report func(diag.Finding)) {
	const variable, earlier = "LIVEKIT_FULL_ACCESS_HOMESERVERS", "LIVEKIT_LOCAL_HOMESERVERS"
	list := s.Env(variable)
	v := s.Image.Version()
	isNew := s.Image.Floating() || v.Known() && !v.Before("0.5.0")
	if lacks := container.LacksVariable(d, s, variable); lacks != model.No {
		old, hasOld := container.VariableOf(s, earlier)
		f := diag.Finding{
			Position: s.Image.Position,
			Message:  "lk-jwt-service exits at once: from 0.5 on it has to know whose people may start calls, and " + variable + " is not set",
			Hint:     "set " + variable + " to the server name, which is what stands behind the colon in user names",
		}
		if hasOld {
			f.Position = container.EnvironmentPosition(s, earlier)
			f.Message = "lk-jwt-service exits at once: from 0.5 on it does not read " + earlier
			f.Hint = "name the variable " + variable
		}
		if isNew && container.RunsImage(s) && lacks == model.Yes && s.Node.Get("command") == nil {
			report(f)
			return
		}
		if list = old; !hasOld || isNew {
			return
		}
	}
	text, known := list.Literal()
	if !known || placeholder.In(text) || strings.TrimSpace(text) == "" {
		return
	}
	if text == "*" {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: list.Position,
			Message:  "people of every homeserver may start calls on your LiveKit",
			Hint:     "name your own server alone; people of others can still join calls",
		})
		return
	}
	name, known := d.Synapse.At("server_name").Literal()
	if !known || placeholder.In(name) || rooms == nil || !rooms.Doc.Root.At("room", "auto_create").False() {
		return // LiveKit makes a room for everybody whom lk-jwt-service lets in
	}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item == "*" || strings.EqualFold(item, name) {
			return
		}
	}
	report(diag.Finding{
		Position: list.Position,
		Message:  "your own people cannot start calls: this list does not have " + name,
		Hint:     "write the server name here, not the host of Synapse",
		Related:  []diag.Related{{Position: d.Synapse.At("server_name").Position, Message: "the server name"}},
	})
}

// checkLiveKitURL checks the address of LiveKit that clients are given.
func checkLiveKitURL(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	url := s.Env("LIVEKIT_URL")
	text, known := url.Literal()
	scheme, rest, found := strings.Cut(text, "://")
	if !known || !found || placeholder.In(text) {
		return
	}
	host, _, _ := strings.Cut(rest, "/")
	host = container.HostOf(host)
	isContainer := func(s *model.Service) bool {
		return slices.Contains(container.NamesOf(s), host) || container.HasAlias(s, host)
	}
	f := diag.Finding{Position: url.Position, Hint: "write the public address of LiveKit, such as wss://rtc.example.org"}
	switch {
	case matrix.IsLoopback(host) && !isForOthers(d):
		return // a trial on one machine
	case matrix.IsLoopback(host):
		f.Message = "calls never connect: clients get this address, and take " + host + " for themselves"
	case !strings.Contains(host, ".") && slices.ContainsFunc(d.Services, isContainer):
		f.Message = "calls never connect: clients get this address, and " + host + " is the name of a container"
	case scheme == "ws" || scheme == "http":
		f.Message = "calls never connect: clients get this address, and browsers refuse one without TLS"
	default:
		reportLiveKitRoute(d, url, report)
		return
	}
	report(f)
}

// isForOthers says that people on other machines use the server: its name is public.
func isForOthers(d *model.Deployment) bool {
	name, known := d.Synapse.At("server_name").Literal()
	return known && !placeholder.In(name) && matrix.IsPublicHost(container.HostOf(name))
}

// checkLiveKitKey checks that LiveKit knows the key and its secret.
func checkLiveKitKey(s *model.Service, rooms *matrix.CallServer, report func(diag.Finding)) {
	key, value := s.Env("LIVEKIT_KEY"), s.Env("LIVEKIT_SECRET")
	if rooms == nil || key == nil {
		return
	}
	if rooms.Lacks(key) {
		report(diag.Finding{
			Position: key.Position,
			Message:  "nobody gets into a call: LiveKit does not know the key of lk-jwt-service",
			Hint:     "write one of the keys of LiveKit here, with its secret",
			Related:  []diag.Related{{Position: rooms.Keys.Position, Message: "the keys of LiveKit"}},
		})
		return
	}
	other := rooms.Secret(key)
	if value == nil || other == nil {
		return
	}
	advice.CompareSecrets(&sensitive.Secret{At: value.Position, Inline: value, Value: value}, &sensitive.Secret{At: other.Position, Inline: other, Value: other}, diag.Finding{
		Position: value.Position,
		Message:  "nobody gets into a call: LiveKit and lk-jwt-service have to have the same secret for the key",
		Hint:     "give both the same secret",
		Related:  []diag.Related{{Position: other.Position, Message: "the secret of LiveKit"}},
	}, report)
}
