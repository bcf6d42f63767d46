package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Limits of what is read from a tree.
const (
	maxFile   = 4 << 20   // bytes of a document
	maxSmall  = 256 << 10 // bytes of a file that nothing but a mount makes a document
	maxFiles  = 200_000
	maxInside = 200 // files in a mounted folder
)

// reader reads the files of a tree, each once.
type reader struct {
	fsys     fs.FS
	parser   *parser
	sizes    map[string]int64
	names    []string // sorted
	files    map[string]*file
	sources  map[string]string // the texts of compose files
	ignored  ignores
	findings []diag.Finding
}

// walk lists the tree, and reads what can be a document by its name. Links are not followed.
func (r *reader) walk() error {
	err := fs.WalkDir(r.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			r.say(name, "this cannot be read: "+reason(err))
			return nil
		case entry.IsDir():
			if skipped(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return nil // it has gone since
		}
		if len(r.names) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		r.sizes[name] = info.Size()
		r.names = append(r.names, name)
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(r.names)
	for _, name := range r.names {
		if path.Base(name) == ".gitignore" {
			r.ignored.add(name, string(r.content(name, maxSmall)))
		}
	}
	for _, name := range r.names {
		if mayBeConfiguration(name) {
			r.read(name)
		}
	}
	return nil
}

// reason returns what an error of the file system says, without the path.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func (r *reader) say(name, message string) {
	r.findings = append(r.findings, diag.Finding{Rule: "not-linted", Severity: diag.Info, Position: diag.Position{File: name, Line: 1, Column: 1},
		Message: message})
}

// read returns a file, or nil if it is none, no text, or too large.
func (r *reader) read(name string) *file {
	if f, done := r.files[name]; done {
		return f
	}
	size, exists := r.sizes[name]
	if !exists {
		return nil
	}
	r.files[name] = nil
	limit, ext := int64(maxSmall), extension(name)
	if ext == ".yaml" || ext == ".yml" || ext == ".json" {
		limit = maxFile
	}
	if size > limit {
		if limit == maxFile && recognisable(r.head(name)) {
			r.say(name, fmt.Sprintf("this file is larger than %d MB and is not checked", maxFile>>20))
		}
		return nil
	}
	text := r.content(name, limit)
	if text == nil {
		return nil
	}
	f := r.parser.parse(name, text)
	r.findings = append(r.findings, f.findings...)
	if f.doc != nil {
		f.doc.Upstream = f.doc.Kind.Upstream()
		f.doc.Ignored = r.ignored.match(name)
	}
	if r.files[name] = &f; f.text != "" {
		r.sources[name] = f.text
	}
	return &f
}

// content returns the text of a file, or nil if it is no text.
func (r *reader) content(name string, limit int64) []byte {
	file, err := r.fsys.Open(name)
	if err != nil {
		r.say(name, "this cannot be read: "+reason(err))
		return nil
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil || int64(len(text)) > limit || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 || !utf8.Valid(text) {
		return nil
	}
	return text
}

// head returns the beginning of a large file.
func (r *reader) head(name string) string {
	file, err := r.fsys.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, maxSmall))
	return string(text)
}

func recognisable(text string) bool { return recognise(outlineText(text)) != model.KindOther }

// below returns the file of that name, or the files in the folder of that name.
func (r *reader) below(name string) []string {
	if _, exists := r.sizes[name]; exists {
		return []string{name}
	}
	begin, _ := slices.BinarySearch(r.names, name+"/")
	end := begin
	for end < len(r.names) && strings.HasPrefix(r.names[end], name+"/") && end-begin < maxInside {
		end++
	}
	var inside []string
	for _, file := range r.names[begin:end] {
		if strings.Count(strings.TrimPrefix(file, name+"/"), "/") <= 2 && r.sizes[file] <= maxSmall && path.Ext(file) != ".log" {
			inside = append(inside, file)
		}
	}
	return inside
}
