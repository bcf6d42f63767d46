// Package verify asks what runs whether it is what the files say, and whether people can sign in: over the network, as clients, browsers and other
// servers do, without credentials. It derives its questions from a deployment, and asks nobody whom that does not name.
package verify

import (
	"context"
	"fmt"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Group is what a probe belongs to.
type Group string

// The groups, in the order in which they are told.
const (
	Names      Group = "names"      // DNS, certificates, the entry point
	Discovery  Group = "discovery"  // how clients find Synapse and MAS
	SignIn     Group = "sign-in"    // MAS and its identity providers
	Older      Group = "older"      // clients without OAuth
	Trust      Group = "trust"      // Synapse and MAS believe each other
	Closed     Group = "closed"     // what is not for the public
	Federation Group = "federation" // other servers
	QR         Group = "qr"         // sign-in by a QR code
	Calls      Group = "calls"      // calls over LiveKit
	TURN       Group = "turn"       // calls between two
	Push       Group = "push"       // a gateway that wakes telephones
	Versions   Group = "versions"   // what runs is what is pinned
	Host       Group = "host"       // the machine itself
)

// Groups returns all groups.
func Groups() []Group {
	return []Group{Names, Discovery, SignIn, Older, Trust, Closed, Federation, QR, Calls, TURN, Push, Versions, Host}
}

// Probe is one question to what runs.
type Probe struct {
	// Name says what is asked, and About of whom: a URL, a host, a container. Together they are unique.
	Name  string
	Group Group
	About string
	// After are the keys of the probes that have to pass first. What they find is not found again.
	After []string
	// At is the line that decides what is good.
	At diag.Position
	// Limit is how long the probe may take; 0 for the limit of the run.
	Limit time.Duration

	ask func(ctx context.Context, s *session) outcome
}

// Key names the probe among all.
func (p Probe) Key() string { return key(p.Name, p.About) }

func key(name, about string) string { return name + " " + about }

// outcome is the answer to a probe: what is wrong, or why it could not be asked. Neither is a pass.
type outcome struct {
	problems []problem
	unasked  string
}

// problem is one thing that is wrong, in the words of an operator.
type problem struct {
	severity diag.Severity // an error, if it is not said
	message  string
	hint     string
	// rule is the rule of lint whose page tells more; "" if there is none.
	rule string
	// at is the line that decides it, if it is not that of the probe.
	at diag.Position
}

func pass() outcome { return outcome{} }

// unasked is the outcome of a probe that could not be run.
func unasked(format string, args ...any) outcome {
	return outcome{unasked: fmt.Sprintf(format, args...)}
}

// wrong is the outcome with one problem.
func wrong(p problem) outcome { return outcome{problems: []problem{p}} }

// fails reports whether there is an error among the problems.
func (o outcome) fails() bool {
	for _, p := range o.problems {
		if p.severity == 0 || p.severity == diag.Error {
			return true
		}
	}
	return false
}

// found returns the problems as findings of the probe.
func (o outcome) found(p Probe, page func(rule string) string) []diag.Finding {
	var findings []diag.Finding
	for _, problem := range o.problems {
		f := diag.Finding{Rule: p.Name, Severity: problem.severity, Position: problem.at, Message: problem.message, Hint: problem.hint}
		if f.Severity == 0 {
			f.Severity = diag.Error
		}
		if f.Position == (diag.Position{}) {
			f.Position = p.At
		}
		if problem.rule != "" {
			f.URL = page(problem.rule)
			if f.Hint != "" {
				f.Hint += "; "
			}
			f.Hint += "matrixgen explain " + problem.rule
		}
		findings = append(findings, f)
	}
	return findings
}
