package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Limits of what is read from a tree.
const (
	maxFile   = 4 << 20   // bytes of a document
	maxSmall  = 256 << 10 // bytes of a file that nothing but a mount makes a document
	maxFiles  = 200_000
	maxHeld   = 2 << 20 // bytes of the files whose documents are held; what is beyond is read again when it is needed
	maxOther  = 4 << 10 // bytes of such a file that nobody recognised
	maxTexts  = 4 << 20 // bytes of scripts that are held besides: each may lie beside all projects, and takes no more than its text
	maxAtOnce = 256     // files that are read before any is let go
	maxInside = 200     // files in a mounted folder
	maxParts  = 20      // values for Element's chart in one file, which is small if it has several
)

// reader reads the files of a tree, and tells what each is. In a large tree it reads a file again when its document is needed.
type reader struct {
	fsys         fs.FS
	parser       *parser
	sizes        map[string]int64
	modes        map[string]fs.FileMode // permissions
	names        []string               // sorted
	others       map[string]bool        // what is there and is no file: folders, links, sockets
	files        map[string]*known
	held         int64 // bytes of the other files whose documents are held
	heldTexts    int64 // bytes of the scripts that are held
	ignored      ignores
	making       *making                    // nil until it is asked for
	invocations  *invocations               // nil until it is asked for
	variables    map[string]bool            // nil until it is asked for
	commands     map[string]string          // of the explanations that were asked for theirs
	explanations map[string][]string        // by the folder that they may be about; nil until somebody asks
	parts        map[string]*model.Document // of files with several values, while these are put together; else nil
	findings     []diag.Finding
	left         []diag.Finding // what there is to say of files that are Matrix's and are left out
}

// walk lists the tree, and reads what can be a document by its name. Links are not followed.
func (r *reader) walk() error {
	err := fs.WalkDir(r.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			r.others[name] = true
			r.findings = append(r.findings, said(name, "this cannot be read: "+reason(err))...)
			return nil
		case entry.IsDir():
			r.others[name] = true
			if skipped(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			r.others[name] = true
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
		if runtime.GOOS != "windows" { // which has others
			r.modes[name] = info.Mode().Perm()
		}
		r.names = append(r.names, name)
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(r.names)
	for _, name := range r.names {
		if path.Base(name) == ".gitignore" {
			text, err := r.content(name, maxSmall)
			if err != nil {
				r.findings = append(r.findings, said(name, "this cannot be read: "+reason(err))...)
			}
			r.ignored.add(name, string(text))
		}
	}
	r.readAll(slices.DeleteFunc(slices.Clone(r.names), func(name string) bool { return !mayBeConfiguration(name) }))
	r.settleForeign()
	r.leaveAnsible()
	r.settleCharts()
	return nil
}

// readAll reads files on all processors, and keeps them in order.
func (r *reader) readAll(names []string) {
	for some := range slices.Chunk(names, maxAtOnce) {
		files := make([]loaded, len(some))
		var next atomic.Int64
		var workers sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), len(some)) {
			workers.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(some)); i = next.Add(1) - 1 {
					files[i] = r.glance(some[i])
				}
			})
		}
		workers.Wait()
		for i, name := range some {
			r.keep(name, files[i])
		}
	}
}

// reason returns what an error of the file system says, without the path.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// said returns what there is to say of a file as a whole.
func said(name, message string) []diag.Finding {
	return []diag.Finding{{Rule: "not-linted", Severity: diag.Info, Position: diag.Position{File: name, Line: 1, Column: 1}, Message: message}}
}

// document returns the document of a file, or nil if it has none: it is no text, too large, or does not parse.
func (r *reader) document(name string) *model.Document {
	if file, part := r.partOf(name); part > 0 {
		if doc, is := r.parts[name]; is {
			return doc
		}
		doc := r.essPart(file, part)
		if r.parts != nil {
			r.parts[name] = doc
		}
		return doc
	}
	f := r.files[name]
	if _, exists := r.sizes[name]; f == nil && exists {
		l := r.load(name)
		r.keep(name, l)
		return l.doc
	}
	if f == nil || f.kind == "" || f.doc != nil {
		return f.held()
	}
	doc := r.load(name).doc
	if doc != nil {
		doc.Kind, doc.Upstream = f.kind, f.kind.Upstream()
	}
	return doc
}

// loaded is a file that was read, and what there is to say of it.
type loaded struct {
	file
	said     []diag.Finding
	isUnread bool // it is no text, or cannot be read
	// isUntelling says that it has a document that nobody recognises, which was not read.
	isUntelling bool
	// mayInstall says that an object in it may install a chart, or has what that takes, and speaksOfChart, that one may be about Element's.
	mayInstall, speaksOfChart bool
}

// keep remembers what a file is, and its document while not too many are held: what nobody recognised is seldom needed. One large document is held
// whatever it takes, or it would always be read twice.
func (r *reader) keep(name string, l loaded) {
	f := knownBy(name, l)
	r.files[name] = f
	r.findings = append(r.findings, l.said...)
	size := r.sizes[name]
	if f.is(model.KindScript) && r.heldTexts+size <= maxTexts {
		f.doc, r.heldTexts = l.doc, r.heldTexts+size
		return
	}
	isOnly := size > maxHeld && r.held <= maxHeld
	if l.doc != nil && (r.held+size <= maxHeld || isOnly) && (f.kind != model.KindOther || size <= maxOther) {
		f.doc, r.held = l.doc, r.held+size
	}
}

// load reads a file of the tree. Several may be read at a time.
func (r *reader) load(name string) loaded {
	size := r.sizes[name]
	limit, ext := int64(maxSmall), extension(name)
	if ext == ".yaml" || ext == ".yml" || ext == ".json" {
		limit = maxFile
	}
	if size > limit {
		if limit < maxFile {
			return loaded{isUnread: true}
		}
		kind := recognise(outlineText(r.head(name)))
		if kind == model.KindOther {
			return loaded{isUnread: true}
		}
		return loaded{file: file{kind: kind}, isUnread: true, said: said(name, fmt.Sprintf("this file is larger than %d MB and is not checked", maxFile>>20))}
	}
	text, err := r.content(name, limit)
	if err != nil {
		return loaded{isUnread: true, said: said(name, "this cannot be read: "+reason(err))}
	}
	if text == nil {
		return loaded{isUnread: true}
	}
	return r.loadText(name, text)
}

// loadText reads the text of a file.
func (r *reader) loadText(name string, text []byte) loaded { return r.loadWith(r.parser, name, text) }

func (r *reader) loadWith(parser *parser, name string, text []byte) loaded {
	ext := extension(name)
	if findings, isText := encoding(name, text, ext == ".yaml" || ext == ".yml" || ext == ".json"); !isText {
		return loaded{isUnread: true, said: findings}
	}
	f := parser.parse(name, text)
	if f.doc != nil {
		f.doc.Upstream = f.doc.Kind.Upstream()
		f.doc.Ignored = r.ignored.match(name)
		f.doc.Permissions = r.modes[name]
	}
	return loaded{file: f, said: f.findings}
}

// content returns what is in a file, or nil if that is too large. An error means that it cannot be opened.
func (r *reader) content(name string, limit int64) ([]byte, error) {
	file, err := r.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var text bytes.Buffer
	text.Grow(int(min(r.sizes[name], limit)) + bytes.MinRead)
	if _, err := text.ReadFrom(io.LimitReader(file, limit+1)); err != nil || int64(text.Len()) > limit {
		return nil, nil
	}
	return text.Bytes(), nil
}

// text returns what is in a file, or "" if that cannot be read.
func (r *reader) text(name string) string {
	text, _ := r.content(name, maxFile)
	return string(text)
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
