package route

import (
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// FuzzCaddyfile looks for texts that the reader of Caddyfiles does not survive.
func FuzzCaddyfile(f *testing.F) {
	for _, text := range []string{
		"a.b {\n\treverse_proxy x:1\n}\n", "(s) {\n\theader X y\n}\n{\n}\na, b {\n\timport s\n\t@m not path /a*\n\trespond @m `x` 200\n}",
		"a {\n\thandle_path /a/* {\n\t\t@c {\n\t\t\tnot {\n\t\t\t\tpath /x\n\t\t\t}\n\t\t}\n\t\treverse_proxy @c \"b\" {\n\t\t\tto c\n\t\t}\n\t}\n}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		doc := &model.Document{Kind: model.KindCaddy, Format: model.Text, Root: &model.Node{Kind: model.String, Text: text, Position: diag.Position{Line: 1}}}
		d := &model.Deployment{Files: model.Files{Documents: []*model.Document{doc}}}
		ClosedDocuments(d, "/.well-known/matrix/client")
		linkCaddy(d, d)
		d.Answering(model.Request{Host: "a.b", Path: "/a/x", Method: "GET"})
	})
}
