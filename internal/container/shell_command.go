package container

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ShellLine is a line of commands in a script or a guide, with those that it goes on in.
type ShellLine struct {
	Text string
	// First is how many bytes of the text stand in its first line.
	First int
	At    diag.Position
}

// ShellLines returns the commands of the scripts and guides, without comments.
func ShellLines(d *model.Deployment) []ShellLine {
	return linesOf(d, "lines", func(string) bool { return true })
}

// ShellLinesWith returns those of the commands that have a word in them, wherever it stands.
func ShellLinesWith(d *model.Deployment, word string) []ShellLine {
	return linesOf(d, "lines with "+word, func(text string) bool { return strings.Contains(text, word) })
}

// MasLines returns those of the commands that may call mas-cli.
func MasLines(d *model.Deployment) []ShellLine {
	return linesOf(d, "lines of mas-cli", func(text string) bool {
		return strings.Contains(text, "mas-cli") || strings.Contains(text, "matrix-authentication-service") ||
			strings.Contains(text, "compose") && strings.Contains(text, "run")
	})
}

// linesOf returns the commands that may be of interest. A script lies beside many projects, and is split once.
func linesOf(d *model.Deployment, question string, ofInterest func(text string) bool) []ShellLine {
	var lines []ShellLine
	for _, doc := range d.Documents {
		if IsShell(doc) && doc.Root != nil {
			lines = append(lines, model.Once(doc, question, func() []ShellLine {
				if !ofInterest(doc.Root.Text) {
					return nil
				}
				all := model.Once(doc, "lines", func() []ShellLine { return shellLines(doc) })
				return slices.DeleteFunc(slices.Clone(all), func(line ShellLine) bool { return !ofInterest(line.Text) })
			})...)
		}
	}
	return lines
}

func shellLines(doc *model.Document) []ShellLine {
	var lines []ShellLine
	continues := false
	number := 0
	for text := range strings.Lines(doc.Root.Text) {
		text = strings.TrimRight(text, "\r\n")
		at := doc.Root.Position
		at.Line += number
		number++
		rest, more := strings.CutSuffix(text, `\`)
		switch {
		case continues:
			lines[len(lines)-1].Text += " " + strings.TrimSpace(rest)
		case strings.HasPrefix(strings.TrimSpace(text), "#") || strings.TrimSpace(text) == "":
			more = false
		default:
			lines = append(lines, ShellLine{Text: rest, First: len(rest), At: at})
		}
		continues = more
	}
	return lines
}

// IsShell says that a document holds commands as a shell reads them.
func IsShell(doc *model.Document) bool {
	return doc.Kind == model.KindShell || doc.Kind == model.KindScript && !strings.HasSuffix(doc.Name, ".sql") && !strings.HasSuffix(doc.Name, ".py")
}

// Position returns where a byte of the line stands.
func (l ShellLine) Position(i int) diag.Position {
	at := l.At
	at.Column += utf8.RuneCountInString(l.Text[:min(i, l.First)])
	return at
}

// Begin returns where the first command of the line stands.
func (l ShellLine) Begin() diag.Position {
	return l.Position(len(l.Text) - len(strings.TrimLeft(l.Text, " \t$>#")))
}

// command returns the words from a byte of the line to the end of the command. A quote that nothing closes belongs to what is before.
func (l ShellLine) command(from int) []string {
	text := l.Text[from:]
	quote := rune(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.ContainsRune(text[i+1:], c):
			quote = c
		case strings.ContainsRune("|;&><)\"'", c):
			words, _ := model.SplitWords(text[:i])
			return words
		}
	}
	words, _ := model.SplitWords(text)
	return words
}

// masCall matches a call of mas-cli by its name, or by its image.
var masCall = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s/"'(;&|])mas-cli(\s+)|\b(?:docker|podman)\s+run\s.*matrix-authentication-service(?:[:@]\S+)?(\s+)`)
})

// masCalls returns where the calls of mas-cli in a text begin, and where their arguments do. By its name it is looked for without an expression, which
// takes many times as long: a script has thousands of lines.
func masCalls(text string) [][2]int {
	var calls [][2]int
	if strings.Contains(text, "matrix-authentication-service") {
		for _, match := range masCall().FindAllStringSubmatchIndex(text, -1) {
			calls = append(calls, [2]int{match[0], max(match[3], match[5])})
		}
		return calls
	}
	for from := 0; ; {
		at := strings.Index(text[from:], "mas-cli")
		if at < 0 {
			return calls
		}
		at += from
		behind := at + len("mas-cli")
		begin := max(at-1, 0)
		arguments := behind + len(text[behind:]) - len(strings.TrimLeft(text[behind:], " \t\n\f\r"))
		if (at == 0 || begin >= from && strings.IndexByte(" \t\n\f\r/\"'(;&|", text[begin]) >= 0) && arguments > behind {
			calls = append(calls, [2]int{begin, arguments})
			behind = arguments
		}
		from = behind
	}
}

// handled matches a line up to a program that is an argument of another one, which copies it, or looks at it.
var handled = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s;&|(])(?:` + strings.Join(handlers(), "|") + `)\s[^;&|()]*$`)
})

// handlers are the programs that copy another one, or look at it.
func handlers() []string {
	return []string{"cp", "mv", "ln", "install", "rm", "chmod", "chown", "ls", "stat", "file", "test", "which", "command -v", "strip", "scp", "rsync", "curl", "wget"}
}

// isHandled reports whether what stands behind a text is an argument of such a program. The expression is asked only where there may be one.
func isHandled(before string) bool {
	return slices.ContainsFunc(handlers(), func(name string) bool { return strings.Contains(before, name) }) && handled().MatchString(before)
}

// MasCalls returns the places in the line behind which the arguments of mas-cli stand, and their words: it is called by its name, or by its
// image or service.
func (l ShellLine) MasCalls(d *model.Deployment) (places []int, arguments [][]string) {
	for _, match := range masCalls(l.Text) {
		if isHandled(l.Text[:match[0]]) {
			continue
		}
		places = append(places, match[1])
		arguments = append(arguments, l.command(match[1]))
	}
	if !strings.Contains(l.Text, "compose") || !strings.Contains(l.Text, "run") {
		return places, arguments
	}
	for _, s := range d.Of("mas") {
		if !strings.Contains(l.Text, s.Name) {
			continue
		}
		run := regexp.MustCompile(`\bcompose\s(?:.*\s)?run\s(?:.*\s)?` + regexp.QuoteMeta(s.Name) + `\s+`)
		if match := run.FindStringIndex(l.Text); match != nil && !strings.HasPrefix(l.Text[match[1]:], "mas-cli") {
			places = append(places, match[1])
			arguments = append(arguments, l.command(match[1]))
		}
	}
	return places, arguments
}
