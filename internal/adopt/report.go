package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Report is what there is to say of an adoption.
type Report struct {
	// Stack is the name of the stack, Folder the folder that was read, and Project the compose project that runs; "" if nothing says it.
	Stack, Folder, Project string
	// Lines is how many lines the stack has.
	Lines int
	// Taken says what was taken, and from where.
	Taken []Taken
	// Notes say what was not, the heaviest first.
	Notes []Note
	// Losses are changes that cost data: with one of them that is no advice nothing is written.
	Losses []diag.Finding
	// Changes are what differs when the new files run.
	Changes []change.Change
	// Fires are what the rules say of the old files.
	Fires []diag.Finding
	// Missing are the secrets that no file shows and that cannot be made anew.
	Missing []model.Slot
	// Questions are what has to be answered first.
	Questions []Question
	// Steps are the switch.
	Steps []Part
}

// Taken is something that was taken over.
type Taken struct {
	What, From string
}

// Part is a part of the switch: what it is for, and its commands.
type Part struct {
	Title    string
	Commands []string
	// After says how to see that it worked, or what to do if not; or "".
	After string
}

// Open returns how many questions and losses stand in the way: nothing is written before they are answered or acknowledged.
func (r *Report) Open() int {
	open := len(r.Questions)
	for _, f := range r.Losses {
		if f.Severity == diag.Error {
			open++
		}
	}
	for _, n := range r.Notes {
		if n.Weight == Data && n.Accepted == "" {
			open++
		}
	}
	return open
}

// NewReport says what was taken of a deployment and what was not. What else there is to say comes from whoever compares and checks.
func NewReport(stack string, r *Result) *Report {
	report := &Report{Stack: stack, Folder: r.Old.answers.Folder, Project: r.Old.Project(), Notes: slices.Clone(r.Notes), Questions: r.Questions}
	report.Taken = r.Old.taken(r.Secrets)
	slices.SortStableFunc(report.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), strings.Compare(a.Subject, b.Subject))
	})
	return report
}

// taken lists the services, the documents and the secrets that were taken over.
func (o *Old) taken(secrets []Secret) []Taken {
	var all []Taken
	for _, s := range o.Given.Services {
		role := o.roleOf(s)
		where := fmt.Sprintf("%s:%d", s.Position.File, s.Position.Line)
		switch {
		case o.Roles[role] != s:
			all = append(all, Taken{"the service " + s.Name + ", as one of your own", where})
		case role == s.Name:
			all = append(all, Taken{"the service " + s.Name, where})
		default:
			all = append(all, Taken{"the service " + s.Name + ", as " + role, where})
		}
	}
	for _, doc := range o.Files.Documents {
		if doc.Name == composeName {
			continue
		}
		var names []string
		for _, given := range o.Given.Documents {
			if o.nameOf(given) == doc.Name || given.Kind.Upstream() == doc.Upstream && doc.Format == model.JSON && o.only(given.Kind) == given {
				names = append(names, given.Name)
			}
		}
		if len(names) > 0 {
			name := doc.Name
			if o.isCharted() && chartNames()[name] != "" {
				name = chartNames()[name]
			}
			all = append(all, Taken{name, strings.Join(names, ", ")})
		}
	}
	for _, s := range secrets {
		all = append(all, Taken{"the secret " + s.Slot, strings.TrimSuffix(fmt.Sprintf("%s:%d", s.Position.File, s.Position.Line), ":0")})
	}
	return all
}
