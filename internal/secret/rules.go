package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// RulesName is the file that says for whom SOPS encrypts which files. https://github.com/getsops/sops#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files
const RulesName = ".sops.yaml"

// Rule is what .sops.yaml says about one file: for whom it is encrypted, and which values.
type Rule struct {
	file string // .sops.yaml as it is called in messages
	at   diag.Position

	groups []sops.KeyGroup
	said   creationRule
}

// creationRule is an entry of creation_rules, as far as it is for encrypting files.
type creationRule struct {
	PathRegex string      `yaml:"path_regex"`
	KeyGroups []yaml.Node `yaml:"key_groups"`

	ShamirThreshold         int    `yaml:"shamir_threshold"`
	UnencryptedSuffix       string `yaml:"unencrypted_suffix"`
	EncryptedSuffix         string `yaml:"encrypted_suffix"`
	UnencryptedRegex        string `yaml:"unencrypted_regex"`
	EncryptedRegex          string `yaml:"encrypted_regex"`
	UnencryptedCommentRegex string `yaml:"unencrypted_comment_regex"`
	EncryptedCommentRegex   string `yaml:"encrypted_comment_regex"`
	MACOnlyEncrypted        bool   `yaml:"mac_only_encrypted"`
}

// choices returns how the rule says which values are encrypted: by one way at most.
func (c *creationRule) choices() []string {
	return slices.DeleteFunc([]string{c.UnencryptedSuffix, c.EncryptedSuffix, c.UnencryptedRegex, c.EncryptedRegex, c.UnencryptedCommentRegex,
		c.EncryptedCommentRegex}, func(said string) bool { return said == "" })
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
	return nil, wrong("add to its creation_rules one with path_regex: "+rulePattern, "no rule of %s is for %s", f.Name, f.subject)
}

// oneLine returns what an error says in one line: those of YAML have several.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// readRule reads a rule, and says whether it is for the file at that path from .sops.yaml on.
func readRule(node *yaml.Node, path string) (*Rule, bool, error) {
	r := &Rule{}
	if err := node.Decode(&r.said); err != nil {
		return nil, false, err
	}
	if r.said.PathRegex != "" {
		pattern, err := regexp.Compile(r.said.PathRegex)
		if err != nil {
			return nil, false, fmt.Errorf("path_regex: %w", err)
		}
		if !pattern.MatchString(path) {
			return nil, false, nil
		}
	}
	if len(r.said.choices()) > 1 {
		return nil, false, errors.New("a rule says by one of the suffixes and regular expressions what is encrypted, not by several")
	}
	groups, err := keyGroups(node, r.said.KeyGroups)
	if r.groups = groups; err == nil && len(recipientsOf(r.groups)) == 0 {
		err = errors.New("the rule names nobody to encrypt for")
	}
	return r, true, err
}

// metadata returns what a new file says about itself.
func (r *Rule) metadata() sops.Metadata {
	m := sops.Metadata{
		KeyGroups: r.groups, ShamirThreshold: r.said.ShamirThreshold, Version: sopsVersion, MACOnlyEncrypted: r.said.MACOnlyEncrypted,
		UnencryptedSuffix: r.said.UnencryptedSuffix, EncryptedSuffix: r.said.EncryptedSuffix,
		UnencryptedRegex: r.said.UnencryptedRegex, EncryptedRegex: r.said.EncryptedRegex,
		UnencryptedCommentRegex: r.said.UnencryptedCommentRegex, EncryptedCommentRegex: r.said.EncryptedCommentRegex,
	}
	if len(r.said.choices()) == 0 {
		m.UnencryptedSuffix = sops.DefaultUnencryptedSuffix
	}
	return m
}
