package container

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ShellLine is a line of commands in a script or a guide, with those that it goes on in.
type ShellLine struct {
	doc  *model.Document
	Text string
	// First is how many bytes of the text stand in its first line.
	First int
	At    diag.Position
}

// ShellLines returns the commands of the scripts and guides, without comments.
func ShellLines(d *model.Deployment) []ShellLine {
	var lines []ShellLine
	for _, doc := range d.Documents {
		if !IsShell(doc) || doc.Root == nil {
			continue
		}
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
				lines = append(lines, ShellLine{doc: doc, Text: rest, First: len(rest), At: at})
			}
			continues = more
		}
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

// handled matches a line up to a program that is an argument of another one, which copies it, or looks at it.
var handled = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s;&|(])(?:cp|mv|ln|install|rm|chmod|chown|ls|stat|file|test|which|command -v|strip|scp|rsync|curl|wget)\s[^;&|()]*$`)
})

// MasCalls returns the places in the line behind which the arguments of mas-cli stand, and their words: it is called by its name, or by its
// image or service.
func (l ShellLine) MasCalls(d *model.Deployment) (places []int, arguments [][]string) {
	if !strings.Contains(l.Text, "mas-cli") && !strings.Contains(l.Text, "matrix-authentication-service") && !strings.Contains(l.Text, "compose") {
		return nil, nil
	}
	for _, match := range masCall().FindAllStringSubmatchIndex(l.Text, -1) {
		if handled().MatchString(l.Text[:match[0]]) {
			continue
		}
		end := max(match[3], match[5])
		places = append(places, end)
		arguments = append(arguments, l.command(end))
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
