package emit

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

const (
	composeFormat = "compose.#Config"
	// hashLabel makes `docker compose up -d` create a container anew when a file that it mounts has changed: compose compares the
	// service's definition, not the content of files (https://github.com/docker/compose/issues/11900).
	hashLabel = "matrixgen.config-hash"
)

// withHashes returns the compose document with the label on every service that mounts generated files.
func withHashes(compose *model.Node, files []File) *model.Node {
	services := compose.Get("services")
	if services == nil {
		return compose
	}
	labelled := make([]model.Field, len(services.Fields))
	for i, service := range services.Fields {
		if hash := mountHash(service.Value, files); hash != "" {
			service.Value = withLabel(service.Value, hash)
		}
		labelled[i] = service
	}
	return with(compose, "services", &model.Node{Kind: model.Map, Fields: labelled, Position: services.Position})
}

// Hashes returns for each service that mounts generated files the hash that its container has when it was made of these.
func Hashes(of *model.Files) (map[string]string, error) {
	files, err := Render(of)
	if err != nil {
		return nil, err
	}
	hashes := map[string]string{}
	for i, doc := range of.Documents {
		if doc.Upstream != composeFormat {
			continue
		}
		files[i].Content = nil // the compose file is none that counts
		for _, service := range doc.Root.Get("services").Entries() {
			if hash := mountHash(service.Value, files); hash != "" {
				hashes[service.Key] = hash
			}
		}
	}
	return hashes, nil
}

// mountHash returns a hash of the generated files that the service mounts, or "" if it mounts none.
func mountHash(service *model.Node, files []File) string {
	found := mounted(service, files)
	if len(found) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, file := range found {
		sum.Write([]byte(file.Name + "\x00"))
		sum.Write(file.Content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// mounted returns the generated files that the service mounts, as often as it does.
func mounted(service *model.Node, files []File) []File {
	var found []File
	volumes := service.Get("volumes")
	if volumes == nil {
		return nil
	}
	for _, volume := range volumes.Items {
		source := volume.Text
		if volume.Kind == model.Map && volume.Get("source") != nil {
			source = volume.Get("source").Text
		}
		source, _, _ = strings.Cut(source, ":") // the short form: source:target:mode
		relative := source == "." || strings.HasPrefix(source, "./")
		name := path.Clean(source)
		for _, file := range files {
			if relative && file.Content != nil && (name == "." || file.Name == name || strings.HasPrefix(file.Name, name+"/")) {
				found = append(found, file)
			}
		}
	}
	return found
}

func withLabel(service *model.Node, hash string) *model.Node {
	value := &model.Node{Kind: model.String, Text: hash}
	labels := service.Get("labels")
	if labels != nil && labels.Kind == model.List {
		value.Text = hashLabel + "=" + hash
		return with(service, "labels", &model.Node{Kind: model.List, Items: append(slices.Clone(labels.Items), value)})
	}
	if labels == nil {
		labels = &model.Node{Kind: model.Map}
	}
	return with(service, "labels", with(labels, hashLabel, value))
}

// with returns a copy of the map in which the key has the value.
func with(n *model.Node, key string, value *model.Node) *model.Node {
	changed := *n
	changed.Fields = slices.Clone(n.Fields)
	if i := slices.IndexFunc(changed.Fields, func(f model.Field) bool { return f.Key == key }); i >= 0 {
		changed.Fields[i].Value = value
		return &changed
	}
	changed.Fields = append(changed.Fields, model.Field{Key: key, Value: value})
	return &changed
}
