package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// keyNotInThisVersion: a key is right in a newer or an older release, and ignored in the one that runs.
func keyNotInThisVersion(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "key-not-in-this-version",
		Severity:  diag.Warning,
		Documents: "mas, synapse, element, livekit, traefik + image tag",
		Title:     "a key that the running version does not read",
		Why: "Releases add keys and drop them, and ignore those that they do not have. A secret that should come from a file is then " +
			"missing without a word.",
		Sees: "password authentication failed, missing field `client_secret`, or nothing",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"missing field `client_secret`"},
		},
		Before:  example.Synapse("experimental_features:\n  msc3202_device_masquerading: true\n"),
		After:   example.Synapse("experimental_features:\n  msc3202_transaction_extensions: true\n"),
		Repairs: "renames a key whose new name belongs in the same place and means the same, and writes keys of Element in lower case with underscores",
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/releases/tag/v1.22.0",
			"https://github.com/element-hq/synapse/blob/develop/synapse/config/experimental.py",
			"https://github.com/element-hq/element-web/blob/develop/docs/config.md",
			"livekit/livekit pkg/config/config.go",
			"traefik/traefik pkg/config/static, pkg/cli/deprecation.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkKeyNotInThisVersion(tables, d, report) },
	}
}

func checkKeyNotInThisVersion(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindElement:
			reportCamelCase(tables, doc, report)
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindLiveKit:
		case model.KindTraefikStatic:
			if !facts.TableHolds(d, doc) || !facts.ImageOf(d, doc).Version().Known() { // version 2 has other keys
				continue
			}
		default:
			continue
		}
		checkVersions(tables, d, doc, report)
	}
	for _, s := range d.Of("traefik") {
		checkFlagVersions(tables, s, report)
	}
}

func checkVersions(tables *facts.Formats, d *model.Deployment, doc *model.Document, report func(diag.Finding)) {
	image := facts.ImageOf(d, doc)
	reported := "\x00" // the path of the section that is itself too new or gone
	for _, k := range tables.Keys(doc) {
		path, f, key := k.Path, k.Field, k.Key
		within := strings.HasPrefix(path, reported+".") || strings.HasPrefix(path, reported+"[")
		if within || key.Removed == "0.0.0" || facts.GeneralPath(path) == "experimental_features.msc3861" || path == "default_server_name" {
			continue
		}
		finding, wrong := versionFinding(doc.Kind, path, f, key, image)
		if wrong {
			reported = path
			if finding.Severity == 0 && key.Removed+key.Since != "" && facts.StopsAtUnknown(d, doc, path) {
				finding = notStarting(finding, doc.Kind, path, key, image)
			}
			if key.Renamed != "" && finding.Hint == useInstead(key) {
				finding.Fix = lint.RenameInPlace(tables, doc, image.Version(), path, f, key)
			}
			report(finding)
		}
	}
}

// versionFinding says what is wrong with a key in the version of the image. Of a version that is not known the newest is assumed: a key that
// is gone is reported, and none that is new.
func versionFinding(kind model.DocumentKind, path string, field model.Field, key *format.Key, image model.Image) (diag.Finding, bool) {
	version, product := image.Version(), facts.ProductName(kind)
	f := diag.Finding{Position: field.Position}
	switch {
	case key.Since != "" && version.Before(key.Since):
		f.Message = fmt.Sprintf("%s %s ignores %s, which %s brought", product, image.Tag, path, key.Since)
		f.Hint = fmt.Sprintf("raise the image to %s or newer", key.Since)
		if key.ReplacesKey != "" && field.Value.IsSet() {
			f.Severity = diag.Error
			f.Hint += fmt.Sprintf(", or use %s", key.ReplacesKey)
		}
	case key.Removed != "" && (version.AtLeast(key.Removed) || !version.Known()):
		f.Message = fmt.Sprintf("%s ignores %s since %s", product, path, key.Removed)
		f.Hint = useInstead(key)
		if becameStandard(path) {
			f.Severity = diag.Info
			f.Message = fmt.Sprintf("%s does what %s asked for without it since %s", product, path, key.Removed)
		}
	case key.Deprecated != "" && key.Removed == "" && (version.AtLeast(key.Deprecated) || !version.Known()):
		f.Severity = diag.Info
		f.Message = fmt.Sprintf("%s is deprecated since %s %s", path, product, key.Deprecated)
		f.Hint = useInstead(key)
	default:
		return f, false
	}
	if version.Known() && image.Position.Line > 0 {
		f.Related = []diag.Related{{Position: image.Position, Message: fmt.Sprintf("this is %s %s", product, image.Tag)}}
	}
	return f, true
}

// notStarting returns the finding at a key with which the program does not start, where others ignore what they do not know.
func notStarting(f diag.Finding, kind model.DocumentKind, path string, key *format.Key, image model.Image) diag.Finding {
	f.Severity = diag.Error
	product := facts.ProductName(kind)
	if key.Since != "" && image.Version().Before(key.Since) {
		f.Message = fmt.Sprintf("%s %s does not start: it does not know %s, which %s brought", product, image.Tag, path, key.Since)
	} else {
		f.Message = fmt.Sprintf("%s does not start: it does not know %s since %s", product, path, key.Removed)
	}
	if image.Repository == "" { // it may be an older one, which takes the key
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("%s does not start from %s on: it does not know %s any more", product, key.Removed, path)
	}
	return f
}

func useInstead(key *format.Key) string {
	if key.Renamed == "" {
		return "delete it"
	}
	return "use " + key.Renamed + " instead"
}

// becameStandard says of a switch of Synapse that what it switched on is always on now.
func becameStandard(path string) bool {
	name, experimental := strings.CutPrefix(path, "experimental_features.")
	if !experimental {
		return false
	}
	switch name {
	case "msc2659_enabled", "msc2666_enabled", "msc3266_enabled", "msc3706_enabled", "msc3823_account_suspension",
		"msc3916_authenticated_media_enabled", "msc3952_intentional_mentions", "msc3967_enabled", "msc3981_recurse_relations",
		"msc4115_membership_on_events", "msc4151_enabled", "msc4156_enabled", "msc4380_enabled", "faster_joins":
		return true
	}
	return false
}

// reportCamelCase reports the old spelling of Element's keys once for a file.
func reportCamelCase(tables *facts.Formats, doc *model.Document, report func(diag.Finding)) {
	keys := facts.CamelCaseKeys(tables, doc)
	if len(keys) == 0 {
		return
	}
	f := diag.Finding{
		Severity: diag.Info,
		Position: keys[0].Position,
		Message:  fmt.Sprintf("%s is the old spelling of %s, which Element still reads", keys[0].Got, facts.SnakeCase(keys[0].Got)),
		Hint:     "write keys in lower case with underscores",
	}
	for _, m := range keys[1:] {
		f.Related = append(f.Related, diag.Related{Position: m.Position, Message: m.Got + " is another"})
	}
	f.Fix = facts.Respell(keys)
	report(f)
}
