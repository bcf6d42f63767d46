package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sops"
)

// File is a SOPS file as everybody can read it.
type File struct {
	name   string
	text   []byte
	root   *yaml.Node // the mapping with all keys
	values sops.Branch
	meta   sops.Metadata
}

// encrypted is how SOPS writes a value. https://github.com/getsops/sops#encryption-protocol
var encrypted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ENC\[AES256_GCM,data:.+,iv:.+,tag:.+,type:.+\]$`) })

// Parse reads a SOPS file; name is its path from the root of the repository. With findings, which say why it cannot be read, the file is nil.
func Parse(name string, text []byte) (*File, []diag.Finding) {
	doc, findings := parseMapping(name, text)
	if len(findings) > 0 {
		return nil, findings
	}
	f := &File{name: name, text: text, root: doc.Content[0]}
	finding := func(rule, message, hint string, at *yaml.Node, secret bool) []diag.Finding {
		return []diag.Finding{{Rule: rule, Severity: diag.Error, Position: f.position(at), Message: message, Hint: hint, Secret: secret}}
	}
	meta := f.value(sops.MetadataKey)
	if meta == nil || meta.Kind != yaml.MappingNode {
		if f.cutShort() {
			return nil, finding("syntax-error", "the file is cut short: what SOPS writes behind the values, below sops:, is missing, and nobody can open it", "restore the file from Git", f.root, false)
		}
		return nil, finding("sops-leaf-unencrypted", "the file is not encrypted: everybody can read what stands in it",
			"encrypt it with sops encrypt --in-place "+name+", and make new values for those that were ever committed", f.root, true)
	}
	var err error
	if f.values, f.meta, err = sops.Read(doc); err != nil {
		return nil, finding("syntax-error", "what SOPS wrote about the file, below sops:, is damaged", "restore the file from Git", f.key(sops.MetadataKey), false)
	}
	return f, nil
}

// cutShort reports whether a file without metadata has values that SOPS encrypted, and no others; of the last one, the end may be missing.
func (f *File) cutShort() bool {
	some := false
	for i := 1; i < len(f.root.Content); i += 2 {
		value := f.root.Content[i]
		switch {
		case strings.HasPrefix(value.Value, "ENC[AES256_GCM,"):
			some = true
		case value.Kind != yaml.ScalarNode || value.Value != "":
			return false
		}
	}
	return some
}

// parseMapping returns a YAML file as a document whose content is a mapping. What is wrong is said without a word of the text, which may hold secrets.
func parseMapping(name string, text []byte) (*yaml.Node, []diag.Finding) {
	finding := func(line int, message, hint string) []diag.Finding {
		return []diag.Finding{{Rule: "syntax-error", Severity: diag.Error, Secret: true, Message: message, Hint: hint,
			Position: diag.Position{File: name, Line: line, Column: 1}}}
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; strings.HasPrefix(line, "<<<<<<< ") || strings.HasPrefix(line, ">>>>>>> ") {
			return nil, finding(n, "a merge conflict is not resolved",
				"take one side whole (git checkout --ours or --theirs), since the checksum is for one; then add what the other side had with matrixgen secrets set")
		}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		at := 1
		if match := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); match != nil {
			at, _ = strconv.Atoi(match[1])
		}
		return nil, finding(at, "from here on the file is not YAML", "restore the file from Git")
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, finding(1, "the file has no keys with values", "restore the file from Git, or delete it and run matrixgen secrets init")
	}
	root, seen := doc.Content[0], map[string]bool{}
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i]; seen[key.Value] {
			return nil, finding(key.Line, "the key "+key.Value+" stands twice", "SOPS refuses the file: keep one")
		} else {
			seen[key.Value] = true
		}
	}
	return &doc, nil
}

// key returns the node of a key on the top level, or nil.
func (f *File) key(name string) *yaml.Node {
	for i := 0; i < len(f.root.Content); i += 2 {
		if f.root.Content[i].Value == name {
			return f.root.Content[i]
		}
	}
	return nil
}

// value returns the node of a value on the top level, or nil.
func (f *File) value(name string) *yaml.Node {
	for i := 0; i < len(f.root.Content); i += 2 {
		if f.root.Content[i].Value == name {
			return f.root.Content[i+1]
		}
	}
	return nil
}

// position returns where a node stands, the top of the file for nil.
func (f *File) position(n *yaml.Node) diag.Position {
	if n == nil {
		return diag.Position{File: f.name, Line: 1, Column: 1}
	}
	return diag.Position{File: f.name, Line: n.Line, Column: n.Column}
}

// Sealed returns what everybody can read of the file.
func (f *File) Sealed() *model.Sealed {
	sealed := &model.Sealed{File: f.name, NoChecksum: f.meta.MAC == ""}
	for i := 0; i < len(f.root.Content); i += 2 {
		key, value := f.root.Content[i], f.root.Content[i+1]
		if key.Value == sops.MetadataKey {
			continue
		}
		sealed.Secrets = append(sealed.Secrets, model.SealedSecret{
			Name: key.Value, Position: f.position(key), Clear: isClear(value),
			Empty: value.Kind == yaml.ScalarNode && value.Value == "" || value.Tag == "!!null", Seal: seal(value),
		})
	}
	return sealed
}

// seal returns a hash of an encrypted value, or "".
func seal(value *yaml.Node) string {
	if value.Kind != yaml.ScalarNode || !encrypted().MatchString(value.Value) {
		return ""
	}
	sum := sha256.Sum256([]byte(value.Value))
	return hex.EncodeToString(sum[:])
}

// isClear says that something below the node can be read by everybody. SOPS leaves empty texts as they are.
func isClear(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			if isClear(n.Content[i]) {
				return true
			}
		}
		return false
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if isClear(item) {
				return true
			}
		}
		return false
	case yaml.AliasNode:
		return isClear(n.Alias)
	}
	return n.Value != "" && n.Tag != "!!null" && !encrypted().MatchString(n.Value)
}

// Misnamed returns a file beside the one of that name that was probably meant to be it, or "".
func Misnamed(files fs.FS, name string) string {
	folder := path.Dir(name)
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return ""
	}
	for _, entry := range entries {
		if lower := strings.ToLower(entry.Name()); entry.Type().IsRegular() && strings.Contains(lower, "secret") && !strings.HasSuffix(lower, ".cue") {
			return path.Join(folder, entry.Name())
		}
	}
	return ""
}
