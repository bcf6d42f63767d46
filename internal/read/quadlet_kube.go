package read

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/model"
)

// filesOfUnits is the key under which a compose file that is made of units names the files of pods that these start.
const filesOfUnits = "x-quadlet-files"

// kube adds the containers of the pod that a unit starts from a file of Kubernetes: podman-kube-play(1). They share one network, and are found by names
// that depend on Podman's version.
func (q *quadlets) kube(doc *model.Document) {
	c := sectionOf(doc, "Kube")
	file := c.last("Yaml")
	if file == nil || file.Unknown || path.IsAbs(file.Text) {
		return
	}
	name := path.Join(path.Dir(doc.Name), file.Text)
	files := childOf(q.root, filesOfUnits, model.List)
	files.Items = append(files.Items, &model.Node{Kind: model.String, Text: name, Position: file.Position})
	pod, spec := podOf(q.others[name])
	if spec == nil {
		return
	}
	s := q.entry("services", unitName(doc.Name), c.at)
	s.add("x-quadlet", &model.Node{Kind: model.String, Text: unitName(doc.Name), Position: c.at.Position})
	s.text("container_name", nil, pod)
	q.networks(s, c)
	s.list("ports", c.values("PublishPort"))
	for _, container := range spec.Get("containers").Entered() {
		q.kubeContainer(doc, pod, spec, container)
	}
}

// podOf returns the name and the specification of the pod in a file of Kubernetes, or nil.
func podOf(doc *model.Document) (string, *model.Node) {
	if doc == nil || doc.Root == nil {
		return "", nil
	}
	name, _ := doc.Root.At("metadata", "name").Literal()
	switch kind, _ := doc.Root.Get("kind").Literal(); kind {
	case "Pod":
		return name, doc.Root.Get("spec")
	case "Deployment", "DaemonSet":
		return name + "-pod", doc.Root.At("spec", "template", "spec")
	}
	return "", nil
}

func (q *quadlets) kubeContainer(doc *model.Document, pod string, spec, container *model.Node) {
	name, known := container.Get("name").Literal()
	if !known {
		return
	}
	service := name
	if q.root.At("services", name) != nil { // another unit is called so
		service = pod + "-" + name
	}
	s := q.entry("services", service, container)
	s.add("x-quadlet", &model.Node{Kind: model.String, Text: unitName(doc.Name), Position: container.Position})
	s.text("container_name", nil, pod+"-"+name)
	s.text("hostname", nil, pod)
	s.text("network_mode", nil, unitName(doc.Name))
	for _, same := range [][2]string{{"image", "image"}, {"entrypoint", "command"}, {"command", "args"}, {"working_dir", "workingDir"}} {
		if value := container.Get(same[1]); value != nil {
			s.add(same[0], value)
		}
	}
	variables := mapping{&model.Node{Kind: model.Map, Position: container.Position}}
	for _, v := range container.Get("env").Entered() {
		value := v.Get("value")
		if value == nil { // it is in a secret or a map
			value = &model.Node{Kind: model.String, Position: v.Position, Unknown: true}
		}
		if key, known := v.Get("name").Literal(); known {
			variables.add(key, value)
		}
	}
	if len(variables.Fields) > 0 {
		s.add("environment", variables.Node)
	}
	if from := container.Get("envFrom"); from != nil {
		s.list("env_file", []*model.Node{{Kind: model.String, Position: from.Position, Unknown: true}})
	}
	for _, mount := range container.Get("volumeMounts").Entered() {
		q.kubeMount(s, spec, mount)
	}
}

// kubeMount mounts a volume of a pod: a folder of the host, a volume of Podman, or what a map or a secret holds.
func (q *quadlets) kubeMount(s mapping, spec, mount *model.Node) {
	name, _ := mount.Get("name").Literal()
	target := mount.Get("mountPath")
	for _, volume := range spec.Get("volumes").Entered() {
		if target == nil || !volume.Get("name").Is(name) {
			continue
		}
		m := mapping{&model.Node{Kind: model.Map, Position: mount.Position}}
		kind, source := "bind", volume.At("hostPath", "path")
		if claim := volume.At("persistentVolumeClaim", "claimName"); claim != nil {
			kind, source = "volume", claim
			q.outside("volumes", claim.Text, claim)
		}
		if source == nil {
			source = &model.Node{Kind: model.String, Position: volume.Position, Unknown: true}
		}
		m.text("type", nil, kind)
		m.add("source", source)
		m.add("target", target)
		s.append("volumes", m.Node)
	}
}
