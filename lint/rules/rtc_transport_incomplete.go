package rules

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// rtcTransportIncomplete: calls take a handful of keys of Synapse that all have to be there, and addresses that lead somewhere.
func rtcTransportIncomplete() lint.Rule {
	return lint.Rule{
		Name:      "rtc-transport-incomplete",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "synapse, well-known, compose, proxy",
		Title:     "calls lack one of the keys that they take",
		Why: "Element Call asks Synapse where calls are, and needs delayed events and the newer sync to keep track of who is in one. With one " +
			"of these keys missing, clients say that calls are not supported, or people stay in calls that they have left.",
		Sees: "MISSING_MATRIX_RTC_TRANSPORT or MISSING_MATRIX_RTC_FOCUS; 403 Sending delayed events has been disallowed; 429 M_LIMIT_EXCEEDED",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Sending delayed events has been disallowed"},
		},
		Before: example.Synapse(`matrix_rtc:
  transports: [{type: livekit, livekit_service_url: "https://rtc.example.org"}]
experimental_features:
  msc4143_enabled: true
` + exampleCallLimits),
		After: example.Synapse(`matrix_rtc:
  transports: [{type: livekit, livekit_service_url: "https://rtc.example.org"}]
experimental_features:
  msc4143_enabled: true
  msc4222_enabled: true
max_event_delay_duration: 24h
` + exampleCallLimits),
		Versions: "Synapse 1.116 and later; matrix_rtc since 1.140",
		Repairs:  "removes the slash at the end of an address",
		Source: []string{
			"https://github.com/element-hq/synapse/issues/19386",
			"https://github.com/element-hq/synapse/issues/19484",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/issues/5522",
			"https://github.com/element-hq/element-call/issues/3985",
			"https://github.com/element-hq/element-call/blob/livekit/docs/self_hosting.md",
		},
		Check: checkRTCTransport,
	}
}

const exampleCallLimits = `rc_message: {per_second: 0.5, burst_count: 30}
rc_delayed_event_mgmt: {per_second: 1, burst_count: 20}
`

func checkRTCTransport(d *model.Deployment, report func(diag.Finding)) {
	c := d.Synapse
	if c == nil || c.Root == nil || len(d.Services) > 0 && c.Service == nil || !matrix.HasCalls(d) {
		return
	}
	report = lint.Guessing(report, c)
	contradicted := checkTransports(c, report)
	complete := checkCallKeys(d, contradicted, report)
	checkCallListener(d, report)
	checkCallAddresses(d, report)
	checkCallLimits(c, complete, report)
}

// checkTransports reports halves of what makes Synapse hand out addresses, and entries without one.
func checkTransports(c *model.Configuration, report func(diag.Finding)) bool {
	if reportWithoutService(c, report) {
		return true // nobody asks a Synapse that does not start
	}
	on, list := c.At("experimental_features", "msc4143_enabled"), c.At("matrix_rtc", "transports")
	empty := list == nil || list.Kind == model.Null || list.Kind == model.List && len(list.Items) == 0
	switch {
	case on.True() && empty && (!c.Partial || list != nil && !list.Unknown):
		report(diag.Finding{
			Position: on.Position,
			Message:  "no client can call: msc4143_enabled makes Synapse answer that there is no place for calls, since matrix_rtc.transports is empty",
			Hint:     "add matrix_rtc.transports with type: livekit and livekit_service_url, the address of lk-jwt-service",
		})
		return true
	case matrix.PythonTrue(list) == model.Yes && c.Bool(false, "experimental_features", "msc4143_enabled") == model.No && !c.Version().Before("1.140.0"):
		report(diag.Finding{
			Position: c.Nearest("matrix_rtc", "transports"),
			Message:  "no client can call: Synapse ignores matrix_rtc, since msc4143_enabled is not on",
			Hint:     "write msc4143_enabled: true below experimental_features",
		})
		return true
	}
	return false
}

// reportWithoutService reports entries without livekit_service_url, which older clients need. It returns whether Synapse refuses one: since 1.161 that has to
// have an url at least, whatever else is on.
func reportWithoutService(c *model.Configuration, report func(diag.Finding)) bool {
	refused := false
	for _, transport := range matrix.SynapseTransports(c) {
		f := diag.Finding{
			Position: transport.At,
			Message:  "no client can call: this entry has no livekit_service_url, and Synapse hands it out all the same",
			Hint:     "add livekit_service_url with the public address of lk-jwt-service",
		}
		switch {
		case !isBlank(transport.URL):
			continue
		case c.Version().AtLeast("1.161.0") && isBlank(transport.SFU):
			refused = true
			f.Message = "Synapse does not start: this entry has neither url nor livekit_service_url"
		case c.Version().AtLeast("1.161.0"):
			f.Severity = diag.Warning
			f.Message = "clients that know no url yet cannot call: this entry has url alone"
			f.Hint = "add livekit_service_url beside url, with the public address of lk-jwt-service"
		}
		report(f)
	}
	return refused
}

func isBlank(n *model.Node) bool { return !n.IsSet() || n.Is("") }

// checkCallKeys reports keys that are not there. It returns whether all are.
func checkCallKeys(d *model.Deployment, contradicted bool, report func(diag.Finding)) bool {
	c := d.Synapse
	missing, severity := []string{}, diag.Error
	lacks := func(since string, path ...string) bool {
		return !c.Version().Before(since) && c.Bool(false, path...) == model.No
	}
	delay, sync := lacks("1.116.0", "max_event_delay_duration"), lacks("1.119.0", "experimental_features", "msc4222_enabled")
	if !contradicted && lacks("1.140.0", "experimental_features", "msc4143_enabled") {
		missing = append(missing, "msc4143_enabled", "matrix_rtc.transports")
		if matrix.TellsTransports(d) && !delay && !sync {
			severity = diag.Warning
		}
	}
	if sync {
		missing = append(missing, "msc4222_enabled")
	}
	at := c.Nearest("experimental_features", "msc4222_enabled")
	if delay {
		if missing = append(missing, "max_event_delay_duration"); len(missing) == 1 {
			at = c.Nearest("max_event_delay_duration")
		}
	}
	if len(missing) == 0 {
		return !contradicted
	}
	message := "calls do not work, since Synapse does not have " + advice.InWords(missing)
	if severity == diag.Warning {
		message = "Element Call from 0.24 on finds no place for calls, since it no longer reads rtc_foci and Synapse does not have " + advice.InWords(missing)
	}
	report(diag.Finding{
		Severity: severity,
		Position: at,
		Message:  message,
		Hint: "calls take experimental_features.msc4143_enabled and msc4222_enabled, matrix_rtc.transports with type: livekit and livekit_service_url, " +
			"and max_event_delay_duration: 24h",
	})
	return false
}

// checkCallListener reports a Synapse at which lk-jwt-service cannot ask who somebody is.
func checkCallListener(d *model.Deployment, report func(diag.Finding)) {
	listeners, whole := matrix.SynapseListeners(d.Synapse)
	for _, doc := range d.Documents {
		whole = whole && doc.Kind != model.KindSynapseWorker
	}
	for _, l := range listeners {
		whole = whole && !l.Serves["federation"] && !l.Serves["openid"]
	}
	if !whole || len(listeners) == 0 {
		return
	}
	report(diag.Finding{
		Position: d.Synapse.Nearest("listeners"),
		Message:  "nobody gets into a call: no listener serves openid, by which lk-jwt-service asks Synapse who somebody is",
		Hint:     "add openid to the names of the listener that serves client",
	})
}

// checkCallAddresses reports addresses that clients cannot use, or that differ.
func checkCallAddresses(d *model.Deployment, report func(diag.Finding)) {
	own, told := matrix.SynapseTransports(d.Synapse), matrix.WellKnownTransports(d)
	reportLostTransports(d, own, diag.Error, report)
	if len(own) == 0 {
		reportLostTransports(d, told, diag.Warning, report)
	}
	for _, t := range own {
		checkCallAddress(t.URL, diag.Error, report)
	}
	for _, t := range told {
		checkCallAddress(t.URL, diag.Warning, report)
		text, known := t.URL.Literal()
		if len(own) != 1 || !known || placeholder.In(text) || model.SameURL(own[0].URL, t.URL) != model.No ||
			placeholder.In(own[0].URL.Text) || matrix.MayBecomeSame(d, own[0].URL, t.URL) {
			continue
		}
		report(diag.Finding{
			Severity: diag.Warning,
			Position: t.URL.Position,
			Message:  "clients disagree about where calls are: " + text + " here, and " + own[0].URL.Text + " in Synapse",
			Hint:     "write one address in both",
			Related:  []diag.Related{{Position: own[0].URL.Position, Message: "what Synapse hands out"}},
		})
	}
}

// checkCallAddress reports an address that ends in a slash: clients append "/sfu/get" to the text.
func checkCallAddress(url *model.Node, severity diag.Severity, report func(diag.Finding)) {
	text, known := url.Literal()
	if !known || !strings.HasSuffix(text, "/") {
		return
	}
	report(diag.Finding{
		Severity: severity,
		Position: url.Position,
		Message:  "clients ask for " + text + "/get_token with two slashes, since they append to this address as it stands",
		Hint:     "write " + strings.TrimRight(text, "/") + " without the slash at its end",
		Fix:      lint.Rewrite(url, strings.TrimRight(text, "/")),
	})
}
