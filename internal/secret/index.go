package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Leaks looks for secrets in clear where others can read them: in what Git would commit below the root, and in the folders of out/.
type Leaks struct {
	// Root is the root of the repository, and Out the folder below it that holds what is generated.
	Root, Out string
	// values are what is looked for, by the name of the slot with its stack.
	values map[string][]byte
}

// Add has the values of an opened file looked for, too.
func (l *Leaks) Add(o *Opened) {
	if l.values == nil {
		l.values = map[string][]byte{}
	}
	for _, name := range o.Names() {
		if v, ok := o.Value(name); ok && len(v.text) >= shortest {
			l.values[name+" of "+o.name] = longestLine(v.text)
		}
	}
}

// shortest is how long a value must be to be looked for: what is shorter stands anywhere by chance.
const shortest = 8

// longestLine returns what identifies a text of several lines, such as a key, however it is indented.
func longestLine(text string) []byte {
	longest := ""
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > len(longest) {
			longest = line
		}
	}
	return []byte(longest)
}

// privateKey is a private key of age, or one in PEM that is long enough to be real.
var privateKey = regexp.MustCompile(`AGE-SECRET-KEY-(PQ-)?1[0-9A-Za-z]{50,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\sA-Za-z0-9+/=]{100,}`)

// Find returns what is found. note says why Git was not asked, "" if it was.
func (l *Leaks) Find() (findings []diag.Finding, note string, err error) {
	findings, err = l.inOut()
	if err != nil {
		return nil, "", err
	}
	if _, err := exec.LookPath("git"); err != nil {
		return findings, "git is not installed: what it would commit was not looked at", nil
	}
	if _, err := l.git(nil, "rev-parse", "--is-inside-work-tree"); err != nil {
		return findings, "this is not a Git repository: there is nothing that it would commit", nil
	}
	staged, err := l.inIndex()
	return append(findings, staged...), "", err
}

// inOut looks at the files of out/, except the folders for secrets, which Git ignores.
func (l *Leaks) inOut() ([]diag.Finding, error) {
	var findings []diag.Finding
	out := filepath.Join(l.Root, l.Out)
	err := filepath.WalkDir(out, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == out:
			return fs.SkipAll
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == secretsFolder:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(l.Root, name)
		if err != nil {
			return err
		}
		findings = append(findings, l.in(filepath.ToSlash(below), content, "")...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for secrets in %s: %w", l.Out, err)
	}
	return findings, nil
}

// secretsFolder is the folder of a stack in out/ that holds secrets in clear.
const secretsFolder = "secrets"

// inIndex looks at the files that Git would commit: of stacks/, of out/, and at the root. What lies elsewhere in a repository is not ours to judge.
func (l *Leaks) inIndex() ([]diag.Finding, error) {
	list, err := l.git(nil, "ls-files", "-z", "--stage", "--", "stacks", l.Out, ":(glob)*")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var names, objects []string
	for entry := range strings.SplitSeq(string(list), "\x00") {
		about, name, found := strings.Cut(entry, "\t")
		if fields := strings.Fields(about); found && len(fields) == 3 && strings.HasPrefix(fields[0], "100") {
			names, objects = append(names, name), append(objects, fields[1])
		}
	}
	var findings []diag.Finding
	contents, err := l.git([]byte(strings.Join(objects, "\n")+"\n"), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		content, rest, ok := nextObject(contents)
		if !ok {
			return nil, errors.New("git cat-file gave an answer that is not understood")
		}
		contents = rest
		findings = append(findings, l.staged(name, content)...)
	}
	return findings, nil
}

// nextObject takes the first object out of what git cat-file --batch prints: a line with its name, kind and length, and its content.
func nextObject(text []byte) (content, rest []byte, ok bool) {
	head, rest, _ := bytes.Cut(text, []byte("\n"))
	fields := strings.Fields(string(head))
	if len(fields) != 3 {
		return nil, nil, false
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || len(rest) < size+1 {
		return nil, nil, false
	}
	return rest[:size], rest[size+1:], true
}

// staged looks at one file of the index.
func (l *Leaks) staged(name string, content []byte) []diag.Finding {
	at := diag.Position{File: name}
	parts := strings.Split(name, "/")
	if parts[0] == l.Out && len(parts) > 2 && slices.Contains(parts[:len(parts)-1], secretsFolder) {
		return []diag.Finding{{Rule: "secret-in-plaintext", Severity: diag.Error, Position: at,
			Message: "a secret file for the containers is in Git, in clear",
			Hint:    "git rm --cached " + name + ", and make new secrets if it was ever pushed"}}
	}
	if path.Base(name) == FileName {
		f, findings := Parse(name, content)
		for _, found := range findings {
			if found.Rule == "sops-leaf-unencrypted" {
				return []diag.Finding{inGit(found)}
			}
		}
		if f != nil {
			for _, s := range f.Sealed().Secrets {
				if s.Clear {
					return []diag.Finding{inGit(diag.Finding{Rule: "sops-leaf-unencrypted", Severity: diag.Error, Position: s.Position, Secret: true,
						Message: s.Name + " is not encrypted", Hint: "encrypt the file, git add it again, and make a new secret if this one was ever pushed"})}
				}
			}
		}
		return nil
	}
	return l.in(name, content, ", and Git would commit it")
}

// inGit says of a finding that it is about the file as Git would commit it, which need not be the one in the folder.
func inGit(f diag.Finding) diag.Finding {
	f.Message = "as Git would commit it: " + f.Message
	return f
}

// in looks for private keys and for values in a file. The key of the examples is meant to be read.
func (l *Leaks) in(name string, content []byte, where string) []diag.Finding {
	var findings []diag.Finding
	report := func(offset int, message, hint string) {
		findings = append(findings, diag.Finding{Rule: "secret-in-plaintext", Severity: diag.Error, Secret: true, Message: message + where, Hint: hint,
			Position: diag.Position{File: name, Line: bytes.Count(content[:offset], []byte("\n")) + 1, Column: 1}})
	}
	for _, match := range privateKey.FindAllIndex(content, -1) {
		if !isExampleKey(content[match[0]:match[1]]) {
			report(match[0], "a private key stands here in clear", "take it out, and use another one from now on if it was ever pushed")
		}
	}
	for slot, value := range l.values {
		if i := bytes.Index(content, value); i >= 0 {
			report(i, "the value of "+slot+" stands here in clear", "take it out, and make a new one if it was ever pushed")
		}
	}
	return findings
}

// isExampleKey says that a private key is the one that is published with the examples.
func isExampleKey(text []byte) bool {
	recipient, err := recipientIn(string(text))
	return err == nil && recipient == PublishedRecipient
}

// git runs git in the root, with an input, and returns what it prints.
func (l *Leaks) git(input []byte, arguments ...string) ([]byte, error) {
	cmd := exec.Command("git", append([]string{"-C", l.Root}, arguments...)...)
	cmd.Stdin = bytes.NewReader(input)
	var said bytes.Buffer
	cmd.Stderr = &said
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %s", arguments[0], strings.TrimSpace(said.String()))
	}
	return output, nil
}
