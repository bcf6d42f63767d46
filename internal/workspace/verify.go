package workspace

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/verify"
)

// Server is one Matrix server whose files say how it should run.
type Server struct {
	// Name is the stack, or the folder.
	Name       string
	Deployment *model.Deployment
	// Dir is the folder that the files of its findings are relative to, and Files what it holds.
	Dir   string
	Files fs.FS
	// Stack is what the deployment was compiled from; nil for files that others wrote.
	Stack *Stack
}

// Place puts findings where the operator can act on them.
func (s Server) Place(findings []diag.Finding) []diag.Finding {
	if s.Stack == nil {
		return diag.Sort(findings)
	}
	return s.Stack.place(findings, provenance.Sieve{})
}

// Folder returns the folder of its compose file.
func (s Server) Folder() string {
	if s.Stack != nil {
		return filepath.Join(s.Dir, OutFolder, filepath.FromSlash(s.Name))
	}
	return filepath.Join(s.Dir, filepath.FromSlash(path.Dir(composePath(s.Deployment))))
}

// ServerOfStack returns the server that a stack of the repository is. With findings there is none: the stack does not compile.
func ServerOfStack(compiler *compile.Compiler, root, stack string) (Server, []diag.Finding, error) {
	files := os.DirFS(root)
	s, findings, err := Load(compiler, files, stack)
	if err != nil || s == nil {
		return Server{}, findings, err
	}
	return Server{Name: stack, Deployment: s.Deployment, Dir: root, Files: files, Stack: s}, nil, nil
}

// ServersIn returns the servers that a directory describes, and what of it cannot be read. dir is the folder that a relative name begins at.
func ServersIn(ctx context.Context, dir, name string) ([]Server, []diag.Finding, error) {
	at, guide, err := folderOf(join(dir, name), name)
	if err != nil {
		return nil, nil, err
	}
	if guide != "" {
		return nil, nil, refuse("give the directory with the files", "a guide does not run")
	}
	source, err := Directory(ctx, at, false)
	if err != nil {
		return nil, nil, err
	}
	found, findings, err := link.Read(source)
	if err != nil {
		return nil, nil, err
	}
	var servers []Server
	for _, parts := range graph.Pictures(slices.DeleteFunc(found, isOverlay)) {
		for _, d := range parts {
			if verify.IsServer(d) {
				servers = append(servers, Server{Name: path.Join(filepath.ToSlash(name), d.Name), Deployment: d, Dir: at, Files: source})
			}
		}
	}
	if len(servers) == 0 {
		return nil, findings, refuse("verify asks for the public addresses that configurations of Synapse or MAS name, with https://; placeholders are none", "there is no server to ask in %s", name)
	}
	return servers, findings, nil
}

// Machine returns what the files say of the machine that the server runs on.
func (s Server) Machine() (verify.Machine, error) {
	m := verify.Machine{Project: s.project(), Docker: verify.Docker}
	if s.Stack == nil {
		return m, nil
	}
	var err error
	if m.Hashes, err = emit.Hashes(&s.Deployment.Files); err != nil {
		return m, err
	}
	compose := s.Stack.Compiled.Root("docker-compose.yml")
	for _, slot := range s.Stack.Compiled.Slots {
		for _, file := range slot.Files {
			if compose.At("secrets", file.Name, "environment") == nil {
				m.Secrets = append(m.Secrets, file)
			}
		}
	}
	folder := filepath.Join(s.Folder(), "secrets")
	m.Held = func(file model.SecretFile) (string, error) { return secret.Held(folder, file) }
	return m, nil
}

// project returns the name that Compose gives the containers of the server: what the file says, else what its folder is called.
// https://docs.docker.com/compose/how-tos/project-name/
func (s Server) project() string {
	for _, doc := range s.Deployment.Documents {
		if name, known := doc.Root.Get("name").Literal(); known && doc.Kind == model.KindCompose && doc.Root.Get("services") != nil {
			return name
		}
	}
	folder, err := filepath.Abs(s.Folder())
	if err != nil {
		folder = s.Folder()
	}
	return strings.TrimLeft(regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(strings.ToLower(filepath.Base(folder)), ""), "_-")
}
