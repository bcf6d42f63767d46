package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint"
)

// acknowledgementUnused is found by Acknowledge, when the rules on change have run.
func acknowledgementUnused() lint.Rule {
	const (
		stack        = "-- stack.cue --\npackage home\n\nserverName: \"example.org\"\n"
		acknowledged = "acknowledge: \"retention-shortened\": \"media_retention.local_media_lifetime 1y\": \"everybody was told in the spring\"\n"
	)
	return lint.Rule{
		Name:      "acknowledgement-unused",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "the CUE files of a stack; against an earlier revision",
		Title:     "a change is acknowledged that did not happen",
		Why: "An acknowledgement counts only for the change that it comes with. This one names a rule and a subject that nothing reports, and so " +
			"does nothing; perhaps another change was meant, which is not acknowledged.",
		Sees:    "the finding that was to be acknowledged, and this one",
		Earlier: stack + "synapse: mediaRetention: local: \"2y\"\n",
		Before:  stack + "synapse: mediaRetention: local: \"2y\"\n" + acknowledged,
		After:   stack + "synapse: mediaRetention: local: \"1y\"\n" + acknowledged,
		Source:  []string{"docs/review.md of matrixgen"},
		Check:   lint.ReportedBySuppress,
	}
}
