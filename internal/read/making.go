package read

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// making is what a tree shows of how files come to be, read once: a tree of many deployments is asked for each of them.
type making struct {
	// alike are the base names of which the tree has such a file: one of the name itself, with a template's ending, or with anything behind a dot or a dash.
	alike map[string]bool
	// endings are those of the files that are no compose files.
	endings map[string]bool
	// words are the words of all scripts and explanations, each once, one to a line.
	words string
}

// made returns what the tree shows of how files come to be.
func (r *reader) made() *making {
	if r.making != nil {
		return r.making
	}
	m := &making{alike: map[string]bool{}, endings: map[string]bool{}}
	words := map[string]bool{}
	for _, name := range r.names {
		base := path.Base(name)
		m.alike[base], m.alike[stripTemplate(base)] = true, true
		for i := range base {
			if base[i] == '.' || base[i] == '-' {
				m.alike[base[:i]] = true
			}
		}
		if !composeName(name) {
			m.endings[path.Ext(name)] = true
		}
		if r.sizes[name] <= maxSmall && tellsHow(base) {
			text, _ := r.content(name, maxSmall)
			for word := range strings.FieldsFuncSeq(string(text), endsWord) {
				if !words[word] {
					words[strings.Clone(word)] = true // without the text
				}
			}
		}
	}
	var all strings.Builder
	for word := range words {
		all.WriteString(word + "\n")
	}
	m.words, r.making = all.String(), m
	return m
}

// hasLike reports whether the tree has any other file of the kind. If it has none, such files may have been left out of it.
func (m *making) hasLike(full string) bool { return m.endings[path.Ext(full)] }

// mayBeMade reports whether something in the tree shows how a file comes to be: a template of it, another file of its name, which may be copied,
// or a script or an explanation with all words of its name.
func (m *making) mayBeMade(full string) bool {
	base := path.Base(full)
	isStrange := func(word string) bool { return !strings.Contains(m.words, word) }
	return m.alike[base] || !slices.ContainsFunc(strings.FieldsFunc(base, endsWord), isStrange)
}

// endsWord reports whether a character stands between the words of a text, and in few names of files.
func endsWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
}

// tellsHow reports whether a file may say how others are made: by a program, or in words.
func tellsHow(base string) bool {
	lower := strings.ToLower(base)
	switch path.Ext(lower) {
	case ".sh", ".bash", ".zsh", ".fish", ".py", ".rb", ".pl", ".js", ".ts", ".go", ".ps1", ".bat", ".mk", ".nix", ".md", ".rst", ".adoc", ".txt", ".org":
		return true
	case "", ".yml", ".yaml", ".toml":
		return slices.ContainsFunc([]string{"make", "just", "task", "docker", "readme", "install", "setup", "bootstrap", "generate", "init", "render",
			"playbook", "main", "ci", "workflow", "pre-commit", "vagrant", "procfile", "earthfile", "mise"}, func(word string) bool {
			return strings.Contains(lower, word) && !composeName(base)
		})
	}
	return false
}
