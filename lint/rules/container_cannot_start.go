package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// containerCannotStart: what a compose file asks of an image and the image cannot do.
func containerCannotStart() lint.Rule {
	return lint.Rule{
		Name:      "container-cannot-start",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "compose",
		Title:     "the container stops as soon as it starts",
		Why: "The images of Synapse and MAS start a program of their own and take the command for its arguments; Element writes to two " +
			"folders when it starts, which it cannot on a read-only disk.",
		Sees: "Unknown execution mode '--config-path=/data/homeserver.yaml'; unrecognized subcommand; Read-only file system",
		Quotes: map[string][]string{
			"Synapse 1.157.1": {"Unknown execution mode '--config-path=/data/homeserver.yaml'"},
		},
		Before: `-- compose.yaml --
services:
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    command: ["--config-path=/data/homeserver.yaml"]
    volumes:
      - synapse-data:/data
volumes:
  synapse-data:
`,
		After: `-- compose.yaml --
services:
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    command: ["run", "--config-path=/data/homeserver.yaml"]
    volumes:
      - synapse-data:/data
volumes:
  synapse-data:
`,
		Source: []string{
			"element-hq/synapse docker/start.py",
			"element-hq/matrix-authentication-service Dockerfile",
			"https://github.com/element-hq/element-web/issues/29004",
			"docker/compose pkg/compose/secrets.go",
		},
		Check: checkContainerStart,
	}
}

func checkContainerStart(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		if container.RunsImage(s) {
			reportCommand(s, report)
			reportReadOnlyElement(d, s, report)
		}
		if s.Node.Get("read_only").True() {
			reportCopiedSecrets(d, s, report)
		}
	}
}

func reportCommand(s *model.Service, report func(diag.Finding)) {
	command := s.Node.Get("command")
	words, known := container.ShellWords(command)
	if !known || len(words) == 0 {
		return
	}
	switch {
	case s.Product == "synapse" && container.IsOf(s.Image, "matrixdotorg/synapse", "element-hq/synapse") && s.Image.Holds == "" && !slices.Contains([]string{"run", "generate", "migrate_config"}, words[0]):
		report(diag.Finding{
			Position: command.Position,
			Message:  fmt.Sprintf("Synapse does not start: its image knows the modes run, generate and migrate_config, and not %s", words[0]),
			Hint:     `begin the command with run, as in ["run", "--config-path=/data/homeserver.yaml"]`,
		})
	case s.Product == "mas" && container.IsOf(s.Image, "element-hq/matrix-authentication-service", "matrix-org/matrix-authentication-service") && s.Image.Holds == "" && !strings.Contains(s.Image.Tag, "debug") && container.IsProgram(words[0]):
		report(diag.Finding{
			Position: command.Position,
			Message:  fmt.Sprintf("MAS does not start: its image runs mas-cli by itself and takes %s for a command of it", words[0]),
			Hint:     `write only the arguments, as in ["server"]`,
		})
	}
}

// reportReadOnlyElement: since 1.11.91 the image copies the configuration when it starts.
func reportReadOnlyElement(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	readOnly := s.Node.Get("read_only")
	if s.Product != "element" || !readOnly.True() || !container.MountsKnown(d, s) || s.Image.Version().Before("1.11.91") {
		return
	}
	var missing []string
	for _, folder := range []string{"/tmp", "/etc/nginx/conf.d"} {
		if s.MountAt(folder) == nil && !container.HasTmpfs(s, folder) {
			missing = append(missing, folder)
		}
	}
	if len(missing) > 0 {
		report(diag.Finding{
			Position: readOnly.Position,
			Message:  fmt.Sprintf("Element does not start: it writes to %s, which is read-only", strings.Join(missing, " and ")),
			Hint:     "add tmpfs: [" + strings.Join(missing, ", ") + "]",
		})
	}
}

// reportCopiedSecrets: Compose copies a secret from a variable into the container, which it refuses for a read-only one.
func reportCopiedSecrets(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	secrets := s.Node.Get("secrets")
	if secrets == nil {
		return
	}
	for _, item := range secrets.Items {
		name, known := item.Literal()
		if item.Kind == model.Map {
			name, known = item.Get("source").Literal()
		}
		for _, doc := range d.Documents {
			if doc.Kind != model.KindCompose || !known {
				continue
			}
			if from := doc.Root.At("secrets", name, "environment"); from.IsSet() {
				report(diag.Finding{
					Position: item.Position,
					Message:  fmt.Sprintf("Compose refuses to start %s: the secret %s comes from a variable and cannot be copied into a read-only container", s.Name, name),
					Hint:     "take the secret from a file, or drop read_only",
					Related:  []diag.Related{{Position: from.Position, Message: "the secret"}},
				})
			}
		}
	}
}
