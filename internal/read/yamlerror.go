package read

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// locateLimit is the size up to which the place of a syntax error is searched; yaml.v3 itself names no column, and often the line where
// the surrounding block begins.
const locateLimit = 256 << 10

// syntaxProblem returns where a YAML text stops being one. Every text that ends before the offending line parses, and none that holds it
// does; so it is the line after the longest beginning of the text that parses.
func syntaxProblem(text []byte, err error) *problem {
	p := locate(text, err)
	p.message = ours(p.message)
	return p
}

// ours returns a message of yaml.v3 in an operator's words. Its own speak of what a parser did not find.
func ours(message string) string {
	for _, words := range []struct{ theirs, ours string }{
		{"could not find expected ':'", "a colon is missing behind the key, or the quotes of a text end too soon"},
		{"mapping values are not allowed", "a second colon stands in this line: text with a colon and a space stands in quotes"},
		{"mapping keys are not allowed", "? begins a key here: text that begins with ? stands in quotes"},
		{"did not find expected key", "this is no key of the map around it: look at its indentation, and at the quotes before it"},
		{"did not find expected '-' indicator", "this is no item of the list around it: look at its indentation"},
		{"block sequence entries are not allowed", "an item of a list begins where a value stands"},
		{"did not find expected ',' or ']'", "the list in brackets has no comma or no end here"},
		{"did not find expected ',' or '}'", "the map in braces has no comma or no end here"},
		{"did not find expected node content", "a value is missing in the brackets"},
		{"found unexpected end of stream", "the quote that opens here is never closed"},
		{"found character that cannot start any token", "no value begins with this character: text that does stands in quotes, and a tab indents nothing"},
		{"found unknown escape character", "\\ in double quotes begins an escape, and this is none: single quotes keep it as it is"},
		{"found a tab character that violates indentation", "a tab indents nothing: YAML wants spaces"},
		{"did not find expected <document start>", "the file is complete before this line, and more follows: look at the indentation, and for a bracket or a quote that closes too soon"},
		{"control characters are not allowed", "a control character stands here"},
	} {
		if strings.Contains(message, words.theirs) {
			return words.ours
		}
	}
	return message
}

func locate(text []byte, err error) *problem {
	lines := bytes.SplitAfter(text, []byte("\n"))
	p := &problem{line: 1, column: 1, message: cleanYAML(err)}
	if m := regexp.MustCompile(`line (\d{1,8})`).FindStringSubmatch(err.Error()); m != nil {
		p.line, _ = strconv.Atoi(m[1])
		p.line = min(p.line, len(lines))
	}
	if len(text) > locateLimit {
		return p
	}
	good := longestGood(lines)
	if good >= len(lines) {
		return p
	}
	p.line = good + 1
	if _, _, at := yamlDocuments(bytes.Join(lines[:good+1], nil)); at != nil && !errors.Is(at, errNoYAML) && !strings.Contains(p.message, "',' or") {
		p.message = cleanYAML(at)
	}
	if strings.Contains(p.message, "<document start>") && good > 0 && bytes.Equal(bytes.TrimSpace(lines[good-1]), []byte("...")) {
		p.line, p.message = good, "the document ends here, and more follows"
		return p
	}
	if mixed(lines, p) || tooDeep(lines, p) {
		return p
	}
	line := strings.TrimRight(string(lines[good]), "\r\n")
	p.column = utf8.RuneCountInString(line[:offendingByte(line, p.message)]) + 1
	return p
}

// longestGood returns how many lines parse together: by bisection, and then further, since a list or text over several lines parses only when
// it is complete.
func longestGood(lines [][]byte) int {
	parses := func(n int) bool {
		_, _, err := yamlDocuments(bytes.Join(lines[:n], nil))
		return err == nil || errors.Is(err, errNoYAML)
	}
	good, bad := 0, len(lines)
	for bad-good > 1 {
		if middle := (good + bad) / 2; parses(middle) {
			good = middle
		} else {
			bad = middle
		}
	}
	for n := good + 1; n <= min(good+60, len(lines)); n++ {
		if parses(n) {
			good = n
		}
	}
	return good
}

// mixed corrects the problem if items of a list and keys of a map stand in one block: what is the smaller part there is what is wrong.
func mixed(lines [][]byte, p *problem) bool {
	indent, item := shape(lines[p.line-1])
	if indent < 0 || !strings.Contains(p.message, "did not find expected key") && !strings.Contains(p.message, "did not find expected '-'") {
		return false
	}
	counts := map[bool]int{item: 1}
	other := -1 // the last line of the other sort
	for step, from := range map[int]int{-1: p.line - 2, 1: p.line} {
		for i := from; i >= 0 && i < len(lines); i += step {
			at, isItem := shape(lines[i])
			if at >= 0 && at < indent {
				break
			}
			if at == indent && isItem && !item && isListOfKey(lines, i) {
				continue
			}
			if at == indent {
				counts[isItem]++
				if isItem != item && step < 0 && other < 0 {
					other = i
				}
			}
		}
	}
	if other < 0 {
		return false
	}
	if counts[!item] < counts[item] {
		p.line, item = other+1, !item
	}
	p.column, p.message = indent+1, "a key of a map stands among the items of a list"
	if item {
		p.message = "an item of a list stands among the keys of a map"
	}
	return true
}

// tooDeep corrects the problem if a key stands deeper than a line above that has a value already: no second colon is wrong there.
func tooDeep(lines [][]byte, p *problem) bool {
	line := lines[p.line-1]
	indent, isItem := shape(line)
	if indent < 0 || isItem || !strings.Contains(p.message, "mapping values are not allowed") || bytes.Count(line, []byte(": ")) > 1 {
		return false
	}
	for i := p.line - 2; i >= 0; i-- {
		above, _ := shape(lines[i])
		if above < 0 {
			continue
		}
		_, value, found := bytes.Cut(lines[i], []byte(": "))
		if value = bytes.TrimSpace(value); above >= indent || !found || len(value) == 0 || bytes.ContainsAny(value[:1], "#|>&!") {
			return false
		}
		p.column, p.message = indent+1, "this key stands deeper than the line above it, which has a value already: look at its indentation"
		return true
	}
	return false
}

// isListOfKey reports whether the item that begins in a line belongs to a key of the same indentation, which has no value beside it.
func isListOfKey(lines [][]byte, at int) bool {
	indent, _ := shape(lines[at])
	for i := at - 1; i >= 0; i-- {
		switch own, isItem := shape(lines[i]); {
		case own >= 0 && own < indent:
			return false
		case own == indent && !isItem:
			key, _, _ := bytes.Cut(lines[i], []byte(" #"))
			return bytes.HasSuffix(bytes.TrimSpace(key), []byte(":"))
		}
	}
	return false
}

// shape returns the indentation of a line, and whether an item of a list begins there; -1 for a line without content.
func shape(line []byte) (indent int, item bool) {
	bare := bytes.TrimLeft(line, " ")
	if trimmed := bytes.TrimSpace(bare); len(trimmed) == 0 || trimmed[0] == '#' {
		return -1, false
	}
	return len(line) - len(bare), bytes.HasPrefix(bare, []byte("- "))
}

// offendingByte returns where in a line is what a message of yaml.v3 speaks of.
func offendingByte(line, message string) int {
	start := len(line) - len(strings.TrimLeft(line, " "))
	value := start // where the value of the line begins
	if i := strings.Index(line, ": "); i >= 0 {
		value = i + 2
	} else if strings.HasPrefix(line[start:], "- ") {
		value = start + 2
	}
	first := func(letters string) int {
		if i := strings.IndexAny(line[value:], letters); i >= 0 {
			return value + i
		}
		return start
	}
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		if i := strings.LastIndex(line, ": "); i >= 0 {
			return i
		}
		return max(strings.LastIndex(line, ":"), start)
	case strings.Contains(message, "end of stream"):
		return first(`"'`)
	case strings.Contains(message, "',' or"), strings.Contains(message, "node content"):
		return first("[{")
	case message == noAnchor:
		return first("*")
	case strings.Contains(message, "cannot start any token"):
		return first("@`%\t")
	}
	return start
}

const noAnchor = "* begins a reference to an anchor (&…), and there is none of that name: text that begins with * stands in quotes"

// cleanYAML returns the message of a YAML error without the place that it names.
func cleanYAML(err error) string {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(message, "unknown anchor") { // the name of the anchor may be a password that begins with *
		return noAnchor
	}
	if strings.HasPrefix(message, "anchor '") {
		return "a reference (*…) stands inside of what it refers to"
	}
	return regexp.MustCompile(`^line \d+: `).ReplaceAllString(message, "")
}
