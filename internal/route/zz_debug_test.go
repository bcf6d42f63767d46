package route_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/route"
)

func TestDebug(t *testing.T) {
	ds, _, err := read.Deployments(os.DirFS(os.Getenv("DIR")))
	if err != nil {
		t.Skip()
	}
	route.Link(ds...)
	for _, d := range ds {
		fmt.Println("##", d.Name, d.Proxy != nil)
		for _, doc := range d.Documents {
			fmt.Println("  doc", doc.Name, doc.Kind, doc.Template)
		}
		for _, s := range d.Services {
			fmt.Println("  svc", s.Name, s.Product, s.Inactive)
		}
		if d.Proxy != nil {
			fmt.Printf("  proxy %+v\n", d.Proxy)
		}
		for _, r := range d.Routes {
			fmt.Println("  ", r.Provider, r.Position.File, r.Position.Line, r.Resolved, r.Serves, r.Matcher.Hosts(), len(r.Middlewares))
		}
		for _, u := range strings.Fields(os.Getenv("URLS")) {
			h, p, _ := strings.Cut(u, "/")
			fmt.Println("   ", u, answering(d, model.Request{Host: h, Path: "/" + p, Method: "GET"}))
		}
		for _, c := range route.ClosedDocuments(d, "/.well-known/matrix/client") {
			fmt.Println("closed", c.Position, c.Text)
		}
	}
}
