package workspace

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// folderOf returns the folder that a path names, and the guide in it if the path names one. name is the path as it was given.
func folderOf(at, name string) (folder, guide string, err error) {
	info, err := os.Stat(at)
	switch {
	case err == nil && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(at), ".md"):
		return filepath.Dir(at), filepath.Base(at), nil
	case errors.Is(err, fs.ErrNotExist):
		return "", "", refuse("give a directory, a file, or a guide that ends in .md", "there is no %s", name)
	case err != nil || !info.IsDir():
		return "", "", refuse("give a directory, or a guide that ends in .md", "%s is not a directory", name)
	}
	return at, "", nil
}

// SettingsAbove returns a settings file that somebody may believe to count for a folder, and that does not: the nearest above it in the repository,
// if the folder has none of its own.
func SettingsAbove(dir string) string {
	start, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, compile.SettingsFile)); err == nil {
			if dir == start {
				return ""
			}
			return filepath.Join(dir, compile.SettingsFile)
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// rest is what there is to say of a folder or a guide beside its deployments: what of it cannot be read, how many files were looked at, and whether
// any is of Matrix.
type rest struct {
	findings  []diag.Finding
	files     int
	hasMatrix bool
}

// linkPath links the deployments of Matrix in a folder one after another, or that of a guide in it. tellRest may be asked when all of them were taken.
func linkPath(files fs.FS, guide string) (deployments iter.Seq[*model.Deployment], tellRest func() rest, err error) {
	if guide != "" {
		deployments, findings, err := linkWhole(files, guide)
		return slices.Values(deployments), func() rest { return rest{findings, 1, true} }, err
	}
	tree, err := read.Open(files)
	if err != nil {
		return nil, nil, err
	}
	tellRest = func() rest {
		if !tree.HasMatrix() {
			return rest{findings: tree.Left(), files: tree.Looked()} // what is wrong with other programs is for others to say
		}
		return rest{tree.Findings(), tree.Looked(), true}
	}
	return link.Tree(tree), tellRest, nil
}

// linkWhole links all deployments in a folder, or those of a guide in it.
func linkWhole(files fs.FS, guide string) ([]*model.Deployment, []diag.Finding, error) {
	if guide == "" {
		return link.Read(files)
	}
	text, err := fs.ReadFile(files, guide)
	if err != nil {
		return nil, nil, err
	}
	found, findings, err := read.Markdown(guide, text)
	return link.Deployments(found...), findings, err
}

// Drawn returns the one deployment that is worth a picture in a directory, in a guide, or of a compose file: its parts, if it is a server in several
// folders. dir is the folder that a relative name
// begins at. If there is none, an error comes with the findings, and with the files that they are in; close these after use.
func Drawn(ctx context.Context, dir, name string) ([]*model.Deployment, Source, []diag.Finding, error) {
	folder, file := name, ""
	if info, err := os.Stat(join(dir, name)); err == nil && info.Mode().IsRegular() && !strings.EqualFold(filepath.Ext(name), ".md") {
		folder, file = filepath.Dir(name), filepath.Base(name)
	}
	at, guide, err := folderOf(join(dir, folder), folder)
	if err != nil {
		return nil, Source{}, nil, err
	}
	source, err := Directory(ctx, at, false)
	if err != nil {
		return nil, Source{}, nil, err
	}
	deployments, findings, err := linkWhole(source, guide)
	if err != nil {
		return nil, source, nil, err
	}
	drawn := graph.Pictures(slices.DeleteFunc(deployments, func(d *model.Deployment) bool {
		return file != "" && composePath(d) != file || file == "" && isOverlay(d)
	}))
	switch len(drawn) {
	case 0:
		return nil, source, diag.Sort(findings), refuse("graph draws compose files, and configurations of Synapse, MAS and Element Web", "there is nothing to draw in %s", name)
	case 1:
		return drawn[0], source, nil, nil
	}
	var names []string
	for _, parts := range drawn {
		names = append(names, path.Join(filepath.ToSlash(folder), composePath(parts[0])))
	}
	return nil, source, nil, refuse("name one of them: "+strings.Join(names, ", "), "%s holds %d deployments", name, len(drawn))
}

// isOverlay reports whether a deployment is a variant of another: one with a compose file that is laid over that one's.
func isOverlay(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return doc.Overlay })
}

// join returns where a file is that a name names from a folder.
func join(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// composePath returns the path of the first compose file of a deployment that was read, or its folder if it has none.
func composePath(d *model.Deployment) string {
	dir := d.Name
	if ext := path.Ext(dir); ext == ".yml" || ext == ".yaml" {
		return dir
	}
	first := ""
	for _, doc := range d.Documents {
		isOfServices := doc.Root != nil && len(d.Services) > 0 && doc.Root.Position.File == d.Services[0].Position.File
		if doc.Kind == model.KindCompose && (first == "" || isOfServices) { // others may be laid over that one, and are not
			first = doc.Name
		}
	}
	return path.Join(dir, first)
}
