package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ownService returns a service of the operator's own as it runs from another folder: its paths are those of the machine, and whom it waits for has
// its new name.
func (o *Old) ownService(n *model.Node) *model.Node {
	c := *n
	c.Fields = slices.Clone(n.Fields)
	for i, f := range c.Fields {
		switch f.Key {
		case "environment":
			c.Fields[i].Value = withoutOwnSecrets(f.Value)
		case "volumes":
			c.Fields[i].Value = o.ownMounts(f.Value)
		case "env_file":
			c.Fields[i].Value = o.ownFiles(f.Value)
		case "build":
			c.Fields[i].Value = o.ownBuild(f.Value)
		case "depends_on":
			c.Fields[i].Value = o.dependencies(f.Value)
		}
	}
	return &c
}

// started returns a service without a profile that its .env file starts: beside the new files there is none.
func started(s *model.Service, n *model.Node) *model.Node {
	if s.Inactive {
		return n
	}
	c := *n
	c.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f model.Field) bool { return f.Key == "profiles" })
	return &c
}

// withoutOwnSecrets returns variables without those that come from a file of secrets.
func withoutOwnSecrets(n *model.Node) *model.Node {
	c := *n
	c.Fields, c.Items = nil, nil
	for _, f := range n.Fields {
		if !isOwnSecret(model.Variable{Name: f.Key, Value: f.Value}) {
			c.Fields = append(c.Fields, f)
		}
	}
	for _, item := range n.Items {
		name, value, _ := strings.Cut(item.Text, "=")
		node := *item
		node.Text = value
		if !isOwnSecret(model.Variable{Name: name, Value: &node}) {
			c.Items = append(c.Items, item)
		}
	}
	return &c
}

// readsSecrets makes a service of the operator's own read its secrets from the files of the stack.
func (o *Old) readsSecrets(s *model.Service, n *model.Node) *model.Node {
	files := list()
	for _, v := range inlineVariables(s) {
		if isOwnSecret(v) {
			files.Items = append(files.Items, text("./secrets/"+ownSlot(s.Name, v.Name)))
		}
	}
	if len(files.Items) == 0 {
		return n
	}
	c := *n
	c.Fields = slices.Clone(n.Fields)
	before := n.Get("env_file")
	if before != nil && before.Kind == model.String {
		before = list(before)
	}
	files.Items = append(slices.Clone(before.Entered()), files.Items...)
	set(&c, "env_file", files)
	return &c
}

// ownMounts returns mounts with paths of the machine and the new names of volumes.
func (o *Old) ownMounts(n *model.Node) *model.Node {
	mounts := list()
	for _, item := range n.Entered() {
		switch {
		case item.Kind == model.Map:
			c := *item
			c.Fields = slices.Clone(item.Fields)
			if source := item.Get("source"); source != nil && !source.Unknown {
				if item.Get("type").Is("bind") {
					set(&c, "source", valued(text(o.hostPath(source.Text)), source))
				} else {
					set(&c, "source", valued(text(o.volumeName(source.Text)), source))
				}
			}
			item = &c
		case item.Kind == model.String:
			item = valued(text(o.shortMount(item.Text)), item)
		}
		mounts.Items = append(mounts.Items, item)
	}
	return mounts
}

// shortMount returns the short form of a mount with its new source.
func (o *Old) shortMount(short string) string {
	source, rest, found := strings.Cut(short, ":")
	switch {
	case !found || strings.HasPrefix(source, "$"):
		return short
	case strings.HasPrefix(source, ".") || strings.Contains(source, "/"):
		return o.hostPath(source) + ":" + rest
	}
	return o.volumeName(source) + ":" + rest
}

// ownFiles returns the files of variables of a service, where they are on the machine.
func (o *Old) ownFiles(n *model.Node) *model.Node {
	if n.Kind == model.String {
		return valued(text(o.hostPath(n.Text)), n)
	}
	files := list()
	for _, item := range n.Entered() {
		if item.Kind == model.Map {
			item = o.located(item, "path")
		} else {
			item = valued(text(o.hostPath(item.Text)), item)
		}
		files.Items = append(files.Items, item)
	}
	return files
}

// ownBuild returns where an image is built from, on the machine.
func (o *Old) ownBuild(n *model.Node) *model.Node {
	if n.Kind == model.String && !strings.Contains(n.Text, "://") {
		return valued(text(o.hostPath(n.Text)), n)
	}
	return o.located(n, "context")
}
