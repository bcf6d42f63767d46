package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Leaks looks for secrets in clear where others can read them: in what Git would commit, and in the folders of out/.
type Leaks struct {
	// Out is the folder of a repository that holds what is generated.
	Out string
	// WorkTree is what lies in the repository, of which out/ is looked at, and Staged what Git would commit. Either may be nil.
	WorkTree, Staged fs.FS
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
var privateKey = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`AGE-SECRET-KEY-(PQ-)?1[0-9A-Za-z]{50,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\sA-Za-z0-9+/=]{100,}`)
})

// Find returns what is found.
func (l *Leaks) Find() ([]diag.Finding, error) {
	var findings []diag.Finding
	if l.WorkTree != nil {
		err := eachFile(l.WorkTree, l.Out, func(name string, content []byte) {
			findings = append(findings, l.in(name, content, "")...)
		}, secretsFolder)
		if err != nil {
			return nil, fmt.Errorf("look for secrets in %s: %w", l.Out, err)
		}
	}
	if l.Staged == nil {
		return findings, nil
	}
	staged := func(name string, content []byte) { findings = append(findings, l.staged(name, content)...) }
	// What lies elsewhere in a repository is not ours to judge.
	for _, folder := range []string{"stacks", l.Out} {
		if err := eachFile(l.Staged, folder, staged); err != nil {
			return nil, fmt.Errorf("look for secrets in what Git would commit: %w", err)
		}
	}
	return findings, atTop(l.Staged, staged)
}

// secretsFolder is the folder of a stack in out/ that holds secrets in clear, which Git ignores.
const secretsFolder = "secrets"

// eachFile visits the files of a folder that need not be there, except those in folders of the given names.
func eachFile(files fs.FS, folder string, visit func(name string, content []byte), except ...string) error {
	return fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == folder:
			return fs.SkipAll
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(except, entry.Name()):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := fs.ReadFile(files, name)
		if err == nil {
			visit(name, content)
		}
		return err
	})
}

// atTop visits the files that lie in no folder.
func atTop(files fs.FS, visit func(name string, content []byte)) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		content, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return err
		}
		visit(entry.Name(), content)
	}
	return nil
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
	for _, match := range privateKey().FindAllIndex(content, -1) {
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
