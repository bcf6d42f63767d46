package route

import (
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// FuzzNginx looks for texts that the reader of nginx's files does not survive.
func FuzzNginx(f *testing.F) {
	for _, text := range []string{
		"server { listen 443 ssl; server_name a.b ~x .c *.d e.*; location / { proxy_pass http://a:1/; } }",
		"upstream u { server a:1; } server { set $x u; location ~ ^/a { location ~ b { proxy_pass http://$x; } } location ^~ /c/ { return 200 '{}'; } }",
		"http { include x; server { if ($host = a.b) { return 301 /x; } rewrite ^/a /b last; location = /x { limit_except GET { deny all; } } } }",
		"${X}\nserver { {{ y }} }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		doc := &model.Document{Name: "x", Kind: model.KindNginx, Format: model.Text,
			Root: &model.Node{Kind: model.String, Text: text, Position: diag.Position{Line: 1}}}
		d := &model.Deployment{Files: model.Files{Documents: []*model.Document{doc}}}
		ClosedDocuments(d, "/.well-known/matrix/client")
		linkNginx(d, d)
		d.Answering(model.Request{Host: "a.b", Path: "/a/x", Method: "GET"})
	})
}
