package diag

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"strconv"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Help is what a reader of SARIF is told about a rule.
type Help struct {
	Name, Title, Markdown, URL string
	Severity                   Severity
}

// SARIF prints findings in the Static Analysis Results Interchange Format 2.1.0.
type SARIF struct {
	// Version is that of matrixgen, and Home the address that it is published at; "" if nobody knows one.
	Version, Home string
	// Help explains the rules; those that no finding has are left out.
	Help []Help
	// Checked is what the findings are about, or nil.
	Checked *Checked
}

// Write prints the findings.
func (s SARIF) Write(w io.Writer, findings []Finding) error {
	run := sarif.NewRunWithInformationURI("matrixgen", s.Home)
	if s.Home == "" {
		run.Tool.Driver.InformationURI = nil
	}
	run.Tool.Driver.WithVersion(s.Version)
	run.WithColumnKind("unicodeCodePoints")
	if s.Checked != nil {
		properties := sarif.NewPropertyBag()
		properties.Add("checked", s.Checked.fields())
		run.WithProperties(properties)
	}
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
	times := map[string]int{}
	for _, f := range visible(findings) {
		message := f.Message
		if f.Hint != "" {
			message += ". " + f.Hint
		}
		result := run.CreateResultForRule(f.Rule).
			WithLevel(level(f.Severity)).
			WithMessage(sarif.NewTextMessage(message)).
			WithPartialFingerprints(map[string]string{"matrixgen/v1": fingerprint(f, times)})
		result.AddLocation(location(f.Position, f.End))
		for _, r := range f.Related {
			result.AddRelatedLocation(location(r.Position, 0).WithMessage(sarif.NewTextMessage(r.Message)))
		}
		if f.Fix != nil {
			result.WithFixes([]*sarif.Fix{fix(f.Fix)})
		}
	}
	out := report.NewV210Report()
	out.AddRun(run)
	var text bytes.Buffer
	if err := out.PrettyWrite(&text); err != nil {
		return err
	}
	_, err := w.Write(append(terminal.EscapeJSON(text.Bytes()), '\n'))
	return err
}

func location(p Position, end int) *sarif.Location {
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(artifact(p.File))
	if p.Line > 0 {
		physical.WithRegion(region(p, end))
	}
	return sarif.NewLocationWithPhysicalLocation(physical)
}

func artifact(file string) *sarif.ArtifactLocation {
	return sarif.NewSimpleArtifactLocation((&url.URL{Path: file}).String())
}

func region(p Position, end int) *sarif.Region {
	region := sarif.NewRegion().WithStartLine(p.Line)
	if p.Column > 0 {
		region.WithStartColumn(p.Column)
	}
	if end > 0 {
		region.WithEndLine(p.Line).WithEndColumn(end)
	}
	return region
}

// fix returns the edits of a fix by file.
func fix(f *Fix) *sarif.Fix {
	out := sarif.NewFix().WithDescription(sarif.NewTextMessage(f.Does))
	changes := map[string]*sarif.ArtifactChange{}
	for _, e := range f.Edits {
		if changes[e.File] == nil {
			changes[e.File] = sarif.NewArtifactChange().WithArtifactLocation(artifact(e.File))
			out.AddArtifactChange(changes[e.File])
		}
		changes[e.File].AddReplacement(sarif.NewReplacement().
			WithDeletedRegion(region(e.Position, e.End().Column)).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.New)))
	}
	return out
}

func level(s Severity) string {
	return map[Severity]string{Info: "note", Warning: "warning", Error: "error"}[s]
}

// fingerprint stays the same when lines move: rule, file and message, and which of those that are alike. times counts these.
func fingerprint(f Finding, times map[string]int) string {
	text := f.Rule + "\x00" + f.File + "\x00" + f.Message
	times[text]++
	if n := times[text]; n > 1 {
		text += "\x00" + strconv.Itoa(n)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
