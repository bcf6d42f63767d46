package read

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

func baseName(name string) string { return path.Base(name) }

// templateSuffixes are the endings of files that are rendered or copied before they are read.
func templateSuffixes() []string {
	return []string{".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".gotmpl", ".template", ".gomplate", ".ctmpl", ".erb", ".mustache", ".hbs", ".in", ".example", ".exemple", ".sample", ".dist", "-sample", "-example",
		"-template", "_sample", "_example", "_template"}
}

// stripTemplate returns a name without what marks it as a template: homeserver.yaml.tmpl, .env-sample, config.sample.yaml.
func stripTemplate(name string) string {
	i := strings.LastIndexByte(name, '.')
	for _, suffix := range templateSuffixes() {
		if rest, ok := strings.CutSuffix(name, suffix); ok && rest != "" {
			return rest
		}
		if i > 0 {
			if rest, ok := strings.CutSuffix(name[:i], suffix); ok && rest != "" {
				return rest + name[i:]
			}
		}
	}
	return stripSample(name)
}

// stripSample returns a name without the word in it that says that it is a sample: compose.example.prod.yml, sample.env. A host such as example.org says
// no such thing.
func stripSample(name string) string {
	for _, word := range []string{"example", "exemple", "sample", "template", "tmpl", "dist"} {
		i := strings.Index(name, word)
		if i < 0 {
			continue
		}
		before, after := name[:i], name[i+len(word):]
		isWord := (before == "" || strings.ContainsAny(before[i-1:], "._-")) && after != "" && strings.ContainsAny(after[:1], "._-")
		if !isWord || slices.ContainsFunc([]string{".org", ".com", ".net"}, func(end string) bool { return after == end || strings.HasPrefix(after, end+".") }) {
			continue
		}
		if before != "" {
			return before[:i-1] + after
		}
		if after != ".env" {
			after = after[1:]
		}
		return after
	}
	return name
}

// isTemplate reports whether the name says that the file is rendered or copied.
func isTemplate(name string) bool { return stripTemplate(baseName(name)) != baseName(name) }

// isSample reports whether the name says that people copy the file.
func isSample(name string) bool {
	return isTemplate(name) && !isRenderedName(name) && path.Ext(name) != ".in"
}

// isRenderedName reports whether the name says that a program renders the file; samples are copied as they are.
func isRenderedName(name string) bool {
	base := baseName(name)
	return slices.ContainsFunc([]string{".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".gotmpl", ".erb", ".mustache", ".gomplate"}, func(suffix string) bool {
		return strings.HasSuffix(base, suffix) || strings.Contains(base, suffix+".")
	})
}

// isEnv reports whether the name is that of a file of variables: .env, .env.example, prod.env.
func isEnv(name string) bool {
	base := stripTemplate(baseName(name))
	return base == ".env" || strings.HasSuffix(base, ".env") || strings.HasPrefix(base, ".env.") || base == "env"
}

// isProgram reports whether a file is a program or prose by its name or its first line: what looks like a document in it, such as what it
// prints, is none.
func isProgram(name string, head []byte) bool {
	base, ext := strings.ToLower(stripTemplate(baseName(name))), extension(name)
	return slices.Contains([]string{".sh", ".bash", ".py", ".sql", ".md", ".rst", ".html"}, ext) || isMakefile(base) ||
		ext != ".yaml" && ext != ".yml" && bytes.HasPrefix(head, []byte("#!"))
}

func isMakefile(base string) bool {
	return slices.Contains([]string{"makefile", "gnumakefile", "justfile"}, base)
}

// extension returns the ending of the name behind a template's, in lower case: .yaml for homeserver.yaml.j2.
func extension(name string) string { return strings.ToLower(path.Ext(stripTemplate(baseName(name)))) }

// skipped reports whether a folder is passed over: what versions, packages and virtual environments keep is not the operator's.
func skipped(folder string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".terraform", ".direnv"}, folder)
}

// mayBeConfiguration reports whether the name can be that of a document. Others are read if a service mounts them.
func mayBeConfiguration(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json", ".env", ".conf", ".config", ".cfg", ".sh", ".bash", ".py", ".sql", ".caddy", ".caddyfile", ""},
		extension(name)) || unitEndings()[unitEnding(name)] != "" || isEnv(name) || strings.HasPrefix(strings.ToLower(baseName(name)), "caddyfile") || strings.HasPrefix(baseName(name), ".")
}
