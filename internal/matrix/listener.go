package matrix

import (
	"net"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Listener is a port that a service listens on inside its container.
type Listener struct {
	Port string
	// Loopback says that nothing but the container itself reaches it.
	Loopback bool
	// Serves has the names of the resources.
	Serves map[string]bool
	// prefix is the path below which they are served, without slashes at its ends.
	prefix string
	At     diag.Position
}

// SynapseListeners returns the HTTP listeners of Synapse's main process. It is false if there may be others.
func SynapseListeners(c *model.Configuration) ([]Listener, bool) {
	list := c.At("listeners")
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil, false
	}
	var listeners []Listener
	whole := ItemsAreWhole(c) && !list.Open
	for _, item := range list.Items {
		port, known := item.Get("port").Literal()
		if !known {
			whole = whole && !item.Unknown && !item.Get("port").IsSet() // a socket
			continue
		}
		l := Listener{Port: port, Serves: map[string]bool{}, At: item.Get("port").Position}
		if resources := item.Get("resources"); resources != nil && item.Get("type").Is("http") {
			for _, resource := range resources.Items {
				serve(l.Serves, resource.Get("names"), &whole)
			}
		}
		if addresses := item.Get("bind_addresses"); addresses != nil && len(addresses.Items) > 0 && !item.Get("bind_address").IsSet() {
			l.Loopback = true
			for _, address := range addresses.Items {
				text, known := address.Literal()
				l.Loopback = l.Loopback && known && IsLoopback(text)
			}
		}
		listeners = append(listeners, l)
	}
	return listeners, whole
}

func serve(serves map[string]bool, names *model.Node, whole *bool) {
	if names == nil {
		return
	}
	for _, name := range names.Items {
		text, known := name.Literal()
		*whole = *whole && known
		serves[text] = true
	}
}

// MASListeners returns the TCP listeners of MAS. It is false if there may be others: the lists of two files are appended.
func MASListeners(c *model.Configuration) ([]Listener, bool) {
	if c == nil || c.Partial {
		return nil, false
	}
	web := map[string]bool{"discovery": true, "human": true, "oauth": true, "compat": true, "graphql": true, "assets": true}
	if c.At("http") == nil {
		return []Listener{
			{Port: "8080", Serves: web, At: c.Nearest("http")},
			{Port: "8081", Serves: map[string]bool{"health": true}, Loopback: true, At: c.Nearest("http")},
		}, true
	}
	list := c.At("http", "listeners")
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil, false
	}
	var listeners []Listener
	whole := true
	for _, item := range list.Items {
		serves := map[string]bool{}
		resources, binds := item.Get("resources"), item.Get("binds")
		if resources == nil || binds == nil {
			return nil, false
		}
		for _, resource := range resources.Items {
			name, known := resource.Get("name").Literal()
			whole = whole && known
			serves[name] = true
		}
		prefix, known := item.Get("prefix").Literal()
		whole = whole && (known || !item.Get("prefix").IsSet())
		for _, bind := range binds.Items {
			l := Listener{Serves: serves, prefix: strings.Trim(prefix, "/"), At: bind.Position}
			if l.Port, l.Loopback, known = MASBind(bind); !known {
				whole = false
				continue
			}
			listeners = append(listeners, l)
		}
	}
	return listeners, whole
}

// MASBind returns the port of a bind and whether only the container reaches it. It is false for what is no TCP port that is known.
func MASBind(bind *model.Node) (port string, loopback, known bool) {
	host, hasHost := bind.Get("host").Literal()
	if bind.Get("port").IsSet() {
		port, _ = bind.Get("port").Literal()
		return port, IsLoopback(host), IsPort(bind.Get("port")) && (hasHost || !bind.Get("host").IsSet())
	}
	address, known := bind.Get("address").Literal()
	if !known {
		return "", false, false
	}
	host, port, err := net.SplitHostPort(address)
	return port, IsLoopback(host), err == nil && net.ParseIP(host) != nil // MAS takes no names
}
