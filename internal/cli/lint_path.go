package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// readPath reads the documents of the deployments in a directory or a guide, as they are in the work tree or in the index, and returns the files that their findings
// are in. Close them after use.
func (a *app) readPath(ctx context.Context, name string, index bool) (source, []*model.Files, []diag.Finding, error) {
	folder, guide, err := a.folder(name)
	if err != nil {
		return source{}, nil, nil, err
	}
	src, err := folderSource(ctx, folder, index)
	if err != nil {
		return source{}, nil, nil, err
	}
	deployments, findings, err := readSource(src, guide)
	if err != nil {
		src.close()
		return source{}, nil, nil, &exitError{code: exitFailed, message: err.Error()}
	}
	return src, deployments, findings, nil
}

// folder returns the folder that a path names, and the guide in it if the path names one.
func (a *app) folder(name string) (folder, guide string, err error) {
	folder = a.path(name)
	info, err := os.Stat(folder)
	switch {
	case err == nil && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(folder), ".md"):
		return filepath.Dir(folder), filepath.Base(folder), nil
	case err != nil || !info.IsDir():
		return "", "", usageError("give a directory, or a guide that ends in .md", "%s is not a directory", name)
	}
	return folder, "", nil
}

// readSource reads the documents of the deployments in a folder, or of a guide in it.
func readSource(src fs.FS, guide string) ([]*model.Files, []diag.Finding, error) {
	if guide == "" {
		return read.Deployments(src)
	}
	text, err := fs.ReadFile(src, guide)
	if err != nil {
		return nil, nil, err
	}
	return read.Markdown(guide, text)
}
