package sops

import (
	"regexp"
	"slices"
	"strings"
)

// Choice says which values of a file are encrypted, by one of its fields at most. The names are those of the metadata and of .sops.yaml.
type Choice struct {
	EncryptedCommentRegex   string `yaml:"encrypted_comment_regex"`
	EncryptedRegex          string `yaml:"encrypted_regex"`
	EncryptedSuffix         string `yaml:"encrypted_suffix"`
	UnencryptedCommentRegex string `yaml:"unencrypted_comment_regex"`
	UnencryptedRegex        string `yaml:"unencrypted_regex"`
	UnencryptedSuffix       string `yaml:"unencrypted_suffix"`
}

// defaultSuffix ends the keys whose values are not encrypted when nothing else is said.
const defaultSuffix = "_unencrypted"

// Ways returns how many of the ways to choose are used.
func (c Choice) Ways() int {
	used := slices.DeleteFunc([]string{c.UnencryptedSuffix, c.EncryptedSuffix, c.UnencryptedRegex, c.EncryptedRegex, c.UnencryptedCommentRegex,
		c.EncryptedCommentRegex}, func(said string) bool { return said == "" })
	return len(used)
}

// OrDefault returns the choice, or that of SOPS if nothing is said.
func (c Choice) OrDefault() Choice {
	if c.Ways() == 0 {
		c.UnencryptedSuffix = defaultSuffix
	}
	return c
}

// TakesComments reports whether comments are encrypted as the values beside them are, whatever they and their keys say.
func (c Choice) TakesComments() bool {
	c.UnencryptedSuffix = ""
	return c.Ways() == 0
}

// encrypts returns the test for a value at a path below comments, as [leaf] gets them.
func (c Choice) encrypts() (func(path []string, comments [][]string, isComment bool) bool, error) {
	pattern, err := regexp.Compile(c.EncryptedRegex + c.UnencryptedRegex + c.EncryptedCommentRegex + c.UnencryptedCommentRegex)
	if err != nil {
		return nil, err
	}
	ends := func(suffix string) func(string) bool {
		return func(key string) bool { return strings.HasSuffix(key, suffix) }
	}
	switch {
	case c.EncryptedSuffix != "":
		return func(path []string, _ [][]string, _ bool) bool {
			return slices.ContainsFunc(path, ends(c.EncryptedSuffix))
		}, nil
	case c.EncryptedRegex != "":
		return func(path []string, _ [][]string, _ bool) bool { return slices.ContainsFunc(path, pattern.MatchString) }, nil
	case c.UnencryptedRegex != "":
		return func(path []string, _ [][]string, _ bool) bool { return !slices.ContainsFunc(path, pattern.MatchString) }, nil
	case c.UnencryptedCommentRegex != "":
		return func(_ []string, comments [][]string, _ bool) bool { return !says(comments, pattern) }, nil
	case c.EncryptedCommentRegex != "":
		return func(_ []string, comments [][]string, isComment bool) bool {
			if isComment { // the comment that says so stays as it is
				comments = slices.Clone(comments)
				last := comments[len(comments)-1]
				comments[len(comments)-1] = last[:len(last)-1]
			}
			return says(comments, pattern)
		}, nil
	}
	return func(path []string, _ [][]string, _ bool) bool {
		return c.UnencryptedSuffix == "" || !slices.ContainsFunc(path, ends(c.UnencryptedSuffix))
	}, nil
}

func says(comments [][]string, pattern *regexp.Regexp) bool {
	return slices.ContainsFunc(comments, func(level []string) bool { return slices.ContainsFunc(level, pattern.MatchString) })
}

// leavesSealed reports whether an encrypted comment would be taken for one that says that it is not encrypted.
func (c Choice) leavesSealed(value any, sealed string) bool {
	_, isComment := value.(Comment)
	fits, _ := regexp.MatchString(c.UnencryptedCommentRegex, sealed)
	return isComment && c.UnencryptedCommentRegex != "" && fits
}
