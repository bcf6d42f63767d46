package read

import (
	"slices"
	"strings"
)

// composeCall is a call of Compose as a line of a script has it.
type composeCall struct {
	isProgram  bool // the line names the program, and not only its flags, for a variable
	files, env []string
	command    string
	isOpen     bool // a variable may bring more flags
}

// takesStandard reports whether a call starts what Compose finds by itself.
func (c composeCall) takesStandard() bool {
	return c.isProgram && len(c.files) == 0 && !c.isOpen && slices.Contains([]string{"up", "create", "run", "start"}, c.command)
}

// composeCalls returns the calls of Compose in a script, a Makefile, a workflow or an explanation. Flags without the program count, too: a variable
// often holds them.
func composeCalls(text string) []composeCall {
	if !strings.Contains(text, "compose") {
		return nil
	}
	var calls []composeCall
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\\\r\n", " "), "\\\n", " ")
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "compose") && !strings.Contains(line, "-f") || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		calls = append(calls, callsIn(strings.FieldsFunc(line, endsArgument))...)
	}
	return calls
}

// endsArgument reports whether a character stands between arguments: of a shell, or in a list of another language.
func endsArgument(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\n', '"', '\'', '`', ',', '[', ']':
		return true
	}
	return false
}

// callsIn returns the calls of Compose among the words of a line.
func callsIn(words []string) []composeCall {
	var calls []composeCall
	for i := 0; i < len(words); i++ {
		length := programLength(words[i:])
		if length == 0 && words[i] != "-f" && words[i] != "--file" {
			continue
		}
		c, used := readCall(words[i+length:])
		c.isProgram = length > 0
		if c.isProgram || len(c.files) > 1 {
			calls = append(calls, c)
		}
		i += max(length+used, 1) - 1
	}
	return calls
}

// programLength returns how many words name Compose, or 0.
func programLength(words []string) int {
	switch strings.TrimLeft(words[0], "@-$({=") {
	case "docker-compose", "podman-compose":
		return 1
	case "docker", "podman":
		if len(words) > 1 && words[1] == "compose" {
			return 2
		}
	}
	return 0
}

// readCall reads the flags of Compose to its command, and returns how many words these are. https://docs.docker.com/reference/cli/docker/compose/
func readCall(words []string) (composeCall, int) {
	var c composeCall
	for i := 0; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		takes := slices.Contains([]string{"-f", "--file", "--env-file", "-p", "--project-name", "--profile", "--project-directory", "--ansi", "--progress", "--parallel"}, flag)
		switch {
		case strings.HasPrefix(flag, "$"):
			c.isOpen = true
			continue
		case !strings.HasPrefix(flag, "-"):
			c.command = strings.TrimRight(flag, ";)")
			return c, i
		case !takes:
			continue
		case !joined && i+1 == len(words):
			return c, i
		case !joined:
			i++
			value = words[i]
		}
		c.take(flag, strings.TrimRight(value, ";)"))
	}
	return c, len(words)
}

// take notes the value of a flag. A folder in a variable at its beginning is found by what follows; any other variable is not known.
func (c *composeCall) take(flag, value string) {
	if strings.HasPrefix(value, "$") && strings.Contains(value, "/") {
		value = fileName(value)
	}
	switch flag {
	case "-f", "--file":
		c.files = append(c.files, value)
		c.isOpen = c.isOpen || strings.ContainsAny(value, "$*{") || value == "-" || value == ""
	case "--env-file":
		c.env = append(c.env, value)
	case "--project-directory":
		c.isOpen = true // paths begin elsewhere
	}
}
