package diag

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// Help is what a reader of SARIF is told about a rule.
type Help struct {
	Name, Title, Markdown, URL string
	Severity                   Severity
}

// SARIF prints findings in the Static Analysis Results Interchange Format 2.1.0.
type SARIF struct {
	Version string // of matrixgen
	// Help explains the rules; those that no finding has are left out.
	Help []Help
}

// Write prints the findings.
func (s SARIF) Write(w io.Writer, findings []Finding) error {
	run := sarif.NewRunWithInformationURI("matrixgen", "https://github.com/matrixgen/matrixgen")
	run.Tool.Driver.WithVersion(s.Version)
	run.WithColumnKind("unicodeCodePoints")
	used := map[string]bool{}
	for _, f := range findings {
		used[f.Rule] = true
	}
	for _, h := range s.Help {
		if !used[h.Name] {
			continue
		}
		rule := run.AddRule(h.Name).
			WithName(h.Name).
			WithShortDescription(sarif.NewMultiformatMessageString().WithText(h.Title)).
			WithHelp(sarif.NewMultiformatMessageString().WithText(h.Title).WithMarkdown(h.Markdown)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(h.Severity)))
		if h.URL != "" {
			rule.WithHelpURI(h.URL)
		}
	}
	for _, f := range findings {
		message := f.Message
		if f.Hint != "" {
			message += ". " + f.Hint
		}
		result := run.CreateResultForRule(f.Rule).
			WithLevel(level(f.Severity)).
			WithMessage(sarif.NewTextMessage(message)).
			WithPartialFingerprints(map[string]string{"matrixgen/v1": fingerprint(f)})
		result.AddLocation(location(f.Position))
		for _, r := range f.Related {
			result.AddRelatedLocation(location(r.Position).WithMessage(sarif.NewTextMessage(r.Message)))
		}
	}
	out := report.NewV210Report()
	out.AddRun(run)
	if err := out.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func location(p Position) *sarif.Location {
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation((&url.URL{Path: p.File}).String()))
	if p.Line > 0 {
		region := sarif.NewRegion().WithStartLine(p.Line)
		if p.Column > 0 {
			region.WithStartColumn(p.Column)
		}
		physical.WithRegion(region)
	}
	return sarif.NewLocationWithPhysicalLocation(physical)
}

func level(s Severity) string {
	return map[Severity]string{Info: "note", Warning: "warning", Error: "error"}[s]
}

// fingerprint stays the same when lines move: rule, file and message.
func fingerprint(f Finding) string {
	sum := sha256.Sum256([]byte(f.Rule + "\x00" + f.File + "\x00" + f.Message))
	return hex.EncodeToString(sum[:16])
}
