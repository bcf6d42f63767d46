package read

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// brokenMounts returns what is wrong with files that do not parse, that tell by nothing what they were meant to be, and that a container has as the configuration of
// its product.
func (r *reader) brokenMounts(d *model.Deployment, dir string) []diag.Finding {
	var findings []diag.Finding
	seen := map[string]bool{}
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			if m.Document != nil || m.Source == "" || path.IsAbs(m.Source) {
				continue
			}
			name := path.Join(dir, m.Source)
			kind, f := mountedKind(s.Product, m.Target), r.files[name]
			if kind == "" || seen[name] || f == nil || f.kind != "" && f.kind != model.KindOther || f.isUnread || f.isBroken {
				continue
			}
			seen[name] = true
			if read := (&parser{surely: kind}).parse(name, []byte(r.text(name))); read.doc == nil {
				findings = append(findings, read.findings...)
				f.kind, f.isBroken, f.isMatrix, f.brokenKind = "", true, true, kind
			}
		}
	}
	return findings
}

// mountedKind returns what a product reads a file as, by its place in the container; "" if it may be something else.
func mountedKind(product, target string) model.DocumentKind {
	ext := path.Ext(target)
	isYAML := ext == ".yaml" || ext == ".yml"
	switch {
	case product == "element" && target == "/app/config.json":
		return model.KindElement
	case product == "mas" && isYAML:
		return model.KindMAS
	case product == "synapse" && isYAML && stemOf(target) == "homeserver":
		return model.KindSynapse
	case product == "livekit" && isYAML:
		return model.KindLiveKit
	}
	return ""
}

// stemOf returns the name of a file without its folder and its ending.
func stemOf(name string) string {
	base := path.Base(name)
	return base[:len(base)-len(path.Ext(base))]
}
