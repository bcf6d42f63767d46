package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// configMountNotRead: a program looks for its configuration at one path, and the file is mounted at another.
func configMountNotRead() lint.Rule {
	return lint.Rule{
		Name:      "config-mount-not-read",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "compose, mas, synapse, element",
		Title:     "the configuration is mounted where nobody reads it",
		Why: "MAS takes a configuration that it does not find for an empty one and complains about missing sections, Synapse does not " +
			"start, and Element shows matrix.org.",
		Sees: "missing field `secrets`; Config file '/data/homeserver.yaml' does not exist",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"missing field `secrets`"},
		},
		Before: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    command: [server]
    volumes:
      - ./mas:/etc/mas:ro
`,
		After: `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    command: [server]
    environment:
      MAS_CONFIG: /etc/mas/config.yaml
    volumes:
      - ./mas:/etc/mas:ro
`,
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/4015",
			"https://github.com/element-hq/matrix-authentication-service/issues/5212",
			"element-hq/matrix-authentication-service crates/cli/src/commands/mod.rs",
			"element-hq/synapse docker/start.py",
		},
		Check: checkConfigMount,
	}
}

func checkConfigMount(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		if !container.RunsImage(s) {
			continue
		}
		switch s.Product {
		case "mas", "synapse":
			reportUnmounted(d, s, report)
		case "element":
			reportElsewhere(s, report, model.KindElement, isElementConfig, "Element", "/app/config.json")
		case "coturn":
			if words, known := container.ShellWords(s.Node.Get("command")); known && len(model.OptionValues(words, "-c")) == 0 {
				reportElsewhere(s, report, model.KindCoturn, isCoturnConfig, "coturn", "/etc/coturn/turnserver.conf")
			}
		}
	}
}

func reportUnmounted(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	paths, at, known := container.ConfigPaths(d, s)
	doc := container.ComposeOf(d, s)
	isPart := doc != nil && doc.Excerpt
	if !known || !container.MountsKnown(d, s) && !isPart {
		return
	}
	product, kind, hint := "MAS", model.KindMAS, "mount it at /config.yaml, or name its path in MAS_CONFIG"
	if s.Product == "synapse" {
		product, kind, hint = "Synapse", model.KindSynapse, "mount it at /data/homeserver.yaml, or name its path in SYNAPSE_CONFIG_PATH"
	}
	candidate := configMount(s, kind)
	for _, name := range paths {
		full := container.InContainer(s, name)
		if mount := s.MountAt(full); mount != nil {
			if s.Product == "synapse" && mount.Target == full {
				reportYML(d, mount, report)
			}
			continue
		}
		if s.Product == "synapse" && slices.ContainsFunc(s.Mounts, func(m model.Mount) bool { return path.Dir(m.Target) == path.Clean(full) && path.Ext(full) == "" }) {
			continue // a folder into which files are mounted one by one
		}
		f := diag.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s looks for its configuration at %s, and nothing is mounted there", product, full),
			Hint:     hint,
		}
		switch {
		case candidate != nil && at.Line == 0:
			f.Position = candidate.Position
			f.Message = fmt.Sprintf("%s looks for its configuration at %s, and not here at %s", product, full, candidate.Target)
		case candidate != nil:
			f.Related = []diag.Related{{Position: candidate.Position, Message: "this is mounted"}}
		case isPart:
			return
		case at.Line == 0:
			f.Position = s.Position
		}
		report(f)
		return
	}
}

// configMount returns the mount that is probably meant to be the configuration, or nil.
func configMount(s *model.Service, kind model.DocumentKind) *model.Mount {
	var best *model.Mount
	for i, m := range s.Mounts {
		switch ext := path.Ext(m.Target); {
		case m.Type == "secret" || m.Type == "tmpfs":
		case m.Document != nil && m.Document.Kind == kind:
			return &s.Mounts[i]
		case best == nil && (ext == ".yaml" || ext == ".yml") && (m.Document == nil || m.Document.Kind == model.KindOther):
			best = &s.Mounts[i]
		}
	}
	if best == nil && len(s.Mounts) == 1 && s.Mounts[0].Type == "bind" {
		return &s.Mounts[0]
	}
	return best
}

// reportYML reports a folder of configuration in which Synapse reads nothing: it takes only what ends in .yaml.
func reportYML(d *model.Deployment, mount *model.Mount, report func(diag.Finding)) {
	var ignored *model.Document
	for _, doc := range d.Documents {
		if doc.Kind == "" || path.Dir(doc.Name) != mount.Source || mount.Type != "bind" {
			continue
		}
		switch path.Ext(doc.Name) {
		case ".yaml":
			return
		case ".yml":
			if doc.Kind == model.KindSynapse {
				ignored = doc
			}
		}
	}
	if ignored != nil {
		report(diag.Finding{
			Position: mount.Position,
			Message:  fmt.Sprintf("Synapse reads only *.yaml of the folder %s, and there is none", mount.Target),
			Hint:     "rename " + path.Base(ignored.Name) + " so that it ends in .yaml",
		})
	}
}

// reportElsewhere reports a configuration that is mounted where the program does not look, unless another stands where it does.
func reportElsewhere(s *model.Service, report func(diag.Finding), kind model.DocumentKind, isRead func(string) bool, product, standard string) {
	var wrong *model.Mount
	for i, m := range s.Mounts {
		isConfig := m.Document != nil && m.Document.Kind == kind || path.Base(m.Target) == path.Base(standard)
		switch {
		case isRead(m.Target) || m.Target == path.Dir(standard):
			return
		case isConfig && m.Type != "tmpfs" && m.Type != "volume":
			wrong = &s.Mounts[i]
		}
	}
	if wrong != nil {
		report(diag.Finding{
			Position: wrong.Position,
			Message:  fmt.Sprintf("%s looks for its configuration at %s, and not here at %s", product, standard, wrong.Target),
			Hint:     "mount it at " + standard,
		})
	}
}

// isElementConfig: the image's web root is a link to /app.
func isElementConfig(target string) bool {
	dir, name := path.Split(target)
	return (dir == "/app/" || dir == "/usr/share/nginx/html/" || dir == "/tmp/element-web-config/") &&
		strings.HasPrefix(name, "config") && strings.HasSuffix(name, ".json")
}

// isCoturnConfig: coturn looks for turnserver.conf in several folders.
func isCoturnConfig(target string) bool {
	dir, name := path.Split(target)
	return name == "turnserver.conf" && slices.Contains([]string{"/etc/coturn/", "/etc/", "/etc/turnserver/", "/usr/local/etc/",
		"/usr/local/etc/turnserver/", "/usr/local/etc/coturn/"}, dir)
}
