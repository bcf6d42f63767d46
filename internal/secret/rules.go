package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/sops"
)

// RulesName is the file that says for whom SOPS encrypts which files. https://github.com/getsops/sops#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files
const RulesName = ".sops.yaml"

// Rule is what .sops.yaml says about one file: for whom it is encrypted, and which values.
type Rule struct {
	file string // .sops.yaml as it is called in messages
	at   diag.Position

	meta sops.Metadata // of a file that is encrypted by the rule
}

// creationRule is an entry of creation_rules, as far as it is for encrypting files.
type creationRule struct {
	PathRegex string      `yaml:"path_regex"`
	KeyGroups []yaml.Node `yaml:"key_groups"`

	ShamirThreshold  int  `yaml:"shamir_threshold"`
	MACOnlyEncrypted bool `yaml:"mac_only_encrypted"`
	sops.Choice      `yaml:",inline"`
}

// RulesFile is a .sops.yaml.
type RulesFile struct {
	// Name is what it is called in messages: its path from the root of the repository if it lies there.
	Name string
	text []byte
	// subject is the path of the file that it was looked for, from its own folder on.
	subject string
}

// FindRules returns the .sops.yaml that SOPS takes for a file of a repository: the nearest in the folders above it, which above the root are
// those of the disk. It is nil if there is none. The error is an [*Error].
func FindRules(files fs.FS, root, name string) (*RulesFile, error) {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		rules := path.Join(dir, RulesName)
		if info, err := fs.Stat(files, rules); err == nil && !info.IsDir() {
			text, err := fs.ReadFile(files, rules)
			return newRulesFile(rules, text, strings.TrimPrefix(name, strings.TrimPrefix(dir+"/", "./")), err)
		}
		if dir == "." {
			break
		}
	}
	for dir := filepath.Dir(root); ; dir = filepath.Dir(dir) {
		rules := filepath.Join(dir, RulesName)
		if info, err := os.Stat(rules); err == nil && !info.IsDir() {
			text, err := os.ReadFile(rules)
			below, relErr := filepath.Rel(dir, filepath.Join(root, filepath.FromSlash(name)))
			return newRulesFile(rules, text, filepath.ToSlash(below), errors.Join(err, relErr))
		}
		if dir == filepath.Dir(dir) {
			return nil, nil
		}
	}
}

func newRulesFile(name string, text []byte, subject string, err error) (*RulesFile, error) {
	if err != nil {
		return nil, failed("", "read %s: %v", name, err)
	}
	return &RulesFile{name, text, subject}, nil
}

// Rule returns what it says about the file that it was looked for. The error is an [*Error].
func (f *RulesFile) Rule() (*Rule, error) {
	var config struct {
		CreationRules []yaml.Node `yaml:"creation_rules"`
	}
	if err := yaml.Unmarshal(f.text, &config); err != nil {
		return nil, wrong("", "%s is not what SOPS reads: %s", f.Name, oneLine(err))
	}
	for _, node := range config.CreationRules {
		rule, takes, err := readRule(&node, f.subject)
		if err != nil {
			return nil, wrong("", "%s:%d: %s", f.Name, node.Line, oneLine(err))
		}
		if takes {
			rule.file, rule.at = f.Name, diag.Position{File: f.Name, Line: node.Line, Column: node.Column}
			return rule, nil
		}
	}
	return nil, wrong(ruleHint(), "no rule of %s is for %s", f.Name, f.subject)
}

// ruleHint says which rule is to be added, for the key that is here.
func ruleHint() string {
	recipient, _, err := recipientHere()
	if err != nil || recipient == "" || recipient == PublishedRecipient {
		recipient = "PUBLIC KEY, which age-keygen -y KEYFILE prints"
	}
	return fmt.Sprintf("add a line to its creation_rules, above a rule that takes every file:   - {path_regex: '%s', age: '%s'}", rulePattern, recipient)
}

// oneLine returns what an error says in one line: those of YAML have several.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// readRule reads a rule, and says whether it is for the file at that path from .sops.yaml on.
func readRule(node *yaml.Node, path string) (*Rule, bool, error) {
	var said creationRule
	if err := node.Decode(&said); err != nil {
		return nil, false, err
	}
	if said.PathRegex != "" {
		pattern, err := regexp.Compile(said.PathRegex)
		if err != nil {
			return nil, false, fmt.Errorf("path_regex: %w", err)
		}
		if !pattern.MatchString(path) {
			return nil, false, nil
		}
	}
	if said.Ways() > 1 {
		return nil, false, errors.New("a rule says by one of the suffixes and regular expressions what is encrypted, not by several")
	}
	groups, err := keyGroups(node, said.KeyGroups)
	if err == nil && len(recipientsOf(groups)) == 0 {
		err = errors.New("the rule names nobody to encrypt for")
	}
	meta := sops.Metadata{Groups: groups, Threshold: said.ShamirThreshold, Choice: said.OrDefault(), MACOnlyEncrypted: said.MACOnlyEncrypted, Version: sops.Version}
	return &Rule{meta: meta}, true, err
}
