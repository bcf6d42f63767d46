package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// envFileValueBroken: in an env file a comment after an empty value is the value, and a value without quotes ends with its line.
func envFileValueBroken() lint.Rule {
	return lint.Rule{
		Name:      "env-file-value-broken",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "env, scripts",
		Title:     "a value of an env file is not what it looks like",
		Why: "Compose takes a comment behind an empty value for the value, so that a secret becomes a sentence that anybody can read. A " +
			"value of more than 64 characters from openssl rand -base64 has two lines, and the second is lost or stops Compose.",
		Sees: "unexpected character \"+\" in variable name; or nothing, with a secret that is a comment or cut off",
		Quotes: map[string][]string{
			"Docker Compose 5.5.0": {"unexpected character \"+\" in variable name"},
		},
		Before: `-- .env --
SHARED_SECRET=  # made with: openssl rand -hex 32
`,
		After: `-- .env --
# made with: openssl rand -hex 32
SHARED_SECRET=
`,
		Source: []string{
			"https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax",
			"compose-spec/compose-go dotenv/parser.go",
		},
		Check: checkEnvFileValue,
	}
}

func checkEnvFileValue(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil || doc.Unread:
		case doc.Kind == model.KindEnv && doc.Sample: // whoever copies it has the mistake
			reportCommentValues(doc, atMost(diag.Warning, report))
		case doc.Template:
		case doc.Kind == model.KindEnv:
			reportCommentValues(doc, report)
			reportCutValues(doc, report)
		case container.IsShell(doc):
			if model.Once(doc, "-base64", func() bool { return strings.Contains(doc.Root.Text, "-base64") }) {
				reportLongSecrets(doc.Root, report)
			}
		}
	}
}

// atMost returns a report that lowers what is more severe.
func atMost(severity diag.Severity, report func(diag.Finding)) func(diag.Finding) {
	return func(f diag.Finding) {
		f.Severity = severity
		report(f)
	}
}

// reportCommentValues reports values that begin with # behind a space: one finding, since whoever writes comments so does it in every line. Without the
// space it may be a colour, or stand in quotes.
func reportCommentValues(doc *model.Document, report func(diag.Finding)) {
	var found *diag.Finding
	for _, f := range doc.Root.Fields {
		if f.Value == nil || f.Value.Kind != model.String || !strings.HasPrefix(f.Value.Text, "#") {
			continue
		}
		afterKey := f.Position.Column + utf8.RuneCountInString(f.Key) + 1
		switch {
		case f.Value.Position.Column <= afterKey:
		case found == nil:
			found = &diag.Finding{
				Position: f.Value.Position,
				Message:  fmt.Sprintf("the value of %s is this comment: Compose takes what follows the = for it", f.Key),
				Hint:     "write the comment on a line of its own",
			}
		default:
			found.Related = append(found.Related, diag.Related{Position: f.Value.Position, Message: "so is that of " + f.Key})
		}
	}
	if found != nil {
		report(*found)
	}
}

// fullBase64Line matches a line of base64 as long as openssl or base64 make them.
var fullBase64Line = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{76})$`) })

// base64Rest matches what may be the rest of one.
var base64Rest = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]*([A-Z]|[0-9][a-z])[A-Za-z0-9]*$`) })

// reportCutValues reports a value that goes on in the next line, where Compose takes the rest for the name of a variable: openssl ends
// lines of base64 after 64 characters, base64 after 76.
func reportCutValues(doc *model.Document, report func(diag.Finding)) {
	fields := doc.Root.Fields
	for i, f := range fields {
		if f.Value == nil || !fullBase64Line().MatchString(f.Value.Text) || i+1 == len(fields) {
			continue
		}
		next := fields[i+1]
		rest := next.Value == nil || next.Value.Kind == model.Null || next.Value.Text == "" || next.Value.Text == "="
		if rest && next.Position.Line == f.Position.Line+1 && base64Rest().MatchString(next.Key) {
			report(diag.Finding{
				Position: f.Value.Position,
				Message: fmt.Sprintf("the value of %s is cut off after %d characters: the rest stands in the next line, and Compose takes it for a name",
					f.Key, len(f.Value.Text)),
				Hint:    "make the value with openssl rand -hex 32, which has one line",
				Related: []diag.Related{{Position: next.Position, Message: "the rest of the value"}},
			})
		}
	}
}

// base64Made matches a variable that a command makes with openssl rand -base64.
var base64Made = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z_]\w*)=["']?\$\(\s*openssl\s+rand\s+-base64\s+(\d+)\s*\)`)
})

// writesEnvFile matches a command that may write an env file.
var writesEnvFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*(echo|printf)\b|>>?\s*\S*\.env\b`) })

// reportLongSecrets reports a command that makes a value of an env file of more than 64 characters of base64.
func reportLongSecrets(script *model.Node, report func(diag.Finding)) {
	line := 0
	for text := range strings.Lines(script.Text) {
		at := script.Position
		at.Line += line
		line++
		match := base64Made().FindStringSubmatchIndex(text)
		if match == nil || !writesEnvFile().MatchString(text) || strings.HasPrefix(strings.TrimSpace(text), "#") {
			continue
		}
		n, err := strconv.Atoi(text[match[4]:match[5]])
		if err != nil || n <= 48 {
			continue
		}
		at.Column += utf8.RuneCountInString(text[:match[2]])
		report(diag.Finding{
			Position: at,
			Message: fmt.Sprintf("this makes a value for %s of two lines: Compose stops at the second, or the value is cut off after 64 characters",
				text[match[2]:match[3]]),
			Hint: "use openssl rand -hex 32",
		})
	}
}
