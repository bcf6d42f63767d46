package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// referencedFileUnavailable: a configuration names a file, and the container does not have it. Owner and mode of a file are not looked at:
// those of a checkout say nothing of the host's.
func referencedFileUnavailable(f *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "referenced-file-unavailable",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "mas, synapse, compose",
		Title:     "a file that is named does not exist in the container",
		Why: "A path in a configuration is one of the container. What is not mounted there cannot be read; and where a file of the host is " +
			"missing, Docker makes an empty folder of its name.",
		Sees: "No such file or directory (os error 2); Path does not point to a file [type=path_not_file]; Error accessing file '/run/secrets/shared'; Is a directory",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Path does not point to a file [type=path_not_file]", "Error accessing file"},
		},
		Before: example.MAS(`database:
  host: postgres
  username: mas
  password_file: /run/secret/database
  database: mas
`) + example.Compose(example.MASService),
		After: example.MAS("") + example.Compose(example.MASService),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/4937",
			"https://github.com/element-hq/matrix-authentication-service/issues/4015",
			"https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkReferencedFileUnavailable(f, d, report) },
	}
}

func checkReferencedFileUnavailable(f *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, c := range []*model.Configuration{d.MAS, d.Synapse} {
		if c == nil || c.Guessed || c.Service == nil || !container.RunsImage(c.Service) || !container.MountsKnown(d, c.Service) {
			continue
		}
		for _, doc := range c.Documents {
			reportUnmountedFiles(f.Keys(doc), c, doc, report)
		}
	}
	reportMissingSources(d, report)
}

// reportUnmountedFiles reports the files that a document names below no mount of the service that reads it.
func reportUnmountedFiles(keys []facts.KnownKey, c *model.Configuration, doc *model.Document, report func(diag.Finding)) {
	for _, k := range keys {
		field := k.Field
		if !k.Key.Path || isMadeBySynapse(k.Path) {
			continue
		}
		values := []*model.Node{field.Value}
		if field.Value != nil && field.Value.Kind == model.List {
			values = field.Value.Items
		}
		for _, value := range values {
			name, known := value.Literal()
			if !known || name == "" || strings.Contains(name, "://") {
				continue
			}
			full := container.InContainer(c.Service, name)
			if c.Service.MountAt(full) != nil || isOfImage(full) || container.HasTmpfs(c.Service, full) {
				continue
			}
			f := diag.Finding{
				Position: value.Position,
				Message:  fmt.Sprintf("the container of %s has no %s: nothing is mounted there", c.Service.Name, full),
				Hint:     "mount the file there, as a secret or a volume, or name the path at which it is mounted",
				Related:  []diag.Related{{Position: c.Service.Position, Message: "the service"}},
			}
			if secret, isSecret := strings.CutPrefix(full, sensitive.SecretsFolder); isSecret && sensitive.NearestSecret(c.Service, secret) != "" {
				f.Hint = fmt.Sprintf("did you mean %s%s?", sensitive.SecretsFolder, sensitive.NearestSecret(c.Service, secret))
			}
			report(f)
		}
	}
}

// isMadeBySynapse says that Synapse writes the file if it is not there.
func isMadeBySynapse(where string) bool {
	return slices.Contains([]string{"signing_key_path", "registration_shared_secret_path", "manhole_settings.ssh_priv_key_path",
		"manhole_settings.ssh_pub_key_path"}, where)
}

// isOfImage says that the image may have the file itself.
func isOfImage(name string) bool {
	return slices.ContainsFunc([]string{"/usr/", "/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/", "/conf/", "/opt/"}, func(folder string) bool {
		return strings.HasPrefix(name, folder)
	})
}

// reportMissingSources reports the files that a service mounts and that do not exist beside the compose file. Where a folder is missing, the
// empty one that Docker makes is as good.
func reportMissingSources(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			if m.Type != "bind" || !m.Missing || !isFileName(m.Source) || !isFileName(m.Target) || strings.HasSuffix(m.Position.File, ".md") {
				continue
			}
			report(diag.Finding{
				Position: m.Position,
				Message:  fmt.Sprintf("Docker makes an empty folder of %s, because there is no such file, and %s finds that in its place", m.Source, s.Name),
				Hint:     "create the file, or correct its path",
			})
		}
	}
}

// isFileName says that a path looks like that of a file and not like that of a folder.
func isFileName(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json", ".conf", ".config", ".toml", ".ini", ".cnf", ".sh", ".sql", ".pem", ".key", ".crt",
		".html", ".env", ".txt", ".template", ".js", ".py"}, path.Ext(name)) || path.Base(name) == "Caddyfile"
}
