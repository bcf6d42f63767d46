package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// reportTokenServiceVariables reports variables of lk-jwt-service that it has under another name, or does not read. It reads nothing else than variables, and
// says nothing of those that it does not know.
func reportTokenServiceVariables(s *model.Service, report func(diag.Finding)) {
	table, err := format.Load("lkjwt.#Environment")
	if err != nil {
		return
	}
	var names []string
	for _, key := range table.Keys {
		names = append(names, key.Name)
	}
	for _, v := range s.Environment {
		if !strings.HasPrefix(v.Name, "LIVEKIT_") && !strings.HasPrefix(v.Name, "LK_JWT_") {
			continue
		}
		f, wrong := tokenServiceVariable(s, table, v.Name)
		if meant := suggest.Meant(v.Name, names); wrong && table.Key(v.Name) == nil && meant != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", meant)
		}
		if wrong {
			f.Position = container.EnvironmentPosition(s, v.Name)
			report(f)
		}
	}
}

// tokenServiceVariable says what is wrong with a variable in the version of the image.
func tokenServiceVariable(s *model.Service, table *format.Type, name string) (f diag.Finding, wrong bool) {
	version, key := s.Image.Version(), table.Key(name)
	switch {
	case key == nil && (!version.Known() || version.After(table.Knows)):
		return f, false // a newer one may read it
	case key == nil:
		f.Message = fmt.Sprintf("lk-jwt-service does not read %s: what it says has no effect", name)
		f.Hint = "delete it"
	case key.Since != "" && version.Before(key.Since):
		f.Message = fmt.Sprintf("lk-jwt-service %s ignores %s, which %s brought", s.Image.Tag, name, key.Since)
		f.Hint = fmt.Sprintf("raise the image to %s or newer", key.Since)
	case key.Renamed == "":
		return f, false
	case name == "LIVEKIT_LOCAL_HOMESERVERS" && version.AtLeast(key.Removed) && !setsVariable(s, key.Renamed):
		return f, false // lk-jwt-mismatch says what happens
	case version.AtLeast(key.Removed) && !setsVariable(s, key.Renamed):
		f.Message = fmt.Sprintf("lk-jwt-service ignores %s since %s", name, key.Removed)
		f.Hint = "name it " + key.Renamed
	default:
		f.Severity = diag.Info
		f.Message = fmt.Sprintf("%s is an old name of %s", name, key.Renamed)
		f.Hint = "write the new one"
	}
	return f, true
}

func setsVariable(s *model.Service, name string) bool {
	_, set := container.VariableOf(s, name)
	return set
}

// reportLiveKitKeys reports keys of LiveKit in a variable that it does not take for keys: YAML has no key in a text without a space behind the colon.
func reportLiveKitKeys(s *model.Service, report func(diag.Finding)) {
	value := s.Env("LIVEKIT_KEYS")
	if value == nil || value.Kind != model.String {
		return
	}
	key, secret, found := strings.Cut(strings.TrimSpace(value.Text), ":")
	if !found || secret == "" || strings.ContainsAny(key, "${<\"' \n") || strings.ContainsAny(secret, ": \n\t") {
		return
	}
	report(diag.Finding{
		Severity: diag.Error,
		Position: value.Position,
		Message:  "LiveKit does not start: it takes LIVEKIT_KEYS for no key with a secret, since no space follows the colon",
		Hint:     `write it as "key: secret", in quotes`,
	})
}

// reportLiveKitConfiguration reports a configuration of LiveKit in a variable that only its other programs read, such as EGRESS_CONFIG_BODY.
// Source: livekit/livekit cmd/server/main.go.
func reportLiveKitConfiguration(s *model.Service, report func(diag.Finding)) {
	const wrong = "LIVEKIT_CONFIG_BODY"
	if !setsVariable(s, wrong) || s.Image.Base() != "livekit-server" {
		return
	}
	report(diag.Finding{
		Severity: diag.Error,
		Position: container.EnvironmentPosition(s, wrong),
		Message:  "LiveKit does not read " + wrong + ": it runs without this configuration",
		Hint:     "name the variable LIVEKIT_CONFIG",
	})
}
