package container

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ComposeOf returns the compose document that a service stands in, or nil.
func ComposeOf(d *model.Deployment, s *model.Service) *model.Document {
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

// IsWhole says that what a service does not have stands nowhere else: it is no excerpt, and extends no service of another file.
func IsWhole(d *model.Deployment, s *model.Service) bool {
	doc := ComposeOf(d, s)
	return doc != nil && (!doc.Excerpt || d.Guide && s.Node.Get("image").IsSet()) && !doc.Template && s.Node.Get("extends") == nil && s.Node.Get("volumes_from") == nil
}

// RunsImage says that a service runs a published image and the program that the image starts by itself.
func RunsImage(s *model.Service) bool {
	return s.Image.Known && !s.Node.Get("build").IsSet() && !s.Node.Get("entrypoint").IsSet()
}

// RunsRelease says the same as [RunsImage], whichever release the image is: of its tag nothing need be known.
func RunsRelease(s *model.Service) bool {
	return s.Image.Repository != "" && !strings.ContainsAny(s.Image.Repository, "${}<>") && !s.Node.Get("build").IsSet() && !s.Node.Get("entrypoint").IsSet()
}

// IsHostNetwork says that the service has no network of its own.
func IsHostNetwork(s *model.Service) bool { return s.Node.Get("network_mode").IsSet() }

// MountsKnown says that the paths of the container at which something is mounted are all known.
func MountsKnown(d *model.Deployment, s *model.Service) bool {
	if !IsWhole(d, s) {
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

// InContainer returns the clean absolute path of a file in the container, for a program that starts in the working directory of the service.
func InContainer(s *model.Service, name string) string {
	folder, _ := s.Node.Get("working_dir").Literal()
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", folder, name)
}

// EnvironmentPosition returns where a variable of the service is set, or where it would be.
func EnvironmentPosition(s *model.Service, name string) diag.Position {
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

// EnvironmentKnown says that every variable of the service is visible: there is no env_file that is not among the documents.
func EnvironmentKnown(d *model.Deployment, s *model.Service) bool {
	if !IsWhole(d, s) {
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

// EnvFiles returns the files of variables of a service in which Compose puts in the values of others, as far as they are among the documents. One
// with format: raw is taken as it stands.
func EnvFiles(d *model.Deployment, s *model.Service) []*model.Document {
	files := s.Node.Get("env_file")
	items := files.Entered()
	if files != nil && files.Kind != model.List {
		items = []*model.Node{files}
	}
	var docs []*model.Document
	for _, item := range items {
		if item.Kind == model.Map {
			if item.Get("format").IsSet() {
				continue
			}
			item = item.Get("path")
		}
		if name, known := item.Literal(); known {
			if doc := envDocument(d, name); doc != nil && doc.Root != nil {
				docs = append(docs, doc)
			}
		}
	}
	return docs
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

// IsProgram says that a word is the name of a program, and no command of mas-cli.
func IsProgram(word string) bool {
	return strings.HasPrefix(word, "/") || slices.Contains([]string{"mas-cli", "sh", "bash", "ash", "exec"}, word)
}

// HasTmpfs says that the container has a folder of its own in memory at the path, or may have.
func HasTmpfs(s *model.Service, folder string) bool {
	tmpfs := s.Node.Get("tmpfs")
	if tmpfs == nil {
		return false
	}
	items := tmpfs.Items
	if tmpfs.Kind != model.List {
		items = []*model.Node{tmpfs}
	}
	return slices.ContainsFunc(items, func(item *model.Node) bool {
		text, known := item.Literal()
		target, _, _ := strings.Cut(text, ":")
		return !known || path.Clean(target) == folder || strings.HasPrefix(folder, path.Clean(target)+"/")
	})
}

// HasForeignNetwork says that a service may reach others by names that the compose file does not have.
func HasForeignNetwork(d *model.Deployment, s *model.Service) bool {
	for _, attached := range s.Networks {
		if network, found := d.Networks[attached.Network]; !found && attached.Network != "default" || network.External {
			return true
		}
	}
	return false
}

// IsOnForeignNetwork says that a service is on a network that is made elsewhere and that another service of the deployment is not on: there may be one
// like that other on it.
func IsOnForeignNetwork(d *model.Deployment, s, other *model.Service) bool {
	if other == nil || d.Service(other.Name) != other {
		return false
	}
	return slices.ContainsFunc(s.Networks, func(a model.Attachment) bool {
		return d.Networks[a.Network].External && !slices.ContainsFunc(other.Networks, func(b model.Attachment) bool { return b.Network == a.Network })
	})
}

// HasOnlyItsProgram says that nothing but the program itself can be started in the image of a service: neither a shell nor curl, as in that of MAS.
func HasOnlyItsProgram(s *model.Service) bool {
	return s.Product == "mas" && s.Image.Holds == "" && !strings.Contains(s.Image.Tag, "debug") && (s.Image.Tag != "" || s.Image.Digest == "")
}

// IsOfficial says that an image is the one of Docker's library, by any of its names.
func IsOfficial(image model.Image) bool {
	repository := strings.TrimPrefix(strings.TrimPrefix(image.Repository, "docker.io/"), "library/")
	return image.Known && !strings.Contains(repository, "/")
}

// IsOf says that an image is one that a project publishes under these names, by whatever registry or mirror it comes. Another of the same last name
// may have a program of its own in front.
func IsOf(image model.Image, names ...string) bool {
	return image.Known && slices.ContainsFunc(names, func(name string) bool {
		return image.Repository == name || strings.HasSuffix(image.Repository, "/"+name)
	})
}
