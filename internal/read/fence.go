package read

import (
	"regexp"
	"strings"
)

// block is a fenced block of a Markdown file with what is said before it.
type block struct {
	// language and title are what stands behind the opening fence: its first word in lower case, and the rest.
	language, title string
	// lines are the content, without the indentation of the fence.
	lines []string
	// line is that of the first of them, and indent is how many characters of it are left out.
	line, indent int
	// headings are those that the block is under, from the top.
	headings []string
	// section counts the headings before the block.
	section int
	// prose are the paragraphs between the block and what comes before it: another block or a heading.
	prose []string
}

// fences finds the fenced blocks of a Markdown file.
type fences struct {
	blocks   []block
	headings []string
	section  int
	prose    []string
	open     bool // the last paragraph goes on
}

// blocksOf returns the fenced blocks of a Markdown text, in order. A fence that is never closed ends with the text, as in CommonMark.
func blocksOf(text string) []block {
	opening := regexp.MustCompile("^([ \t]*)(`{3,}|~{3,})\\s*([^`]*)$")
	heading := regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)[\s#]*$`)
	item := regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s`)
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	f := &fences{}
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if fence := opening.FindStringSubmatch(line); fence != nil {
			b := f.block(len(fence[1]), fence[3])
			b.line = i + 2
			for i++; i < len(lines) && !closes(lines[i], fence[2]); i++ {
				b.lines = append(b.lines, unindent(lines[i], b.indent))
			}
			f.blocks = append(f.blocks, b)
			continue
		}
		switch match := heading.FindStringSubmatch(line); {
		case match != nil:
			f.heading(len(match[1]), match[2])
		case strings.TrimSpace(line) == "":
			f.open = false
		case f.open && !item.MatchString(line):
			f.prose[len(f.prose)-1] += " " + strings.TrimSpace(line)
		default:
			f.prose, f.open = append(f.prose, strings.TrimSpace(line)), true
		}
	}
	return f.blocks
}

// block returns a block that begins here, and starts the prose anew.
func (f *fences) block(indent int, info string) block {
	language, title, _ := strings.Cut(strings.TrimSpace(info), " ")
	if i := strings.IndexAny(language, ":{"); i >= 0 { // yaml:compose.yaml, yaml{1,3}
		language, title = language[:i], language[i+1:]+" "+title
	}
	b := block{language: strings.ToLower(language), title: title, indent: indent, headings: f.headings, section: f.section, prose: f.prose}
	f.prose, f.open = nil, false
	return b
}

// heading enters a section.
func (f *fences) heading(level int, text string) {
	headings := make([]string, level)
	copy(headings, f.headings)
	headings[level-1] = text
	f.headings, f.prose, f.open = headings, nil, false
	f.section++
}

// closes reports whether a line closes a fence.
func closes(line, fence string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}

// unindent removes at most so many spaces or tabs from the beginning of a line.
func unindent(line string, n int) string {
	for i := range len(line) {
		if i == n || line[i] != ' ' && line[i] != '\t' {
			return line[i:]
		}
	}
	return strings.TrimLeft(line, " \t")
}

// indentOf returns by how many spaces all lines of a text are indented, and by how many the first is. Comments do not count.
func indentOf(lines []string) (all, first int) {
	all, first = -1, -1
	for _, line := range lines {
		bare := strings.TrimLeft(line, " ")
		if strings.TrimSpace(bare) == "" || bare[0] == '#' {
			continue
		}
		n := len(line) - len(bare)
		if first < 0 {
			first = n
		}
		if all < 0 || n < all {
			all = n
		}
	}
	return max(all, 0), max(first, 0)
}
