package model

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Middleware is what a route does with requests and answers on their way: one of Traefik's, or a directive of Caddy or nginx.
type Middleware struct {
	Name string // with the provider if the route names it: headers@file
	// Defined says that its definition is visible.
	Defined  bool
	Position diag.Position
	Effects
}

// Effects is what a middleware does. The zero value does nothing that matters here.
type Effects struct {
	// Any says that it may do anything: its definition is not visible, or nobody knows what the word means.
	Any bool
	// Path is how it changes the paths of requests; nil if it leaves them.
	Path *Rewrite
	// Decodes says that paths are decoded on their way: what is %2F at the client arrives as a slash.
	Decodes bool
	// Guards says that not everybody gets through.
	Guards bool
	// SignIn says that a page or a window of the browser asks who somebody is before a request gets through; Asks is the address that decides, or
	// "" for a password.
	SignIn bool
	Asks   string
	// Redirects says whether it sends clients elsewhere.
	Redirects Redirect
	// ReplacesErrors says that what answers some requests is another service.
	ReplacesErrors bool
	// Reencodes says that answers arrive in another form than the service sent them, with another ETag.
	Reencodes bool
	// SetsHeaders says that it sets headers of answers. Added are those that it puts beside the ones of the service.
	SetsHeaders bool
	Added       []ResponseHeader
	// Preflight are the options of a middleware that may answer for the service what browsers may do, in Traefik's words; nil if it does not.
	Preflight *Node
	// Body is the largest body of a request that gets through; nil if it does not say.
	Body *Size
}

// Redirect says where a middleware sends clients instead.
type Redirect int

// The redirects: none, all requests to the same URL with another scheme, and some requests to wherever.
const (
	NoRedirect Redirect = iota
	RedirectScheme
	RedirectElsewhere
)

// Rewrite is a change of paths: the first of several prefixes that a path has is replaced.
type Rewrite struct {
	From []string
	To   string
	// Unknown says that it changes paths in another way, or in one that is not visible.
	Unknown bool
}

// Apply returns what a path becomes; false if that is not known. Stripping /a off /a and off /a/b gives / and /b.
func (w *Rewrite) Apply(path string) (string, bool) {
	if w.Unknown {
		return "", false
	}
	for _, prefix := range w.From {
		if rest, found := strings.CutPrefix(path, prefix); found {
			path = w.To + rest
			if !strings.HasPrefix(path, "/") {
				path = "/" + path
			}
			break
		}
	}
	return path, true
}

// ResponseHeader is a header of an answer.
type ResponseHeader struct {
	Name  string // in lower case
	Value string
}

// Size is a number of bytes; 0 is no limit.
type Size struct {
	Bytes int64
	// Unknown says that it is not visible.
	Unknown bool
}

// With returns the first middleware of the route that has an effect, or nil.
func (r *Route) With(has func(Effects) bool) *Middleware {
	if i := slices.IndexFunc(r.Middlewares, func(m Middleware) bool { return has(m.Effects) }); i >= 0 {
		return &r.Middlewares[i]
	}
	return nil
}

// RedirectsToScheme reports whether the route sends its requests to another scheme.
func (r *Route) RedirectsToScheme() bool {
	return r.With(func(e Effects) bool { return e.Redirects == RedirectScheme }) != nil
}

// KeepsPaths answers whether the route hands on its requests with their paths as they are.
func (r *Route) KeepsPaths() Answer {
	switch {
	case r.With(func(e Effects) bool { return e.Path != nil }) != nil:
		return No
	case r.With(func(e Effects) bool { return e.Any || e.Redirects == RedirectElsewhere || e.ReplacesErrors }) != nil:
		return CannotTell
	}
	return Yes
}

// Guarded answers whether not everybody gets through the route.
func (r *Route) Guarded() Answer {
	switch {
	case r.With(func(e Effects) bool { return e.Guards || e.Redirects == RedirectScheme }) != nil:
		return Yes
	case !r.Resolved || r.With(func(e Effects) bool { return e.Any || e.Redirects == RedirectElsewhere }) != nil:
		return CannotTell
	}
	return No
}

// ArrivesAs returns the path with which requests of the route for a path arrive at its service; false if that is not known.
func (r *Route) ArrivesAs(path string) (string, bool) {
	for _, m := range r.Middlewares {
		if m.Any || m.Redirects == RedirectElsewhere || m.ReplacesErrors {
			return "", false
		}
		if m.Path == nil {
			continue
		}
		var known bool
		if path, known = m.Path.Apply(path); !known {
			return "", false
		}
	}
	return path, true
}
