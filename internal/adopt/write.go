package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// OwnRule is the name by which notes of an adoption are acknowledged, as changes are by those of their rules.
const OwnRule = "adopt"

// Acknowledge accepts what is not taken over.
func (r *Result) Acknowledge(a model.Acknowledgement) {
	for i := range r.Notes {
		if a.Rule == OwnRule && r.Notes[i].Subject == a.Subject {
			r.Notes[i].Accepted = a.Reason
		}
	}
}

// seen are the rules on change whose findings an adoption replaces by its own: it knows where the data lies and which keys it took.
func seen() []string { return []string{"data-volume-changed", "encryption-key-changed"} }

// Accept returns what the rules on change find, without what an adoption says itself, and as advice where it is acknowledged. While questions are open,
// nothing is said of versions.
func Accept(losses []diag.Finding, acknowledged []model.Acknowledgement, open bool) []diag.Finding {
	var kept []diag.Finding
	for _, f := range losses {
		asked := open && slices.Contains([]string{"postgres-major-jump", "image-downgraded"}, f.Rule)
		if asked || slices.Contains(seen(), f.Rule) && !strings.HasPrefix(f.Message, "the project ") {
			continue
		}
		for _, a := range acknowledged {
			if a.Rule == f.Rule && a.Subject == f.Subject {
				f.Severity, f.Hint = diag.Info, "acknowledged: "+a.Reason
			}
		}
		kept = append(kept, f)
	}
	return kept
}

// Head returns what stands at the top of the stack.
func (r *Result) Head(acknowledged []model.Acknowledgement) string {
	if r.Old.Generated {
		return ""
	}
	head := fmt.Sprintf("Adopted from %s. Behind a value stands where it comes from.", path.Base(r.Old.answers.Folder))
	for _, a := range acknowledged {
		head += fmt.Sprintf("\nAcknowledged: %s: %s", a.Subject, a.Reason)
	}
	return head
}

// Written returns the stack as it is written. Of raw settings and services of the operator's own it is said once where they come from.
func (r *Result) Written() *model.Node {
	if r.Old.Generated {
		return r.Stack
	}
	stack := clone(r.Stack, nil)
	for _, section := range []string{"override", "extra"} {
		if n := stack.Get(section); n != nil {
			set(stack, section, clone(n, func(n *model.Node) *model.Node {
				n.Position = diag.Position{}
				return n
			}))
		}
	}
	services := stack.At("extra", "services")
	for i, f := range services.Entries() {
		if s := r.Old.Given.Service(f.Key); s != nil {
			services.Fields[i].Comment = fmt.Sprintf("%s:%d", s.Position.File, s.Position.Line)
		}
	}
	return stack
}

// Tell returns where a value comes from.
func (r *Result) Tell(n *model.Node) string {
	p := n.Position
	if p.File == "" || r.Old.Generated {
		return ""
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
