package read

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// rebase makes the relative paths of a compose tree relative to another folder; prefix leads from there to the old one.
func rebase(root *model.Node, prefix string) {
	if root == nil {
		return
	}
	moved := map[*model.Node]bool{} // services that extend another share nodes with it
	move := func(n *model.Node) {
		if n == nil || moved[n] {
			return
		}
		moved[n] = true
		if source, _ := splitVolume(n.Text); source != n.Text && strings.HasPrefix(source, ".") {
			n.Text = "./" + path.Join(prefix, source) + strings.TrimPrefix(n.Text, source)
		} else if n.Kind == model.String && n.Text != "" && !path.IsAbs(n.Text) && n.Text[0] != '~' && n.Text[0] != '$' {
			n.Text = "./" + path.Join(prefix, n.Text)
		}
	}
	for _, key := range []string{"secrets", "configs"} {
		if files := root.Get(key); files != nil {
			for _, f := range files.Fields {
				move(f.Value.Get("file"))
			}
		}
	}
	services := root.Get("services")
	if services == nil {
		return
	}
	for _, service := range services.Fields {
		rebaseService(service.Value, prefix, move)
	}
}

func rebaseService(service *model.Node, prefix string, move func(*model.Node)) {
	if files := asList(service.Get("env_file")); files != nil {
		for _, file := range files.Items {
			if file.Kind == model.Map {
				file = file.Get("path")
			}
			move(file)
		}
	}
	volumes := service.Get("volumes")
	if volumes == nil {
		return
	}
	for _, v := range volumes.Items {
		if v.Kind == model.Map {
			if v.Get("type").Is("bind") {
				move(v.Get("source"))
			}
			continue
		}
		if strings.HasPrefix(v.Text, ".") {
			move(v)
		}
	}
}
