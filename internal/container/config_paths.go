package container

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ConfigPaths returns the paths of the files that MAS or Synapse reads its configuration from, where they are named, and whether they are
// known. There are none if the program does something else.
func ConfigPaths(d *model.Deployment, s *model.Service) (paths []string, at diag.Position, known bool) {
	words, known := ShellWords(s.Node.Get("command"))
	if !known {
		return nil, at, false
	}
	mode := ""
	if i := slices.IndexFunc(words, func(word string) bool { return !strings.HasPrefix(word, "-") }); i >= 0 {
		mode = words[i]
	}
	names, variable, standard := []string{"-c", "--config"}, "MAS_CONFIG", "/config.yaml"
	runs := mode == "" || mode == "server" || mode == "worker"
	if s.Product == "synapse" {
		names, variable, standard = []string{"-c", "--config-path"}, "SYNAPSE_CONFIG_PATH", "/data/homeserver.yaml"
		runs = len(words) == 0 || words[0] == "run"
	}
	if named := model.OptionValues(words, names...); len(named) > 0 {
		return named, s.Node.Get("command").Position, true
	}
	if s.Product == "mas" && len(words) > 0 && strings.HasPrefix(words[0], "-") {
		return nil, at, false
	}
	if value, set := VariableOf(s, variable); set {
		text, known := value.Literal()
		if s.Product == "mas" {
			return strings.Split(text, ":"), EnvironmentPosition(s, variable), known && runs
		}
		return []string{text}, EnvironmentPosition(s, variable), known && runs
	}
	if value, set := VariableOf(s, "SYNAPSE_CONFIG_DIR"); set && s.Product == "synapse" {
		folder, known := value.Literal()
		return []string{path.Join(folder, "homeserver.yaml")}, EnvironmentPosition(s, "SYNAPSE_CONFIG_DIR"), known && runs
	}
	return []string{standard}, at, runs && EnvironmentKnown(d, s)
}

// VariableOf returns a variable of the service; set with nil if the host's environment decides.
func VariableOf(s *model.Service, name string) (value *model.Node, set bool) {
	for _, v := range s.Environment {
		if v.Name == name {
			value, set = v.Value, true
		}
	}
	return value, set
}

// LacksVariable answers whether none of the variables is set for a service. It cannot be told if an env_file of it is not visible.
func LacksVariable(d *model.Deployment, s *model.Service, names ...string) model.Answer {
	for _, name := range names {
		if _, set := VariableOf(s, name); set {
			return model.No
		}
	}
	if !EnvironmentKnown(d, s) {
		return model.CannotTell
	}
	return model.Yes
}
