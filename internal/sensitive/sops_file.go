package sensitive

import (
	"path"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// SopsFile is a file that SOPS encrypts, with the rules by which it does.
type SopsFile struct {
	Doc    *model.Document
	Values []model.Field // all but the metadata
	Meta   *model.Node
	// Encrypts says of the keys down to a value that SOPS encrypts it.
	Encrypts func(keys []string) bool
}

// SopsFileOf returns a document as SOPS sees it. It is false for documents without its metadata, or whose rules are not known.
func SopsFileOf(doc *model.Document) (SopsFile, bool) {
	f := SopsFile{Doc: doc}
	switch {
	case doc.Root == nil || doc.Template || doc.Excerpt:
		return f, false
	case doc.Kind == model.KindSOPS:
		f.Meta = doc.Root.Get("sops")
		for _, field := range doc.Root.Fields {
			if field.Key != "sops" {
				f.Values = append(f.Values, field)
			}
		}
	case doc.Kind == model.KindEnv && doc.Root.Get("sops_version") != nil:
		f.Meta = &model.Node{Kind: model.Map, Position: doc.Root.Position}
		for _, field := range doc.Root.Fields {
			if key, found := strings.CutPrefix(field.Key, "sops_"); found {
				f.Meta.Fields = append(f.Meta.Fields, model.Field{Key: key, Value: field.Value, Position: field.Position})
			} else {
				f.Values = append(f.Values, field)
			}
		}
	}
	if f.Meta == nil || f.Meta.Kind != model.Map || f.Meta.Get("encrypted_comment_regex").IsSet() || f.Meta.Get("unencrypted_comment_regex").IsSet() {
		return f, false
	}
	var known bool
	f.Encrypts, known = SopsChoice(f.Meta)
	return f, known
}

// SopsChoice returns which values SOPS encrypts by what its metadata or a creation rule says. Keys count, and indexes of lists do not.
func SopsChoice(rules *model.Node) (func(keys []string) bool, bool) {
	suffix := func(text string) func(string) bool {
		return func(key string) bool { return strings.HasSuffix(key, text) }
	}
	said := false
	var only, never []func(string) bool
	for _, key := range []string{"encrypted_suffix", "unencrypted_suffix", "encrypted_regex", "unencrypted_regex"} {
		node := rules.Get(key)
		text, known := node.Literal()
		if !node.IsSet() || known && text == "" {
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

// SopsLeaf is a value that SOPS would encrypt and that stands there for everybody to read.
type SopsLeaf struct {
	Path  string
	Value *model.Node
}

// PlainLeaves returns what is not encrypted among the fields, though the choice says so. SOPS leaves empty texts and null alone.
func PlainLeaves(fields []model.Field, encrypts func([]string) bool) []SopsLeaf {
	var leaves []SopsLeaf
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
			leaves = append(leaves, SopsLeaf{Path: strings.Join(keys, "."), Value: n})
		}
	}
	walk(nil, &model.Node{Kind: model.Map, Fields: fields})
	return leaves
}

// SopsRule is an entry of creation_rules in a .sops.yaml.
type SopsRule struct {
	Node *model.Node
	// Pattern is its path_regex; nil if it takes every file.
	Pattern *regexp.Regexp
}

// CreationRule returns the first rule of a .sops.yaml that takes a file. It is false if there is none, or if that is not known.
func CreationRule(rules, doc *model.Document) (SopsRule, bool) {
	folder := path.Dir(rules.Name)
	name, inside := strings.CutPrefix(doc.Name, folder+"/")
	if folder == "." {
		name, inside = doc.Name, true
	}
	if !inside || rules.Template || rules.Excerpt || rules.Root == nil || doc == rules {
		return SopsRule{}, false
	}
	for _, item := range rules.Root.ItemsAt("creation_rules") {
		pattern := item.Get("path_regex")
		text, known := pattern.Literal()
		if !pattern.IsSet() || known && text == "" {
			return SopsRule{Node: item}, true
		}
		re, err := regexp.Compile(text)
		if !known || err != nil {
			return SopsRule{}, false
		}
		if re.MatchString(name) {
			return SopsRule{Node: item, Pattern: re}, true
		}
	}
	return SopsRule{}, false
}
