package read

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// dialect is how the program that reads a file understands YAML.
type dialect struct {
	merge     bool // << is applied, not a key
	yamlOneOn bool // yes, no, on and off are truths, as in YAML 1.1
}

// dialectOf returns the dialect of the program that reads documents of the kind. PyYAML (Synapse) reads YAML 1.1. MAS (serde) knows no merge
// keys. Programs in Go apply merge keys, and take yes for a text unless they want a truth.
func dialectOf(kind model.DocumentKind) dialect {
	switch kind {
	case model.KindMAS:
		return dialect{}
	case model.KindSynapse, model.KindSynapseWorker, model.KindSynapseLog, model.KindOther:
		return dialect{merge: true, yamlOneOn: true}
	}
	return dialect{merge: true}
}

// dialect is [dialectOf], for what the parser is told of the text. What a program in Go reads and writes anew has no merge keys any more.
func (p *parser) dialect(kind model.DocumentKind) dialect {
	d := dialectOf(kind)
	d.merge = d.merge || p.surely != ""
	return d
}

// scalar returns the kind and the text of a YAML scalar.
func (d dialect) scalar(y *yaml.Node) (model.Kind, string) {
	switch y.ShortTag() {
	case "!!null":
		return model.Null, ""
	case "!!bool":
		return model.Bool, strings.ToLower(y.Value)
	case "!!int":
		return model.Int, y.Value
	case "!!float":
		return model.Float, y.Value
	}
	if d.yamlOneOn && y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0 {
		switch y.Value {
		case "yes", "Yes", "YES", "on", "On", "ON":
			return model.Bool, "true"
		case "no", "No", "NO", "off", "Off", "OFF":
			return model.Bool, "false"
		}
	}
	return model.String, y.Value
}
