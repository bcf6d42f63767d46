package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// inThousands matches a number that is written in groups of three digits.
var inThousands = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{1,3}(_\d{3})+$`) })

// rewrittenSeverity: who groups digits means the number, and that is what is read.
func rewrittenSeverity(text string) diag.Severity {
	if inThousands().MatchString(text) {
		return diag.Info
	}
	return diag.Warning
}

// checkComposeScalars reports variables and labels without quotes that reach the container as something else than is written.
func checkComposeScalars(d *model.Deployment, doc *model.Document, report func(diag.Finding)) {
	services := doc.Root.Get("services")
	if services == nil {
		return
	}
	for _, service := range services.Fields {
		for _, section := range []string{"environment", "labels"} {
			values := service.Value.Get(section)
			if values == nil || values.Kind != model.Map {
				continue
			}
			for _, f := range values.Fields {
				if read, differs := rewritten(f.Value); differs {
					report(diag.Finding{
						Severity: rewrittenSeverity(f.Value.Text),
						Position: f.Value.Position,
						Message:  fmt.Sprintf("%s is read as %s: without quotes, %s is a number", f.Key, read, f.Value.Text),
						Hint:     fmt.Sprintf("write %q", f.Value.Text),
						Fix:      diag.Quote(f.Value.Position, f.Value.Text),
					})
				}
				s := d.Service(service.Key)
				if section == "environment" && f.Value.Kind == model.Null && !f.Value.Unknown && (s == nil || s.Env(f.Key) == nil) {
					report(diag.Finding{
						Severity: diag.Warning,
						Position: f.Position,
						Message:  fmt.Sprintf("%s has no value, and so comes from the environment of whoever runs Compose", f.Key),
						Hint:     fmt.Sprintf(`write %s: "" for an empty value, or %s: ${%s} if it is meant`, f.Key, f.Key, f.Key),
					})
				}
			}
		}
	}
}

// octalNumber matches a number that YAML 1.1 reads to the base of eight.
var octalNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[+-]?0[0-7]+$`) })

// rewritten returns what Compose makes of a number that is not written as it would write it: 010 is 8, 1_000 is 1000, 1.10 is 1.1.
func rewritten(n *model.Node) (string, bool) {
	if n.Unknown || strings.Contains(n.Text, ":") {
		return "", false
	}
	switch n.Kind {
	case model.Int:
		text := n.Text
		if octalNumber().MatchString(text) {
			text = strings.Replace(text, "0", "0o", 1)
		}
		value, err := strconv.ParseInt(text, 0, 64)
		if read := strconv.FormatInt(value, 10); err == nil && read != n.Text {
			return read, true
		}
	case model.Float:
		value, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64)
		if read := strconv.FormatFloat(value, 'f', -1, 64); err == nil && read != n.Text {
			return read, true
		}
	}
	return "", false
}
