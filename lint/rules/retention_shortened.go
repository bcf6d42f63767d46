package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// retentionShortened: what Synapse deletes because it is older than a setting says, no setting brings back.
func retentionShortened() lint.Rule {
	return lint.Rule{
		Name:      "retention-shortened",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "synapse; against an earlier revision",
		Title:     "messages or media are kept for a shorter time",
		Why: "Soon after it is started, Synapse deletes what is older than the new time: messages, what users uploaded, rooms that were left. Only a " +
			"backup has it then.",
		Sees:    "old messages and pictures are gone",
		Earlier: example.Synapse("media_retention:\n  local_media_lifetime: 2y\n"),
		Before:  example.Synapse("media_retention:\n  local_media_lifetime: 90d\n"),
		After:   example.Synapse("media_retention:\n  local_media_lifetime: 5y\n  remote_media_lifetime: 30d\n"),
		Source: []string{
			"https://element-hq.github.io/synapse/latest/message_retention_policies.html",
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#media_retention",
		},
		CheckChange: checkRetentionShortened,
	}
}

// retention is a time after which Synapse deletes something.
type retention struct {
	path []string
	// none is the time that holds if there is none; "" for ever. what says what is deleted, with %s for the time.
	none, what string
	// messages says that it counts only while message retention is enabled.
	messages bool
}

func checkRetentionShortened(before, after *model.Deployment, report func(diag.Finding)) {
	if before.Synapse == nil || after.Synapse == nil || before.Synapse.Partial {
		return
	}
	report = lint.Guessing(report, before.Synapse, after.Synapse)
	on := func(d *model.Deployment) bool { return d.Synapse.At("retention", "enabled").True() }
	for _, r := range []retention{
		{[]string{"retention", "default_policy", "max_lifetime"}, "", "messages older than %s in rooms without a policy of their own", true},
		{[]string{"retention", "allowed_lifetime_max"}, "", "messages older than %s in rooms whose policy would keep them longer", true},
		{[]string{"media_retention", "local_media_lifetime"}, "", "media that users uploaded and nobody opened for %s", false},
		{[]string{"redaction_retention_period"}, "7d", "the content of messages that were redacted more than %s ago", false},
		{[]string{"forgotten_room_retention_period"}, "", "rooms that all users left and forgot more than %s ago", false},
	} {
		old, new := before.Synapse.At(r.path...), after.Synapse.At(r.path...)
		if r.messages && !on(after) {
			continue
		}
		if r.messages && !on(before) {
			old = nil // nothing was deleted
		}
		from, to := keptFor(old, r.none), keptFor(new, r.none)
		if from < 0 || to < 0 || to >= from || new == nil {
			continue
		}
		setting := strings.Join(r.path, ".")
		f := diag.Finding{
			Position: new.Position, Subject: setting + " " + new.Text,
			Message: "Synapse deletes " + fmt.Sprintf(r.what, new.Text),
			Hint:    "keep the old time; or back up what is older first",
		}
		if old != nil {
			f.Related = lint.Was(old, old.Text)
		}
		report(f)
	}
	enabled := after.Synapse.At("retention", "enabled")
	if on(after) && !on(before) && after.Synapse.At("retention", "default_policy", "max_lifetime") == nil && after.Synapse.At("retention", "allowed_lifetime_max") == nil {
		report(diag.Finding{
			Position: enabled.Position, Subject: "retention.enabled true",
			Message: "Synapse deletes messages that are older than the policy of their room says",
			Hint:    "back up first",
		})
	}
}

// keptFor returns a time in milliseconds, or -1 if it is not known.
func keptFor(n *model.Node, none string) int64 {
	text, known := n.Literal()
	switch {
	case n == nil && none == "", n != nil && n.Kind == model.Null:
		return model.Forever
	case n == nil:
		text = none
	case !known:
		return -1
	}
	time, ok := model.Milliseconds(text)
	if !ok {
		return -1
	}
	return time
}
