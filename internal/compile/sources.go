package compile

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// StacksFolder is the folder below the root of a repository that holds the stacks.
const StacksFolder = "stacks"

// Stacks returns the names of the stacks below stacks/ of a repository's files, sorted: every folder that holds CUE files and has no such folder below it.
// Files of the folders above a stack are shared by the stacks of the same package. A folder of stacks/ without any CUE file counts, too:
// to compile it gives a finding.
func Stacks(repository fs.FS) ([]string, error) {
	holdsCUE, top := map[string]bool{}, map[string]bool{}
	stacks, err := fs.Sub(repository, StacksFolder)
	if err != nil {
		return nil, fmt.Errorf("list stacks: %w", err)
	}
	err = fs.WalkDir(stacks, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (hidden(entry.Name()) || entry.Name() == "cue.mod"):
			return fs.SkipDir
		case entry.Type()&fs.ModeSymlink != 0 && !isSource(entry):
			return fmt.Errorf("%s/%s is a symlink: a stack is a folder", StacksFolder, name)
		case entry.IsDir() && name != "." && path.Dir(name) == ".":
			top[name] = true
		case isSource(entry) && path.Dir(name) != ".":
			holdsCUE[path.Dir(name)] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list stacks: %w", err)
	}
	shared := map[string]bool{}
	for name := range holdsCUE {
		for above := path.Dir(name); above != "."; above = path.Dir(above) {
			shared[above] = true
		}
	}
	names := slices.Collect(maps.Keys(holdsCUE))
	names = slices.DeleteFunc(names, func(name string) bool { return shared[name] })
	for name := range top {
		if !holdsCUE[name] && !shared[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

func isSource(entry fs.DirEntry) bool {
	return !entry.IsDir() && strings.HasSuffix(entry.Name(), ".cue") && !hidden(entry.Name())
}

// sources are the files of one stack, or the settings, as written.
type sources struct {
	// settings says that they are no stack.
	settings bool
	pkg      string
	files    []*ast.File
	// text by file name, slash-separated and relative to the root.
	text map[string][]byte
}

// noun returns what the files are in an operator's words.
func (s *sources) noun() string {
	if s.settings {
		return "the settings file"
	}
	return "a stack"
}

// readSources reads the CUE files of the stack and those of the same package in the folders above, up to the root.
// What does not parse is a finding; an error means that a file could not be read.
func readSources(repository fs.FS, name string) (*sources, []diag.Finding, error) {
	src := &sources{text: map[string][]byte{}}
	var findings []diag.Finding
	folder := path.Join(StacksFolder, name)
	for dir := folder; ; dir = path.Dir(dir) {
		files, err := sourcesIn(repository, dir, dir == folder)
		if err != nil {
			return nil, nil, fmt.Errorf("read stack: %w", err)
		}
		for _, file := range files {
			problems, err := src.add(repository, file, dir == folder)
			if err != nil {
				return nil, nil, fmt.Errorf("read stack: %w", err)
			}
			findings = append(findings, problems...)
		}
		if dir == folder && len(src.text) == 0 {
			return nil, []diag.Finding{{
				Rule: "schema", Severity: diag.Error, Position: diag.Position{File: folder},
				Message: "the folder holds no .cue file", Hint: fmt.Sprintf("write %s/stack.cue, or remove the folder", folder),
			}}, nil
		}
		if dir == "." {
			return src, findings, nil
		}
	}
}

// sourcesIn returns the CUE files in the folder of a stack, or in one above it. Above it only these are asked for: there may be ten thousand stacks
// beside this one, and it does not depend on them.
func sourcesIn(repository fs.FS, dir string, own bool) ([]string, error) {
	var files []string
	if own {
		entries, err := fs.ReadDir(repository, dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if isSource(entry) {
				files = append(files, path.Join(dir, entry.Name()))
			}
		}
		return files, nil
	}
	names, err := fs.Glob(repository, path.Join(dir, "*.cue"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if hidden(path.Base(name)) || name == SettingsFile {
			continue
		}
		info, err := fs.Stat(repository, name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, name)
		}
	}
	return files, nil
}

// add reads a file. It becomes part of the stack if it is the stack's own, or of the same package.
func (s *sources) add(repository fs.FS, file string, own bool) ([]diag.Finding, error) {
	if info, err := fs.Stat(repository, file); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", file)
	}
	text, err := fs.ReadFile(repository, file)
	if err != nil {
		return nil, err
	}
	syntax, problem := parse(file, text, own)
	if problem != nil {
		s.text[file] = text
		return []diag.Finding{s.syntaxFinding(problem, file)}, nil
	}
	if own && s.pkg == "" {
		s.pkg = syntax.PackageName()
	}
	if syntax.PackageName() != s.pkg {
		if !own {
			return nil, nil
		}
		s.text[file] = text
		return []diag.Finding{s.packageFinding(syntax)}, nil
	}
	s.text[file] = text
	s.files = append(s.files, syntax)
	if imports := s.importFindings(syntax); len(imports) > 0 {
		return imports, nil
	}
	return s.plainFindings(syntax), nil
}

// parse returns the syntax of a file, or what is wrong with it. Only the stack's own files must have a package clause.
func parse(file string, text []byte, own bool) (*ast.File, errors.Error) {
	at := func(offset int) token.Pos {
		f := token.NewFile(file, -1, len(text)+1)
		f.SetLinesForContent(text)
		return f.Pos(offset, token.NoRelPos)
	}
	if !utf8.Valid(text) {
		offset := 0
		for offset < len(text) {
			r, size := utf8.DecodeRune(text[offset:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			offset += size
		}
		return nil, errors.Newf(at(offset), "the file is not UTF-8 text from here on: save it as UTF-8")
	}
	syntax, err := parser.ParseFile(file, text, parser.ParseComments)
	if err != nil {
		return nil, errors.Errors(err)[0]
	}
	if own && syntax.PackageName() == "" {
		if len(strings.TrimSpace(string(text))) == 0 {
			return nil, errors.Newf(at(0), "the file is empty: a stack needs a package clause and a serverName")
		}
		return nil, errors.Newf(at(0), "the package clause is missing: the first line must be one, such as \"package %s\"", packageFor(file))
	}
	return syntax, nil
}

// packageFor returns a package name for the stack that the file belongs to.
func packageFor(file string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(path.Base(path.Dir(file))))
	return strings.TrimLeft(letters, "0123456789")
}

func (s *sources) syntaxFinding(problem errors.Error, file string) diag.Finding {
	f := diag.Finding{Rule: "syntax-error", Severity: diag.Error, Position: s.position(problem.Position())}
	if f.File == "" {
		f.Position = diag.Position{File: file, Line: 1, Column: 1}
	}
	format, args := problem.Msg()
	f.Message = strings.ReplaceAll(fmt.Sprintf(format, args...), "'EOF'", "the end of the file")
	return f
}

func (s *sources) packageFinding(syntax *ast.File) diag.Finding {
	return diag.Finding{
		Rule: "schema", Severity: diag.Error, Position: s.position(syntax.Pos()),
		Message: fmt.Sprintf("the file says package %s, the others of the folder say package %s: the files of a stack are one package", syntax.PackageName(), s.pkg),
	}
}

func (s *sources) importFindings(syntax *ast.File) []diag.Finding {
	shared := ", or share it through a file of the same package in a folder above"
	if s.settings {
		shared = ""
	}
	var findings []diag.Finding
	for spec := range syntax.ImportSpecs() {
		findings = append(findings, diag.Finding{
			Rule: "schema", Severity: diag.Error, Position: s.position(spec.Pos()),
			Message: s.noun() + " is plain data and imports nothing",
			Hint:    "write the value itself" + shared,
		})
	}
	return findings
}

// holds reports whether a position lies in the stack's files.
func (s *sources) holds(p diag.Position) bool {
	_, ok := s.text[p.File]
	return ok
}

// position turns a CUE position, whose columns count bytes, into one that counts characters; the zero position if it is not in the stack's files.
func (s *sources) position(pos token.Pos) diag.Position {
	if !pos.IsValid() {
		return diag.Position{}
	}
	p := pos.Position()
	text, ok := s.text[p.Filename]
	if !ok {
		return diag.Position{}
	}
	start := p.Offset - (p.Column - 1)
	if start < 0 || start > p.Offset || p.Offset > len(text) {
		return diag.Position{File: p.Filename, Line: max(p.Line, 1), Column: max(p.Column, 1)}
	}
	return diag.Position{File: p.Filename, Line: p.Line, Column: utf8.RuneCount(text[start:p.Offset]) + 1}
}

// PackageName returns the name in the package clause of a stack's files, which another file of the stack needs, too.
func PackageName(repository fs.FS, stack string) (string, error) {
	folder := path.Join(StacksFolder, stack)
	entries, err := fs.ReadDir(repository, folder)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if !isSource(entry) {
			continue
		}
		text, err := fs.ReadFile(repository, path.Join(folder, entry.Name()))
		if err != nil {
			return "", err
		}
		if file, err := parser.ParseFile(entry.Name(), text, parser.PackageClauseOnly); err == nil && file.PackageName() != "" {
			return file.PackageName(), nil
		}
	}
	return "", fmt.Errorf("%s has no file with a package clause", folder)
}
