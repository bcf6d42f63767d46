package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// namedSecret matches a text that stands for a secret. schema/stack/wiring.cue makes a file of the section around it.
var namedSecret = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\$\{secret:([a-z][a-z0-9_]*)\}$`) })

// namesSecret reports whether a value stands for a secret.
func namesSecret(n *model.Node) bool {
	return n != nil && n.Kind == model.String && namedSecret().MatchString(n.Text)
}

// named returns the values below a node that stand for a secret, or are meant to.
func named(n *model.Node) []*model.Node {
	if n == nil {
		return nil
	}
	var found []*model.Node
	if n.Kind == model.String && strings.Contains(n.Text, "${secret:") {
		found = append(found, n)
	}
	for _, f := range n.Fields {
		found = append(found, named(f.Value)...)
	}
	for _, item := range n.Items {
		found = append(found, named(item)...)
	}
	return found
}

// namedSecrets reports values that stand for a secret where none is put in: Synapse reads a section anew from a later file, and others do not.
func (o overlay) namedSecrets() []diag.Finding {
	var findings []diag.Finding
	for _, section := range o.root.Fields {
		values := named(section.Value)
		wrong := func(at *model.Node, hint, format string, args ...any) {
			findings = append(findings, diag.Finding{Rule: "schema", Severity: diag.Error, Position: at.Position, Message: fmt.Sprintf(format, args...), Hint: hint})
		}
		switch {
		case len(values) == 0:
		case o.path != "override.synapse":
			wrong(values[0], "name the path of a mounted secret, where the product has a key for it", "%s takes no secrets by name: only override.synapse does", o.path)
		case slices.ContainsFunc(values, func(n *model.Node) bool { return !namesSecret(n) }):
			wrong(values[0], "write the whole text as ${secret:NAME}, with a name of small letters, digits and _", "this names no secret of the stack")
		case o.taken(values):
			wrong(values[0], "give this one another name", "%s is a secret of the stack's own", namedSecret().FindStringSubmatch(values[0].Text)[1])
		case len(values) > 1:
			wrong(values[1], "put one of them into a file by a key that the module has for it", "override.synapse.%s names two secrets, and one is all that a section may have", section.Key)
		case o.document.Root.Get(section.Key) != nil:
			wrong(values[0], "only a section of your own can hold a secret by name", "the stack derives other settings of %s, which Synapse would not read any more", section.Key)
		}
	}
	return findings
}

// taken reports whether a value names a secret that every stack may have.
func (o overlay) taken(values []*model.Node) bool {
	return slices.ContainsFunc(values, func(n *model.Node) bool {
		_, taken := o.slots[namedSecret().FindStringSubmatch(n.Text)[1]]
		return taken
	})
}

// inClear returns the overlay without the sections that hold a secret: they are files of their own.
func (o overlay) inClear() *model.Node {
	rest := *o.root
	rest.Fields = slices.DeleteFunc(slices.Clone(rest.Fields), func(f model.Field) bool { return len(named(f.Value)) > 0 })
	return &rest
}
