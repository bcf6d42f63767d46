package lint

import (
	"net"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// listener is a port that a service listens on inside its container.
type listener struct {
	port string
	// loopback says that nothing but the container itself reaches it.
	loopback bool
	// serves has the names of the resources.
	serves map[string]bool
	// prefix is the path below which they are served, without slashes at its ends.
	prefix string
	at     diag.Position
}

// synapseListeners returns the HTTP listeners of Synapse's main process. It is false if there may be others.
func synapseListeners(c *model.Configuration) ([]listener, bool) {
	list := c.At("listeners")
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil, false
	}
	var listeners []listener
	whole := itemsAreWhole(c)
	for _, item := range list.Items {
		port, known := item.Get("port").Literal()
		if !known {
			whole = whole && !item.Unknown && !isSet(item.Get("port")) // a socket
			continue
		}
		l := listener{port: port, serves: map[string]bool{}, at: item.Get("port").Position}
		if resources := item.Get("resources"); resources != nil && item.Get("type").Is("http") {
			for _, resource := range resources.Items {
				serve(l.serves, resource.Get("names"), &whole)
			}
		}
		if addresses := item.Get("bind_addresses"); addresses != nil && len(addresses.Items) > 0 && !isSet(item.Get("bind_address")) {
			l.loopback = true
			for _, address := range addresses.Items {
				text, known := address.Literal()
				l.loopback = l.loopback && known && isLoopback(text)
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

// masListeners returns the TCP listeners of MAS. It is false if there may be others: the lists of two files are appended.
func masListeners(c *model.Configuration) ([]listener, bool) {
	if c == nil || c.Partial {
		return nil, false
	}
	web := map[string]bool{"discovery": true, "human": true, "oauth": true, "compat": true, "graphql": true, "assets": true}
	if c.At("http") == nil {
		return []listener{
			{port: "8080", serves: web, at: c.Nearest("http")},
			{port: "8081", serves: map[string]bool{"health": true}, loopback: true, at: c.Nearest("http")},
		}, true
	}
	list := c.At("http", "listeners")
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil, false
	}
	var listeners []listener
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
		whole = whole && (known || !isSet(item.Get("prefix")))
		for _, bind := range binds.Items {
			l := listener{serves: serves, prefix: strings.Trim(prefix, "/"), at: bind.Position}
			if l.port, l.loopback, known = masBind(bind); !known {
				whole = false
				continue
			}
			listeners = append(listeners, l)
		}
	}
	return listeners, whole
}

// masBind returns the port of a bind and whether only the container reaches it. It is false for what is no TCP port that is known.
func masBind(bind *model.Node) (port string, loopback, known bool) {
	host, hasHost := bind.Get("host").Literal()
	if isSet(bind.Get("port")) {
		port, _ = bind.Get("port").Literal()
		return port, isLoopback(host), isPort(bind.Get("port")) && (hasHost || !isSet(bind.Get("host")))
	}
	address, known := bind.Get("address").Literal()
	if !known {
		return "", false, false
	}
	host, port, err := net.SplitHostPort(address)
	return port, isLoopback(host), err == nil && net.ParseIP(host) != nil // MAS takes no names
}
