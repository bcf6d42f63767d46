package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// unknownKey: almost nothing in this trade refuses a key that it does not know. What the operator believes to have set is not set.
func unknownKey(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "unknown-key",
		Severity:  diag.Warning,
		Fatal:     true,
		Documents: "mas, synapse, element, compose, livekit, traefik",
		Title:     "a key that the product does not read",
		Why: "MAS, Synapse and Element ignore keys that they do not know, so that what the key should do does not happen. In the few " +
			"places that are strict, in all of a compose file and of LiveKit's, and below the top of Traefik's static configuration, nothing starts.",
		Sees: "nothing; in strict places: TypeError: … got an unexpected keyword argument, additional properties not allowed, or field … not found in type config.Config",
		Quotes: map[string][]string{
			"LiveKit 1.13.5": {"not found in type config.Config"},
		},
		Before:  example.MAS("account:\n  password_login_enabled: false\n"),
		After:   example.MAS("account:\n  password_registration_enabled: false\n"),
		Repairs: "renames a key that is surely misspelt, unless the right one is there too or does not take the value",
		Source: []string{
			"https://github.com/element-hq/synapse/issues/12651",
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html",
			"https://github.com/matrix-org/synapse/issues/3513",
			"livekit/livekit pkg/config/config.go",
			"https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkUnknownKey(tables, d, report) },
	}
}

func checkUnknownKey(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	newer := newerKeys{}
	for _, doc := range d.Documents {
		switch doc.Kind {
		case model.KindMAS, model.KindSynapse, model.KindSynapseWorker, model.KindElement, model.KindCompose, model.KindLiveKit, model.KindTraefikStatic:
			checkUnknownKeys(tables, d, doc, newer, report)
		}
	}
	for _, s := range d.Of("traefik") {
		checkFlags(tables, s, newer, report)
	}
	newer.report(report)
}

func checkUnknownKeys(tables *facts.Formats, d *model.Deployment, doc *model.Document, newer newerKeys, report func(diag.Finding)) {
	if !facts.TableHolds(d, doc) {
		return
	}
	image := facts.ImageOf(d, doc)
	cannotTell := isNewer(tables.Of(doc), image)
	isMisplaced := reportMisplacedServices(doc, report)
	var refused []diag.Finding // one for each map: what stands there as a rule belongs one level further down, or up
	where := ""
	for _, m := range tables.Misfits(doc) {
		if m.Kind != format.UnknownKey || lint.IsUnchecked(d, doc, m.Path) || isNote(m.Got) || isReportedElsewhere(doc, m.Path) || isMisplaced(m.Path) || doc.Kind == model.KindElement && facts.CamelCase(tables, doc, m.Path) {
			continue
		}
		if _, misbelieved := misbelieved(doc.Kind)[facts.GeneralPath(m.Path)]; cannotTell && !misbelieved {
			newer.add(doc, tables.Of(doc).Knows, image, m)
			continue
		}
		u := unknown{m.Path, m.Position, m.Strict || facts.StopsAtUnknown(d, doc, m.Path), m.Suggestion, m.Fix(), m.Value.False(), isHarmless(d, doc, m.Path)}
		switch {
		case !m.Strict || doc.Kind == model.KindCompose:
			u.report(doc, report)
		case len(refused) > 0 && where == facts.ParentPath(m.Path):
			last := &refused[len(refused)-1]
			last.Related = append(last.Related, diag.Related{Position: m.Position, Message: "nor does it know " + m.Path})
		default:
			where = facts.ParentPath(m.Path)
			u.report(doc, func(f diag.Finding) { refused = append(refused, f) })
		}
	}
	for _, f := range refused {
		report(f)
	}
	for _, k := range tables.Keys(doc) {
		path, f, key := k.Path, k.Field, k.Key
		// The table has keys that people write though no version reads them: those alone have a new name, and no version in which it changed.
		never := key.Removed == "0.0.0" || key.Renamed != "" && key.Removed == "" && key.Deprecated == ""
		if never && !isReportedElsewhere(doc, path) {
			unknown{path: path, at: f.Position, harmless: isHarmless(d, doc, path), suggestion: key.Renamed, fix: lint.RenameInPlace(tables, doc, model.Version{}, path, f, key)}.report(doc, report)
		}
	}
	if doc.Kind == model.KindMAS {
		checkTransport(doc, report)
	}
}

// unknown is a key that no version reads.
type unknown struct {
	path       string
	at         diag.Position
	strict     bool
	suggestion string
	fix        *diag.Fix
	// off says that the key is false, and harmless that what it wants is so without it.
	off, harmless bool
}

func (u unknown) report(doc *model.Document, report func(diag.Finding)) {
	path, strict := u.path, u.strict
	f := diag.Finding{
		Position: u.at,
		Message:  fmt.Sprintf("%s does not read %s: what it says has no effect", facts.ProductName(doc.Kind), path),
		Hint:     "delete it",
		Fix:      u.fix,
	}
	if doc.Kind == model.KindCompose {
		f.Hint = "write the key of Compose that is meant: what begins with x- alone may have a name of its own"
	}
	if u.off && doc.Kind != model.KindCompose {
		f.Hint = "nothing reads it, so that what it was to turn off may be on: look for what turns it off now"
	}
	if u.suggestion != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", u.suggestion)
	}
	if doc.Kind == model.KindMAS && strings.HasSuffix(path, "<<") {
		f.Hint = "MAS applies no merge keys: repeat here what the anchor holds"
	}
	if meant := meantOfService(doc, path); meant != "" {
		f.Hint = "did you mean " + meant + "?"
	}
	if known, ok := misbelieved(doc.Kind)[facts.GeneralPath(path)]; ok {
		f.Hint = known.hint
		if known.wrong && !u.harmless {
			f.Severity = diag.Error
		}
		strict = strict || known.refused
	}
	if strict {
		f.Severity = diag.Error
		f.Message = fmt.Sprintf("%s does not start: it does not know %s", facts.ProductName(doc.Kind), path)
	}
	report(f)
}

// isHarmless says that what a key wants is so, though nothing reads the key: federation is off where no listener serves it, or no server may come, and on
// where it is not turned off.
func isHarmless(d *model.Deployment, doc *model.Document, path string) bool {
	if path != "federation_enabled" && path != "enable_federation" {
		return false
	}
	on := doc.Root.Get(path)
	if d.Synapse == nil || !slices.Contains(d.Synapse.Documents, doc) {
		return on.True()
	}
	_, whole := matrix.SynapseListeners(d.Synapse)
	closed := matrix.FederationIsClosed(d) || whole && !matrix.ServesFederation(d.Synapse)
	return on.False() && closed || on.True() && !closed
}

// isNote says that a key is a remark, or a piece of YAML that other places repeat.
func isNote(key string) bool {
	for _, prefix := range []string{"x-", "_", "$", "//", "#", "."} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return strings.HasSuffix(strings.ToLower(key), "_comment")
}

// isReportedElsewhere says that another rule has more to say about the key.
func isReportedElsewhere(doc *model.Document, path string) bool {
	path = facts.GeneralPath(path)
	switch doc.Kind {
	case model.KindMAS:
		return strings.HasPrefix(path, "http.listeners[].binds[].") || facts.IsSwappedName(doc, path)
	case model.KindTraefikStatic:
		// Dynamic configuration may stand in the same file, if the provider of files is told to read it; hub is another product's.
		isDynamic := slices.Contains([]string{"http", "tcp", "udp", "tls"}, path)
		return path == "hub" || isDynamic && doc.Root.Get("providers").Get("file").IsSet()
	case model.KindSynapse:
		return path == "listeners[].resources[].x_forwarded" || facts.IsSwappedName(doc, path) || strings.HasPrefix(path, "extra_well_known_client_content.")
	}
	return false
}

// checkTransport reports the fields of another transport than MAS sends its mail by, which it refuses.
func checkTransport(doc *model.Document, report func(diag.Finding)) {
	email := doc.Root.Get("email")
	foreign := map[string][]string{
		"smtp":     {"command"},
		"sendmail": {"mode", "hostname", "port", "username", "password", "password_file"},
	}
	transport, _ := email.Get("transport").Literal()
	if email == nil || email.Unknown {
		return
	}
	for _, f := range email.Fields {
		if slices.Contains(foreign[transport], f.Key) && f.Value.IsSet() {
			report(diag.Finding{
				Severity: diag.Error,
				Position: f.Position,
				Message:  fmt.Sprintf("MAS does not start: email.%s does not belong to the transport %s", f.Key, transport),
				Hint:     "delete it, or change email.transport",
			})
		}
	}
}
