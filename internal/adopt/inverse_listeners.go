package adopt

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// furtherListeners takes the ports on which Synapse and MAS answer besides those that a stack gives them, and what else these answer.
func (v *inverse) furtherListeners() {
	v.synapseListeners()
	v.masListeners()
}

// answersOfSynapse are what a listener of Synapse may answer.
func answersOfSynapse() []string {
	return []string{"client", "consent", "federation", "health", "keys", "media", "metrics", "openid", "replication", "static"}
}

func (v *inverse) synapseListeners() {
	main, names := v.mainListener(), map[string]bool{"main": true}
	for _, l := range v.document(synapseName).ItemsAt("listeners") {
		resources := resourcesOf(l.ItemsAt("resources"))
		if l == main {
			for _, name := range resources {
				if name != "client" && name != "federation" && slices.Contains(answersOfSynapse(), name) && !(v.Generated && name == "openid") {
					v.say("synapse.listeners.main.resources."+name, boolean(true), l)
				}
			}
			continue
		}
		port, kind := literal(l.Get("port")), orElse(literal(l.Get("type")), "http")
		if kind == "metrics" && port == "9000" && v.metered() != "" {
			continue // a build adds it
		}
		resources = slices.DeleteFunc(resources, func(name string) bool {
			return !slices.Contains(answersOfSynapse(), name) || name == "replication" && len(v.workers()) > 0
		})
		if len(resources) == 0 && kind == "http" {
			continue // of workers, or of names that Synapse no longer has
		}
		if problem := unfitListener(l, port, kind); problem != "" {
			v.leaveListener("Synapse", l, port, problem)
			continue
		}
		name := "synapse.listeners." + unused(names, append([]string{kind}, resources...), port) + "."
		v.say(name+"port", &model.Node{Kind: model.Int, Text: port}, l)
		if kind != "http" {
			v.say(name+"type", text(kind), l)
			continue
		}
		if l.Get("x_forwarded").True() {
			v.say(name+"forwarded", boolean(true), l)
		}
		for _, resource := range resources {
			v.say(name+"resources."+resource, boolean(true), l)
		}
	}
}

// mainListener returns the listener that becomes the one that the proxy knows: at the port that a stack gives it, else the first without TLS.
func (v *inverse) mainListener() *model.Node {
	var found *model.Node
	for _, l := range v.document(synapseName).ItemsAt("listeners") {
		if l.Get("tls").True() || !slices.Contains(resourcesOf(l.ItemsAt("resources")), "client") {
			continue
		}
		if l.Get("port").Is("8008") {
			return l
		}
		if found == nil {
			found = l
		}
	}
	return found
}

// unfitListener says why a stack cannot have a listener, or "".
func unfitListener(l *model.Node, port, kind string) string {
	number, err := strconv.Atoi(port)
	switch {
	case l.Get("tls").True():
		return "it ends TLS itself, which the proxy does in a stack"
	case l.Get("path") != nil:
		return "it is a Unix socket"
	case kind != "http" && kind != "metrics":
		return "its type is " + kind
	case err != nil || number < 1024 || number == 8008:
		return "a stack has ports from 1024 on for it, and not 8008"
	}
	return ""
}

// leaveListener notes a listener that a stack cannot have; of a build there is none.
func (v *inverse) leaveListener(product string, l *model.Node, port, problem string) {
	v.note(Note{Weight: Users, Subject: product + "'s port " + orElse(port, "without a number"), Position: l.Position,
		Message: "nothing answers there any more: " + problem, Hint: "see who asks there, and lead it to the proxy"})
}

// resourcesOf returns the names of what a listener answers: items with names, or a name, each.
func resourcesOf(items []*model.Node) []string {
	var names []string
	for _, item := range items {
		for _, name := range append(item.ItemsAt("names"), item.Get("name")) {
			if text, known := name.Literal(); known && !slices.Contains(names, text) {
				names = append(names, text)
			}
		}
	}
	return names
}

// unused returns the first of some names that nothing has yet, else one with the port.
func unused(taken map[string]bool, names []string, port string) string {
	for _, name := range append(names, "port-"+port) {
		if name != "http" && !taken[name] && regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(name) {
			taken[name] = true
			return name
		}
	}
	return fmt.Sprintf("port-%s-%d", port, len(taken))
}

// answersOfMAS are what the listeners of MAS in a stack answer anyway.
func answersOfMAS(listener string) []string {
	if listener == "internal" {
		return []string{"health"}
	}
	return []string{"discovery", "human", "oauth", "compat", "graphql", "assets"}
}

func (v *inverse) masListeners() {
	names, web := map[string]bool{"web": true, "internal": true}, false
	for _, l := range v.document(masName).At("http").ItemsAt("listeners") {
		resources := slices.DeleteFunc(resourcesOf(l.ItemsAt("resources")), func(name string) bool {
			return !slices.Contains([]string{"adminapi", "assets", "compat", "connection-info", "discovery", "graphql", "health", "human", "oauth", "prometheus"}, name)
		})
		role, port := "", portOfBinds(l.ItemsAt("binds"))
		switch {
		case slices.Contains(resources, "oauth") && !web:
			role, web = "web", true
		case literal(l.Get("name")) == "internal", slices.Equal(resources, []string{"health"}), port == "8081":
			role = "internal"
		}
		if role != "" {
			for _, name := range resources {
				isAdded := role == "internal" && name == "prometheus" && v.metered() != ""
				if !slices.Contains(answersOfMAS(role), name) && !isAdded {
					v.say("mas.listeners."+role+".resources."+name, boolean(true), l)
				}
			}
			continue
		}
		if l.Get("name").Is("admin-page") && port == "8090" && v.administered() {
			continue // a build adds it
		}
		if slices.Equal(resources, []string{"compat"}) && v.stack.At("mas", "path") != nil {
			continue // a build adds it, since the others are below a path
		}
		number, err := strconv.Atoi(port)
		if err != nil || number < 1024 || number == 8080 || len(resources) == 0 {
			if len(resources) > 0 {
				v.leaveListener("MAS", l, port, "a stack has ports from 1024 on for it, and not 8080")
			}
			continue
		}
		name := "mas.listeners." + unused(names, []string{literal(l.Get("name")), resources[0]}, port) + "."
		v.say(name+"port", &model.Node{Kind: model.Int, Text: port}, l)
		for _, resource := range resources {
			v.say(name+"resources."+resource, boolean(true), l)
		}
	}
}

// portOfBinds returns the port of the first address that a listener of MAS is bound to, or "".
func portOfBinds(binds []*model.Node) string {
	for _, bind := range binds {
		if port := literal(bind.Get("port")); port != "" {
			return port
		}
		if address := literal(bind.Get("address")); address != "" {
			return address[strings.LastIndex(address, ":")+1:]
		}
	}
	return ""
}
