package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// words returns what a service runs, word by word; texts for a shell are split, too.
func words(s *model.Service) []string {
	var all []string
	for _, key := range []string{"entrypoint", "command"} {
		for _, word := range arguments(s.Node.Get(key)) {
			split, _ := model.SplitWords(word)
			all = append(all, split...)
		}
	}
	return all
}

// overridden reports whether the service starts something else than its image would.
func overridden(s *model.Service) bool {
	entrypoint := s.Node.Get("entrypoint")
	return entrypoint != nil && entrypoint.Kind != model.Null
}

// ranked returns the services in the order in which they are likely to be the one that serves: running ones first, then those behind a
// profile, and last helpers, such as one that generates keys, and workers.
func ranked(services []*model.Service, product string) []*model.Service {
	ranked := slices.Clone(services)
	slices.SortStableFunc(ranked, func(a, b *model.Service) int { return burden(a, product) - burden(b, product) })
	return ranked
}

func burden(s *model.Service, product string) int {
	n := 0
	if s.Inactive {
		n++
	}
	if overridden(s) {
		n += 2
	}
	command := arguments(s.Node.Get("command"))
	first := ""
	if len(command) > 0 {
		first = command[0]
	}
	switch {
	case product == "synapse" && (first == "generate" || first == "migrate_config" || isWorker(s)):
		n += 4
	case product == "mas" && slices.Contains([]string{"config", "database", "manage", "syn2mas", "doctor", "templates", "debug"}, first):
		n += 4
	}
	return n
}

// isWorker reports whether a service runs a worker of Synapse.
func isWorker(s *model.Service) bool {
	if worker, known := s.Env("SYNAPSE_WORKER").Literal(); known {
		return worker != "synapse.app.homeserver"
	}
	modules := model.OptionValues(words(s), "-m", "--module")
	return slices.ContainsFunc(modules, func(m string) bool { return m != "synapse.app.homeserver" })
}

// masPaths returns the files that MAS reads: those of -c, else those of MAS_CONFIG, else config.yaml in its folder, which is /.
func masPaths(s *model.Service) []string {
	files := model.OptionValues(words(s), "-c", "--config")
	if len(files) == 0 {
		if list, known := s.Env("MAS_CONFIG").Literal(); known {
			files = strings.FieldsFunc(list, func(r rune) bool { return r == ':' })
		}
	}
	if len(files) == 0 {
		files = []string{"config.yaml"}
	}
	return inContainer(files)
}

// synapsePaths returns the files or folders that Synapse reads: those of --config-path, else that of SYNAPSE_CONFIG_PATH, else
// homeserver.yaml in SYNAPSE_CONFIG_DIR, which is /data.
func synapsePaths(s *model.Service) []string {
	files := model.OptionValues(words(s), "-c", "--config-path")
	if len(files) == 0 {
		if file, known := s.Env("SYNAPSE_CONFIG_PATH").Literal(); known && file != "" {
			files = []string{file}
		}
	}
	if len(files) == 0 {
		dir := "/data"
		if given, known := s.Env("SYNAPSE_CONFIG_DIR").Literal(); known && given != "" {
			dir = given
		}
		files = []string{dir + "/homeserver.yaml"}
	}
	return inContainer(files)
}

func inContainer(files []string) []string {
	var paths []string
	for _, file := range files {
		paths = append(paths, container(file))
	}
	return paths
}

// suppliedToMAS returns the tree with the settings that variables of the service make: MAS reads MAS_SECRETS_ENCRYPTION as secrets.encryption. A name with
// an underscore cannot be set so, and MAS_LOG sets nothing that MAS reads.
func suppliedToMAS(root *model.Node, s *model.Service) *model.Node {
	for _, v := range s.Environment {
		name, found := strings.CutPrefix(v.Name, "MAS_")
		section, key, _ := strings.Cut(strings.ToLower(name), "_")
		if !found || !slices.Contains(masSectionNames(), section) || root.Kind != model.Map {
			continue
		}
		inside := root.Get(section)
		if inside != nil && (inside.Kind != model.Map || inside.Get(key) != nil) {
			continue // the file wins
		}
		set := &model.Node{Kind: model.Map, Position: v.Position, Fields: []model.Field{{Key: key, Value: v.Value, Position: v.Position}}}
		if v.Value == nil || strings.Contains(key, "_") || key == "" { // what it sets is deeper, or not known
			set.Fields = nil
			set.Open = true
		}
		over := &model.Node{Kind: model.Map, Position: root.Position, Fields: []model.Field{{Key: section, Value: set, Position: v.Position}}}
		merged := mergeDeep(root, over)
		merged.Position = root.Position
		if inside != nil {
			set := merged.Get(section)
			set.Position, set.Open = inside.Position, inside.Open || set.Open
			merged.Field(section).Position = root.Field(section).Position
		}
		root = merged
	}
	return root
}

// masSectionNames are the sections of MAS whose names have no underscore.
func masSectionNames() []string {
	return []string{"http", "database", "telemetry", "templates", "email", "secrets", "passwords", "matrix", "policy", "branding", "captcha", "account",
		"experimental", "clients"}
}

// mergeDeep merges two files as MAS does: maps key by key, lists appended, the rest replaced.
func mergeDeep(a, b *model.Node) *model.Node {
	switch {
	case a == nil || b == nil:
		return cmpNode(b, a)
	case a.Kind == model.List && b.Kind == model.List:
		merged := *b
		merged.Items = slices.Concat(a.Items, b.Items)
		return &merged
	case a.Kind != model.Map || b.Kind != model.Map:
		return b
	}
	return overlay(a, b, mergeDeep)
}

// mergeShallow merges two files as Synapse does: a key of the later one replaces that of the earlier one whole.
func mergeShallow(a, b *model.Node) *model.Node {
	if a == nil || b == nil || a.Kind != model.Map || b.Kind != model.Map {
		return cmpNode(b, a)
	}
	return overlay(a, b, func(_, b *model.Node) *model.Node { return b })
}

func overlay(a, b *model.Node, merge func(a, b *model.Node) *model.Node) *model.Node {
	merged := *b
	merged.Fields = nil
	for _, f := range a.Fields {
		if i := slices.IndexFunc(b.Fields, func(g model.Field) bool { return g.Key == f.Key }); i >= 0 {
			value := merge(f.Value, b.Fields[i].Value)
			f = b.Fields[i]
			f.Value = value
		}
		merged.Fields = append(merged.Fields, f)
	}
	for _, f := range b.Fields {
		if a.Get(f.Key) == nil {
			merged.Fields = append(merged.Fields, f)
		}
	}
	return &merged
}
