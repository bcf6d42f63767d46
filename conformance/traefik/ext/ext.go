// Package ext stands in for the module that Traefik keeps in its own repository and publishes nowhere: its go.mod replaces it by a folder, and a replacement
// counts in the main module alone. Other editions of Traefik extend the configuration there; in the open one both types are empty.
package ext

// HTTP extends an HTTP configuration by nothing.
type HTTP struct{}

// DeepCopyInto copies nothing.
func (*HTTP) DeepCopyInto(*HTTP) {}

// Router extends a router by nothing.
type Router struct{}

// DeepCopyInto copies nothing.
func (*Router) DeepCopyInto(*Router) {}
