package read

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// attachments returns the networks of a service.
func attachments(service *model.Node) []model.Attachment {
	if mode := service.Get("network_mode"); mode != nil {
		return nil
	}
	networks := asMap(service.Get("networks"))
	if networks == nil || len(networks.Fields) == 0 {
		return []model.Attachment{{Network: "default", Position: service.Position}}
	}
	var attached []model.Attachment
	for _, f := range networks.Fields {
		a := model.Attachment{Network: f.Key, Position: f.Position}
		if aliases := f.Value.Get("aliases"); aliases != nil {
			for _, alias := range aliases.Items {
				a.Aliases = append(a.Aliases, alias.Text)
			}
		}
		attached = append(attached, a)
	}
	return attached
}

// networks returns the networks of the project by their key.
func (p *project) networks(deployment string) map[string]model.Network {
	name := p.name(deployment)
	real := func(key string) string {
		if name == "" {
			return ""
		}
		return name + "_" + key
	}
	networks := map[string]model.Network{"default": {Name: real("default"), Position: diag.Position{}}}
	declared := p.root.Get("networks")
	if declared == nil {
		return networks
	}
	for _, f := range declared.Fields {
		n := model.Network{Name: real(f.Key), Position: f.Position, Internal: f.Value.Get("internal").True() || f.Value.Get("internal").Is("true")}
		external := f.Value.Get("external")
		n.External = external.True() || external.Is("true") || external != nil && external.Kind == model.Map
		if n.External {
			n.Name, n.Shared = f.Key, true
		}
		if given := cmpNode(external.Get("name"), f.Value.Get("name")); given != nil {
			n.Name, _ = given.Literal()
			n.Shared = true
		}
		networks[f.Key] = n
	}
	return networks
}

func cmpNode(a, b *model.Node) *model.Node {
	if a != nil {
		return a
	}
	return b
}

// name returns the name of the project: given in the file or by COMPOSE_PROJECT_NAME, or that of the folder; "" if it is not known.
func (p *project) name(folder string) string {
	if name := p.root.Get("name"); name != nil {
		text, _ := name.Literal()
		return text
	}
	if name, set := p.env.variables["COMPOSE_PROJECT_NAME"]; set && !name.Unknown {
		return name.Text
	}
	if ext := path.Ext(folder); ext == ".yml" || ext == ".yaml" {
		folder = path.Dir(folder) // one of several compose files of a folder
	}
	base := path.Base(path.Join(folder, p.dir))
	if base == "." || base == "/" || strings.HasPrefix(base, "..") {
		return ""
	}
	return strings.TrimLeft(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, base), "-_")
}
