package inside

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/proofs"
)

// TestNoLeak runs every verb in every format, on good and on bad input, with known values in every slot, and looks for these in all that the
// program prints, writes, leaves behind and hands to other programs. It runs them in this process, which starts once and not a thousand times.
// A part of the proof is good input, secrets in clear, and one in the stack. Of verbs it is each in one form and in each format: there what is printed is made,
// and a new one that shows a value does so in all of these.
func TestNoLeak(t *testing.T) {
	good := newLeakRepository(t)
	for _, c := range proofs.Of(leakCases(good), func(c leakCase) string { return c.file }) {
		if !proofs.Whole && c.file != "" && !strings.HasPrefix(c.file, "stacks/") {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := c.repository(t, good)
			r.enter(t)
			verbs := proofs.Of(leakVerbs(), kindOf)
			if c.whole {
				verbs = proofs.Of(slices.Concat(leakVerbs(), leakFormats(), []string{"secrets exec shut -- env"}), kindOf)
			}
			for _, verb := range verbs {
				r.run(t, strings.Fields(verb)...)
			}
			for _, verb := range []string{"build", "lint", "secrets check"} {
				r.runOnTerminal(t, strings.Fields(verb)...)
			}
			r.search(t, c.holds()...)
		})
	}
}

// TestNoLeakOfProcess starts the program as users do: what it prints before its first and after its last step, and what its children see, is of the
// process alone. A part of the proof is the case in which more is said.
func TestNoLeakOfProcess(t *testing.T) {
	good := newLeakRepository(t)
	for _, c := range leakCases(good) {
		if !c.alone || c.whole && !proofs.Whole {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := c.repository(t, good)
			r.enter(t)
			for _, verb := range []string{"build", "lint --against HEAD", "secrets check --staged", "secrets unseal --dry-run", "secrets exec shut -- env", "secrets rotate --yes open matrix_secret"} {
				r.runAlone(t, strings.Fields(verb)...)
			}
			r.search(t, c.holds()...)
		})
	}
}

// TestNoLeakOfDirectory does the same with files that nobody generated and that hold secrets in clear: as the services read them, and broken.
func TestNoLeakOfDirectory(t *testing.T) {
	r := newLeakRepository(t)
	inline := map[string]string{
		"SHARED": "canary-of-MAS-4kXq8vTz1LmN0pRs", "OTHER": "canary-of-Synapse-4kXq8vTz1LmN", "DATABASE": "canary:of%database&4kXq8vTz", "KEY": strings.Repeat("c0ffee5a", 8),
		"CLIENT": "canary-of-client-4kXq8vTz1LmN0p", "TURN": "canary of turn 4kXq8vTz1LmN0pRs", "MAIL": "canary\"of'mail 4kXq8vTz1Lm", "PEM": r.values["mas_signing_key_rsa"],
	}
	for name, value := range inline {
		r.values["the inline secret "+name] = value
	}
	files := leakDirectory(t, inline)
	r.enter(t)
	verbs := []string{"lint", "lint --format json", "lint --format sarif", "lint --format github", "lint --fix --diff", "graph", "graph --format dot", "graph --format svg",
		"adopt --dry-run", "adopt --dry-run --format json", "adopt --dry-run --format markdown"}
	for name, spoil := range map[string]func(string) string{
		"whole":    func(text string) string { return text },
		"unclosed": func(text string) string { return strings.Replace(text, "\"\n", "\n", 1) },
		"tabs":     func(text string) string { return strings.ReplaceAll(text, "\n  ", "\n\t") },
		"indented": func(text string) string { return strings.Replace(text, "\n  ", "\n     ", 1) },
		"lists":    func(text string) string { return strings.ReplaceAll(text, ": \"", ": [\"") },
		"joined":   func(text string) string { return strings.ReplaceAll(text, ": \"", ":\"") },
		"cut":      func(text string) string { return text[:len(text)*2/3] },
	} {
		for file, text := range files {
			r.write(t, "by-hand/"+name+"/"+file, spoil(text))
		}
		for i, verb := range append(verbs, "adopt --name adopted-"+name) {
			if name != "whole" && i%3 > 0 && !proofs.Whole {
				continue // of each verb one format is enough to see what is said of broken files
			}
			r.run(t, append(strings.Fields(verb), "by-hand/"+name)...)
		}
		r.runOnTerminal(t, "lint", "by-hand/"+name)
		r.runOnTerminal(t, "lint", "--fix", "--diff", "by-hand/"+name)
	}
	r.runOnTerminal(t, "lint", "by-hand")
	r.search(t, "by-hand", "key", "clear")
}

// kindOf returns the verb of a command line, and the format that it asks for: what prints is another part of the program for each.
func kindOf(line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	if verb == "secrets" {
		second, _, _ := strings.Cut(rest, " ")
		verb += " " + second
	}
	_, format, _ := strings.Cut(line, "--format ")
	return verb + " " + format
}

// leakVerbs are what an operator does every day.
func leakVerbs() []string {
	return []string{
		"build", "build --check", "build --check --staged", "lint --color always", "lint --staged", "lint --against HEAD", "lint --fix --diff", "lint stacks",
		"diff", "diff --against HEAD", "graph open", "explain out/open/mas-config.yaml:12", "explain out/open/docker-compose.yml:40",
		"secrets init", "secrets check", "secrets check --staged", "secrets unseal --dry-run",
		"secrets set open mas_signing_key_rsa", "secrets set open smtp_password", "secrets set open smtp_password --from clear", "secrets rotate --yes open matrix_secret",
		"secrets rotate --yes open mas_signing_key_ec", "secrets rotate --finish open mas_signing_key_ec", "secrets rotate --yes open synapse_signing_key",
	}
}

// leakFormats are all other formats, of all that has any.
func leakFormats() []string {
	verbs := []string{
		"explain", "explain secret-in-plaintext", "explain secrets", "explain override", "explain out/open/synapse-config.yaml:20 --format json", "explain out/open/README.md:30",
		"explain out/open/.matrixgen.json:3", "explain stacks/open/secrets.sops.yaml:2",
		"graph open --output temporary/open.svg", "graph out/open --format dot", "graph stacks", "lint out/open --fix --diff", "lint out",
		"secrets check --open", "secrets check --format json=temporary/findings --format sarif", "lint --format json=temporary/findings --format sarif=temporary/sarif",
		"verify open --only trust --resolve example.org:443:127.0.0.1:1 --resolve matrix.example.org:443:127.0.0.1:1 --resolve account.example.org:443:127.0.0.1:1", "idp plan open", "idp apply open --yes",
		"version", "secrets", "init temporary/new --server-name new.example", "secrets rotate open matrix_secret", "secrets set open nothing", "secrets set open smtp_password --from key",
	}
	for _, format := range []string{"text", "json", "sarif", "github"} {
		verbs = append(verbs, "lint --format "+format, "secrets check --format "+format, "lint --against HEAD --format "+format)
	}
	for _, format := range []string{"text", "markdown", "json"} {
		verbs = append(verbs, "diff --format "+format, "diff --staged --format "+format, "diff --against HEAD --format "+format)
	}
	for line := 1; line < 400; line += 90 {
		verbs = append(verbs, fmt.Sprintf("explain out/open/docker-compose.yml:%d", line))
	}
	return verbs
}

// leakCase is a repository in which one file is another one than it should be.
type leakCase struct {
	name, file, text string
	// staged has the file added to the index, and whole runs all verbs in all formats.
	staged, whole bool
	// theirs says that it is the operator's own doing if a value stands in out/.
	theirs bool
	// alone runs some verbs in processes, too.
	alone bool
}

// repository returns a copy of the good one with that file.
func (c leakCase) repository(t *testing.T, good *leakRepository) *leakRepository {
	t.Helper()
	r := good.copy(t)
	r.keyInFile = c.file == "key"
	if !c.whole { // its secrets are none that the test looks for, and every verb would compile it
		r.forget(t, "shut")
	}
	if c.file != "" {
		r.write(t, c.file, c.text)
	}
	if c.staged {
		r.git(t, "add", "--force", "--", c.file)
	}
	return r
}

// holds are the files and folders in which values may stand, for the test or the operator wrote them there.
func (c leakCase) holds() []string {
	names := []string{"key", "clear"}
	if c.file != "" {
		names = append(names, filepath.FromSlash(c.file))
	}
	if c.theirs {
		names = append(names, "out")
	}
	return names
}

func leakCases(r *leakRepository) []leakCase {
	lines := func(form string) string {
		var text strings.Builder
		for name, value := range r.values {
			fmt.Fprintf(&text, form, name, value)
		}
		return text.String()
	}
	const sops, stack, rules = "stacks/open/secrets.sops.yaml", "stacks/open/stack.cue", ".sops.yaml"
	sealed, written := r.good[sops], r.good[stack]
	shared := r.values["matrix_secret"]
	override := func(document, text, value string) string {
		return written + "override: " + document + ": " + strings.ReplaceAll(text, "VALUE", value) + "\n"
	}
	return []leakCase{
		{name: "good", whole: true, alone: true},
		{name: "clear", file: sops, text: lines("%s: %q\n"), staged: true},
		{name: "half clear", file: sops, text: lines("%s: %q\n") + sealed, staged: true},
		{name: "one more clear", file: sops, text: strings.Replace(sealed, "\nsops:", "\nmore: {deep: ["+shared+"]}\nsops:", 1)},
		{name: "in a comment", file: sops, text: "# it was " + shared + "\n" + sealed, staged: true, alone: true},
		{name: "not YAML", file: sops, text: lines("%s: %q: [\n\t")},
		{name: "twice", file: sops, text: lines("%[2]q: 1\n%[2]q: 2\n")},
		{name: "a value as a key", file: sops, text: strings.Replace(sealed, "\nsops:", "\n"+shared+"\nsops:", 1)},
		{name: "merge conflict", file: sops, text: "<<<<<<< a\n" + lines("%s: %q\n") + "=======\n>>>>>>> b\n"},
		{name: "metadata", file: sops, text: strings.Replace(sealed, "\n    mac: ", "\n    mac: "+shared+" #", 1)},
		{name: "in the stack", file: stack, text: override("mas", `matrix: secret: "VALUE"`, shared)},
		{name: "in an override", file: stack, text: override("synapse", `turn_shared_secret: "VALUE"`, shared), staged: true},
		{name: "of the wrong type", file: stack, text: override("synapse", `macaroon_secret_key: ["VALUE"]`, shared)},
		{name: "in a wrong field", file: stack, text: override("mas", `matrix: secrett: "VALUE"`, shared)},
		{name: "unclosed", file: stack, text: override("mas", `matrix: secret: "VALUE`, shared)},
		{name: "twice in the stack", file: stack, text: override("synapse", `{macaroon_secret_key: "VALUE"}`, shared) + override("synapse", `{macaroon_secret_key: "x"}`, shared)[len(written):]},
		{name: "in an environment", file: stack, text: written + "extra: services: bot: {image: \"bot:1\", environment: ACCESS_TOKEN: \"" + shared + "\"}\n", staged: true, whole: true, theirs: true},
		{name: "as private key", file: "key", text: r.values["mas_signing_key_rsa"]},
		{name: "as rules", file: rules, text: "creation_rules:\n  - age: " + shared + "\n"},
		{name: "a private key in the rules", file: rules, text: "creation_rules:\n  - age: " + r.values["the private key"] + "\n", staged: true},
		{name: "in what Git commits", file: "out/open/note", text: lines("%s=%s\n"), staged: true, theirs: true},
	}
}

// needles returns how lines of the values look, as they are and in encodings that anybody can undo, with what is to be said if one is found.
func needles(values map[string]string) map[string]string {
	found := map[string]string{}
	for name, value := range values {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) < 12 || strings.HasPrefix(line, "-----") {
				continue
			}
			inJSON, _ := json.Marshal(line) // of a text
			for encoding, encoded := range map[string]string{
				" in JSON": strings.Trim(string(inJSON), `"`), " in HTML": html.EscapeString(line),
				" in base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(line)), "="), " in URL base64": strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(line)), "="),
				" in hex": hex.EncodeToString([]byte(line)), " in a URL": url.QueryEscape(line), " in a path": url.PathEscape(line), " quoted": strings.Trim(fmt.Sprintf("%q", line), `"`),
			} {
				found[encoded] = name + encoding
			}
			found[line] = name
		}
	}
	return found
}

// leaked returns the name of a value that the text holds, or "".
func leaked(text []byte, needles map[string]string) string {
	for needle, name := range needles {
		if bytes.Contains(text, []byte(needle)) {
			return name
		}
	}
	return ""
}
