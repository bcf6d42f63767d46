package adopt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// shortestSecret is how long a value must be to be looked for within others.
const shortestSecret = 8

// hider takes secrets out of what a stack says: it is committed.
type hider struct {
	variables map[string]string // of the file of variables: the name by the value
	known     []string
	asked     []string // variables that Compose needs from now on
	dropped   []string // settings that were left out
}

func (o *Old) newHider() *hider {
	h := &hider{variables: map[string]string{}}
	variables := read.Variables(o.Given.Documents)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if text, known := variables[name].Literal(); known && len(text) >= shortestSecret && container.IsSecretName(name) {
			h.variables[text] = name
		}
	}
	for _, s := range o.Secrets() {
		h.known = append(h.known, strings.TrimSpace(s.value))
	}
	h.known = append(h.known, sensitive.Secrets(o.Given)...)
	h.known = slices.DeleteFunc(h.known, func(text string) bool { return len(text) < shortestSecret || strings.HasPrefix(text, "/") })
	return h
}

// tree returns a tree without secrets: one that stands in the file of variables is asked for by its name, and any other value that holds one is left
// out. nil if nothing is left.
func (h *hider) tree(path string, n *model.Node) *model.Node {
	c := *n
	c.Fields, c.Items = nil, nil
	for _, f := range n.Fields {
		if f.Value = h.tree(path+"."+f.Key, f.Value); f.Value != nil {
			c.Fields = append(c.Fields, f)
		}
	}
	for _, item := range n.Items {
		if item = h.tree(path, item); item != nil {
			c.Items = append(c.Items, item)
		}
	}
	if n.Kind != model.String {
		return &c
	}
	for _, value := range slices.Sorted(maps.Keys(h.variables)) {
		name := h.variables[value]
		if strings.Contains(c.Text, value) {
			c.Text = strings.ReplaceAll(c.Text, value, "${"+name+"}")
			if !slices.Contains(h.asked, name) {
				h.asked = append(h.asked, name)
			}
		}
	}
	if slices.ContainsFunc(h.known, func(secret string) bool { return strings.Contains(c.Text, secret) }) {
		h.dropped = append(h.dropped, strings.TrimPrefix(path, "."))
		return nil
	}
	return &c
}

// hideSecrets takes the secrets out of the raw settings and the operator's own services of a stack.
func (o *Old) hideSecrets(stack *model.Node) {
	if o.Generated {
		return
	}
	h := o.newHider()
	for _, section := range []string{"override", "extra"} {
		if n := stack.Get(section); n != nil {
			set(stack, section, h.tree(section, n))
		}
	}
	slices.Sort(h.asked)
	for _, name := range h.asked {
		o.note(Note{Weight: Step, Subject: name, Message: "a service of your own has it in a command or an address: Compose asks for it, and the stack does not hold it",
			Hint: "hand it over in the environment of docker compose, or in a file .env beside the new compose file that Git ignores"})
	}
	for _, path := range slices.Compact(h.dropped) {
		o.note(Note{Weight: Users, Subject: path, Message: fmt.Sprintf("it holds a secret in clear, and a stack is committed: it was left out of %s", path),
			Hint: "let the service read it from a file: extra.secrets"})
	}
}
