package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// splitVolume splits the short form of a volume: source:target:mode, or a target alone. A colon in braces does not count.
func splitVolume(text string) (source, target string) {
	depth, begin := 0, 0
	var parts []string
	for i := range len(text) {
		switch c := text[i]; {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ':' && depth == 0:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	if len(parts) == 0 {
		return "", text
	}
	target = text[begin:]
	if len(parts) > 1 {
		target = parts[1]
	}
	return parts[0], target
}

// mounts returns what a service has mounted: volumes, tmpfs, secrets and configs, in this order.
func (p *project) mounts(service *model.Node) []model.Mount {
	var mounts []model.Mount
	if volumes := service.Get("volumes"); volumes != nil {
		for _, v := range volumes.Items {
			if m, ok := p.volume(v); ok {
				mounts = append(mounts, m)
			}
		}
	}
	if list := asList(service.Get("tmpfs")); list != nil {
		for _, t := range list.Items {
			target, _, _ := strings.Cut(t.Text, ":")
			mounts = append(mounts, model.Mount{Type: "tmpfs", Target: path.Clean(target), Position: t.Position})
		}
	}
	for _, kind := range []string{"secret", "config"} {
		if grants := service.Get(kind + "s"); grants != nil {
			for _, g := range grants.Items {
				mounts = append(mounts, p.grant(kind, g))
			}
		}
	}
	for i := range mounts {
		if m := &mounts[i]; m.Document == nil && m.Type != "volume" && m.Source != "" && !path.IsAbs(m.Source) {
			m.Document = p.documents[path.Join(p.dir, m.Source)]
		}
	}
	return mounts
}

func (p *project) volume(v *model.Node) (model.Mount, bool) {
	m := model.Mount{Position: v.Position}
	if v.Kind == model.Map {
		m.Type = textOf(v.Get("type"))
		m.Source, m.Target, m.ReadOnly = textOf(v.Get("source")), path.Clean(textOf(v.Get("target"))), v.Get("read_only").True()
		if m.Type == "" {
			m.Type = "volume"
		}
	} else {
		source, target := splitVolume(v.Text)
		if target == "" {
			return m, false
		}
		m.Source, m.Target, m.Type = source, path.Clean(target), "volume"
		options := v.Text[strings.LastIndex(v.Text, ":")+1:]
		m.ReadOnly = slices.Contains(strings.Split(options, ","), "ro")
		if strings.HasPrefix(source, ".") || strings.HasPrefix(source, "~") || strings.Contains(source, "/") || strings.HasPrefix(source, "$") {
			m.Type = "bind"
		}
	}
	if m.Type == "volume" && m.Source != "" { // a volume that is a folder of the host by another name
		if options := p.root.At("volumes", m.Source, "driver_opts"); options.Get("device") != nil && strings.Contains(textOf(options.Get("o")), "bind") {
			m.Type, m.Source = "bind", textOf(options.Get("device"))
		}
	}
	if m.Type == "bind" && m.Source != "" {
		m.Source = path.Clean(m.Source)
	}
	return m, true
}

// grant returns the mount of a secret or a config.
func (p *project) grant(kind string, g *model.Node) model.Mount {
	name := grantSource(g)
	m := model.Mount{Type: kind, Target: textOf(g.Get("target")), Position: g.Position}
	folder := "/"
	if kind == "secret" {
		folder = "/run/secrets/"
	}
	if m.Target == "" {
		m.Target = name
	}
	if !path.IsAbs(m.Target) {
		m.Target = folder + m.Target
	}
	m.Target = path.Clean(m.Target)
	definition := p.root.At(kind+"s", name)
	m.Rendered = definition.Get("template_driver").IsSet()
	switch file, variable := textOf(definition.Get("file")), textOf(definition.Get("environment")); {
	case file != "":
		m.Source = path.Clean(file)
	case variable != "":
		m.Source = "$" + variable
	case definition.Get("content") == nil:
		m.Source = "$" + kind + ":" + name // from outside of the compose file
	}
	m.Document = p.inline[name]
	if kind == "secret" || definition.Get("content") == nil {
		m.Document = nil
	}
	return m
}

// textOf returns the text of a scalar, known or not.
func textOf(n *model.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
