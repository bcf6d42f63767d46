package lint

import (
	"path"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// sopsFile is a file that SOPS encrypts, with the rules by which it does.
type sopsFile struct {
	doc    *model.Document
	values []model.Field // all but the metadata
	meta   *model.Node
	// encrypts says of the keys down to a value that SOPS encrypts it.
	encrypts func(keys []string) bool
}

// sopsFileOf returns a document as SOPS sees it. It is false for documents without its metadata, or whose rules are not known.
func sopsFileOf(doc *model.Document) (sopsFile, bool) {
	f := sopsFile{doc: doc}
	switch {
	case doc.Root == nil || doc.Template || doc.Excerpt:
		return f, false
	case doc.Kind == model.KindSOPS:
		f.meta = doc.Root.Get("sops")
		for _, field := range doc.Root.Fields {
			if field.Key != "sops" {
				f.values = append(f.values, field)
			}
		}
	case doc.Kind == model.KindEnv && doc.Root.Get("sops_version") != nil:
		f.meta = &model.Node{Kind: model.Map, Position: doc.Root.Position}
		for _, field := range doc.Root.Fields {
			if key, found := strings.CutPrefix(field.Key, "sops_"); found {
				f.meta.Fields = append(f.meta.Fields, model.Field{Key: key, Value: field.Value, Position: field.Position})
			} else {
				f.values = append(f.values, field)
			}
		}
	}
	if f.meta == nil || f.meta.Kind != model.Map || isSet(f.meta.Get("encrypted_comment_regex")) || isSet(f.meta.Get("unencrypted_comment_regex")) {
		return f, false
	}
	var known bool
	f.encrypts, known = sopsChoice(f.meta)
	return f, known
}

// sopsChoice returns which values SOPS encrypts by what its metadata or a creation rule says. Keys count, and indexes of lists do not.
func sopsChoice(rules *model.Node) (func(keys []string) bool, bool) {
	suffix := func(text string) func(string) bool {
		return func(key string) bool { return strings.HasSuffix(key, text) }
	}
	said := false
	var only, never []func(string) bool
	for _, key := range []string{"encrypted_suffix", "unencrypted_suffix", "encrypted_regex", "unencrypted_regex"} {
		node := rules.Get(key)
		text, known := node.Literal()
		if !isSet(node) || known && text == "" {
			continue
		}
		said = true
		matches := suffix(text)
		if strings.HasSuffix(key, "_regex") {
			re, err := regexp.Compile(text)
			if err != nil {
				return nil, false
			}
			matches = re.MatchString
		}
		if !known {
			return nil, false
		}
		if strings.HasPrefix(key, "un") {
			never = append(never, matches)
		} else {
			only = append(only, matches)
		}
	}
	if !said {
		never = append(never, suffix("_unencrypted"))
	}
	return func(keys []string) bool {
		return (len(only) == 0 || matchesAny(only, keys)) && !matchesAny(never, keys)
	}, true
}

func matchesAny(matchers []func(string) bool, keys []string) bool {
	for _, matches := range matchers {
		for _, key := range keys {
			if matches(key) {
				return true
			}
		}
	}
	return false
}

// sopsLeaf is a value that SOPS would encrypt and that stands there for everybody to read.
type sopsLeaf struct {
	path  string
	value *model.Node
}

// plainLeaves returns what is not encrypted among the fields, though the choice says so. SOPS leaves empty texts and null alone.
func plainLeaves(fields []model.Field, encrypts func([]string) bool) []sopsLeaf {
	var leaves []sopsLeaf
	var walk func(keys []string, n *model.Node)
	walk = func(keys []string, n *model.Node) {
		switch {
		case n == nil || n.Kind == model.Null:
		case n.Kind == model.Map:
			for _, f := range n.Fields {
				walk(append(keys[:len(keys):len(keys)], f.Key), f.Value)
			}
		case n.Kind == model.List:
			for _, item := range n.Items {
				walk(keys, item)
			}
		case n.Text != "" && !strings.HasPrefix(n.Text, "ENC[") && encrypts(keys):
			leaves = append(leaves, sopsLeaf{path: strings.Join(keys, "."), value: n})
		}
	}
	walk(nil, &model.Node{Kind: model.Map, Fields: fields})
	return leaves
}

// sopsRule is an entry of creation_rules in a .sops.yaml.
type sopsRule struct {
	node *model.Node
	// pattern is its path_regex; nil if it takes every file.
	pattern *regexp.Regexp
}

// creationRule returns the first rule of a .sops.yaml that takes a file. It is false if there is none, or if that is not known.
func creationRule(rules, doc *model.Document) (sopsRule, bool) {
	folder := path.Dir(rules.Name)
	name, inside := strings.CutPrefix(doc.Name, folder+"/")
	if folder == "." {
		name, inside = doc.Name, true
	}
	if !inside || rules.Template || rules.Excerpt || rules.Root == nil || doc == rules {
		return sopsRule{}, false
	}
	for _, item := range itemsOf(rules.Root, "creation_rules") {
		pattern := item.Get("path_regex")
		text, known := pattern.Literal()
		if !isSet(pattern) || known && text == "" {
			return sopsRule{node: item}, true
		}
		re, err := regexp.Compile(text)
		if !known || err != nil {
			return sopsRule{}, false
		}
		if re.MatchString(name) {
			return sopsRule{node: item, pattern: re}, true
		}
	}
	return sopsRule{}, false
}
