package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// wrongValueType: a value of another kind than the product takes, or one that YAML reads in another way than it looks.
func wrongValueType(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "wrong-value-type",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse, element, compose, livekit, traefik",
		Title:     "a value of a kind that the product does not take",
		Why: "A number where text is wanted, a word that is not on the list, a URL in place of a server name: the product stops. Where " +
			"it does not, it reads something else than is written.",
		Sees: "invalid type: found unsigned int; unknown variant: found `…`; Invalid server name; ValueError: invalid literal for int()",
		Quotes: map[string][]string{
			"MAS 1.22.0":      {"invalid type: found unsigned int", "unknown variant: found"},
			"Synapse 1.163.2": {"Invalid server name"},
		},
		Before:  example.MAS("email:\n  transport: smpt\n"),
		After:   example.MAS("email:\n  transport: blackhole\n"),
		Repairs: "adds or removes quotes where nothing else is wrong, and respells a word that is surely one of the list",
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/",
			"element-hq/synapse synapse/config/_base.py",
			"https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment",
			"livekit/livekit pkg/config/config.go, which yaml.v3 decodes",
			"traefik/paerser parser/element_fill.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkWrongValueType(tables, d, report) },
	}
}

func checkWrongValueType(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		for _, m := range tables.Misfits(doc) {
			if facts.TableHolds(d, doc) {
				reportMisfit(d, doc, m, report)
			}
		}
		checkServerNames(doc, report)
		if doc.Kind == model.KindCompose {
			checkComposeScalars(d, doc, report)
		}
	}
}

func reportMisfit(d *model.Deployment, doc *model.Document, m format.Problem, report func(diag.Finding)) {
	if m.Value == nil || m.Value.Tag != "" || m.Kind == format.SecretInline || m.Key == nil {
		return
	}
	if m.Key.Secret { // its value is not said, and its form has a rule of its own
		m.Got, m.Want = m.Value.Kind.String(), "text"
	}
	var problem string
	var severity diag.Severity
	switch doc.Kind {
	case model.KindMAS:
		problem = misfitInMAS(doc, m)
	case model.KindSynapse, model.KindSynapseWorker:
		problem, severity = misfitInSynapse(m, facts.ImageOf(d, doc).Version())
	case model.KindElement:
		problem, severity = misreadTruth("Element", m)
	case model.KindCompose:
		problem = misfitInCompose(doc, m)
	case model.KindLiveKit:
		problem = misfitInLiveKit(m)
	case model.KindTraefikStatic:
		problem = misfitInTraefik(m)
	}
	if problem == "" {
		return
	}
	f := diag.Finding{Severity: severity, Position: m.Position, Message: problem}
	switch {
	case m.Suggestion != "":
		f.Hint = "did you mean " + m.Suggestion + "?"
	case m.Kind == format.WrongType && isScalar(m.Value) && m.FitsQuoted():
		f.Hint = "put it in quotes"
	case m.Kind == format.WrongType && m.Value.Kind == model.String && (m.Key.Type.Accepts(model.Bool) || m.Key.Type.Accepts(model.Int)):
		f.Hint = "take the quotes away"
	default:
		f.Hint = "write " + m.Want
	}
	f.Fix = m.Fix()
	report(f)
}

// misfitInMAS says what MAS, which converts nothing, does not take. Addresses, ids and keys have rules of their own.
func misfitInMAS(doc *model.Document, m format.Problem) string {
	path := facts.GeneralPath(m.Path)
	switch {
	case strings.HasPrefix(path, "http.listeners[].binds") && path != "http.listeners[].binds", path == "http.listeners[].resources[]":
		return ""
	case m.Kind == format.EmptyValue:
		if !facts.AbsenceIsSure(doc) || m.Key.Type.Accepts(model.Map) || m.Key.Type.Accepts(model.List) && !strings.HasSuffix(path, "[]") {
			return ""
		}
		return fmt.Sprintf("MAS does not start: %s has no value", m.Path)
	case m.Kind == format.WrongType:
		return fmt.Sprintf("MAS does not start: %s is %s, and has to be %s", m.Path, m.Got, m.Want)
	case isListed(m.Key.Type, m.Value), m.Value.Kind == model.Int, m.Value.Kind == model.Float:
		return fmt.Sprintf("MAS does not start: %s is %s, and has to be %s", m.Path, m.Got, m.Want)
	}
	return ""
}

// misfitInSynapse says what Synapse does not take, as far as it looks: it converts much, and takes text for true.
func misfitInSynapse(m format.Problem, version model.Version) (string, diag.Severity) {
	path := facts.GeneralPath(m.Path)
	rateLimit := strings.HasPrefix(path, "rc_") && m.Value.Kind == model.String
	switch {
	case m.Kind == format.EmptyValue:
	case isQuantity(m.Key.Type) && m.Kind == format.NotAllowedValue, isRefused(m, version):
		return fmt.Sprintf("Synapse does not start: %s is %s, and has to be %s", m.Path, m.Got, m.Want), 0
	case m.Kind == format.WrongType && m.Value.Kind == model.String && isListAlone(m.Key.Type) && !strings.HasSuffix(path, "[]"):
		return fmt.Sprintf("every letter of %s is taken for an entry: it is text, and has to be a list", m.Path), 0
	case rateLimit && m.Kind == format.WrongType && m.Key.Type.Accepts(model.Int):
		return fmt.Sprintf("%s is text, and no number: the limit does not work", m.Path), diag.Warning
	default:
		return misreadTruth("Synapse", m)
	}
	return "", 0
}

// isRefused says that Synapse looks at the value when it starts, and does not take it.
func isRefused(m format.Problem, version model.Version) bool {
	return m.Key.Checked != "" && m.Kind != format.SecretInline && (m.Key.Checked == "0.0.0" || version.AtLeast(m.Key.Checked))
}

// misfitInCompose says what Compose does not take. It converts text, which may also have been a variable, to whatever it wants.
func misfitInCompose(doc *model.Document, m format.Problem) string {
	nothingThere := m.Kind == format.EmptyValue
	isText := m.Value.Kind == model.String && m.Kind == format.WrongType && !m.Key.Type.Accepts(model.Map) && !m.Key.Type.Accepts(model.List)
	if nothingThere || isText || doc.Template || m.Kind == format.NotAllowedValue && !isListed(m.Key.Type, m.Value) {
		return ""
	}
	return fmt.Sprintf("Docker Compose refuses the file: %s is %s, and has to be %s", m.Path, m.Got, m.Want)
}

// misreadTruth says that "false" in quotes is text, which is as good as true.
func misreadTruth(product string, m format.Problem) (string, diag.Severity) {
	if m.Kind != format.WrongType || m.Value.Kind != model.String || !slices.Equal(m.Key.Type.Kinds, []model.Kind{model.Bool}) {
		return "", 0
	}
	switch strings.ToLower(m.Value.Text) {
	case "false", "no", "off", "n", "0":
		return fmt.Sprintf("%s takes %s for true: %q in quotes is text", product, m.Path, m.Value.Text), diag.Warning
	}
	return "", 0
}

func isScalar(n *model.Node) bool {
	return n.Kind == model.Bool || n.Kind == model.Int || n.Kind == model.Float
}
