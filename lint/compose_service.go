package lint

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// composeOf returns the compose document that a service stands in, or nil.
func composeOf(d *model.Deployment, s *model.Service) *model.Document {
	var named []*model.Document
	for _, doc := range d.Documents {
		switch node := doc.Root.At("services", s.Name); {
		case doc.Kind != model.KindCompose || node == nil:
		case node == s.Node:
			return doc
		default:
			named = append(named, doc)
		}
	}
	for _, doc := range named {
		// The nodes of a compiled document stand in many files, but then there is only one document.
		if len(named) == 1 || doc.Root.Position.File == s.Position.File {
			return doc
		}
	}
	return nil
}

// isWhole says that what a service does not have stands nowhere else: it is no excerpt, and extends no service of another file.
func isWhole(d *model.Deployment, s *model.Service) bool {
	doc := composeOf(d, s)
	return doc != nil && (!doc.Excerpt || d.Guide && isSet(s.Node.Get("image"))) && !doc.Template && s.Node.Get("extends") == nil && s.Node.Get("volumes_from") == nil
}

// runsImage says that a service runs a published image and the program that the image starts by itself.
func runsImage(s *model.Service) bool {
	return s.Image.Known && !isSet(s.Node.Get("build")) && !isSet(s.Node.Get("entrypoint"))
}

// isHostNetwork says that the service has no network of its own.
func isHostNetwork(s *model.Service) bool { return isSet(s.Node.Get("network_mode")) }

// mountsKnown says that the paths of the container at which something is mounted are all known.
func mountsKnown(d *model.Deployment, s *model.Service) bool {
	if !isWhole(d, s) {
		return false
	}
	volumes := s.Node.Get("volumes")
	if volumes == nil {
		return true
	}
	for _, item := range volumes.Items {
		if item.Kind == model.Map {
			if _, known := item.Get("target").Literal(); !known {
				return false
			}
		} else if written := writtenText(item); item.Unknown && !strings.Contains(written, ":/") {
			return false
		}
	}
	return true
}

// inContainer returns the clean absolute path of a file in the container, for a program that starts in the working directory of the service.
func inContainer(s *model.Service, name string) string {
	folder, _ := s.Node.Get("working_dir").Literal()
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", folder, name)
}

// environmentPosition returns where a variable of the service is set, or where it would be.
func environmentPosition(s *model.Service, name string) diag.Position {
	at := s.Position
	if f := s.Node.Field("environment"); f != nil {
		at = f.Position
	}
	for _, v := range s.Environment {
		if v.Name == name {
			at = v.Position
			if v.Value != nil {
				at = v.Value.Position
			}
		}
	}
	return at
}

// environmentKnown says that every variable of the service is visible: there is no env_file that is not among the documents.
func environmentKnown(d *model.Deployment, s *model.Service) bool {
	if !isWhole(d, s) {
		return false
	}
	files := s.Node.Get("env_file")
	if files == nil {
		return true
	}
	items := files.Items
	if files.Kind != model.List {
		items = []*model.Node{files}
	}
	for _, item := range items {
		if item.Kind == model.Map {
			item = item.Get("path")
		}
		name, known := item.Literal()
		if !known || envDocument(d, name) == nil {
			return false
		}
	}
	return true
}

// envDocument returns the env file at a path that a compose document names, or nil.
func envDocument(d *model.Deployment, name string) *model.Document {
	name = path.Clean(name)
	for _, doc := range d.Documents {
		if doc.Kind == model.KindEnv && (doc.Name == name || path.Base(doc.Name) == path.Base(name) && strings.HasSuffix(doc.Name, "/"+name)) {
			return doc
		}
	}
	return nil
}
