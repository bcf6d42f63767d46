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

// masElsewhere reports whether variables of the service set keys of MAS.
func masElsewhere(s *model.Service) bool {
	return slices.ContainsFunc(s.Environment, func(v model.Variable) bool {
		return strings.HasPrefix(v.Name, "MAS_") && v.Name != "MAS_CONFIG"
	})
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
