package read

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// told returns the commands that the explanations of a deployment give their readers, as far as these change texts: those in its folder, in the folders
// above it, and in docs of these. Each explanation is a document that has its commands in their lines, and nothing else.
func (r *reader) told(dir string) []*model.Document {
	if r.explanations == nil {
		r.explanations = r.explained()
	}
	names := slices.Clone(r.explanations["."])
	for folder := dir; folder != "."; folder = path.Dir(folder) {
		names = append(names, r.explanations[folder]...)
	}
	slices.Sort(names)
	var docs []*model.Document
	for _, name := range names {
		if text := r.commandsIn(name); text != "" {
			docs = append(docs, &model.Document{Name: name, Format: model.Text, Kind: model.KindScript, Memo: &model.Memo{},
				Root: &model.Node{Kind: model.String, Text: text, Position: diag.Position{File: name, Line: 1, Column: 1}}})
		}
	}
	return docs
}

// explained returns the explanations by the folder that they may be about: there may be ten thousand deployments, and as many of these.
func (r *reader) explained() map[string][]string {
	folders := map[string][]string{}
	for _, name := range r.names {
		if strings.ToLower(path.Ext(name)) != ".md" || r.sizes[name] > maxSmall {
			continue
		}
		folder := path.Dir(name)
		if base := strings.ToLower(path.Base(folder)); base == "docs" || base == "doc" {
			folder = path.Dir(folder)
		}
		folders[folder] = append(folders[folder], name)
	}
	return folders
}

// commandsIn returns the commands in the blocks of a Markdown file, in their lines; "" if none of them changes a text.
func (r *reader) commandsIn(name string) string {
	if text, isRead := r.commands[name]; isRead {
		return text
	}
	text, _ := r.content(name, maxSmall)
	changes := slices.ContainsFunc([]string{"sed ", "perl ", "envsubst"}, func(word string) bool { return bytes.Contains(text, []byte(word)) })
	var lines []string
	if changes {
		for _, b := range blocksOf(string(text)) {
			if !isShell(b.language) && b.language != "" {
				continue
			}
			for len(lines) < b.line-1 {
				lines = append(lines, "")
			}
			lines = append(lines, b.lines...)
		}
	}
	r.commands[name] = strings.Join(lines, "\n")
	return r.commands[name]
}
