package matrix

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// PythonTrue reports whether Python takes a value for true, as Synapse does with most of its switches: any text that is not empty, even
// "false". It is false for what is not known.
func PythonTrue(n *model.Node) bool {
	if n == nil || n.Unknown {
		return false
	}
	switch n.Kind {
	case model.Map:
		return len(n.Fields) > 0
	case model.List:
		return len(n.Items) > 0
	case model.Bool:
		return n.Is("true")
	case model.Int, model.Float:
		return strings.Trim(n.Text, "0.") != ""
	case model.String:
		return n.Text != ""
	}
	return false
}

// SwitchedOn reports whether Synapse takes the words of a switch that it parses for true: yes, on, 1.
func SwitchedOn(n *model.Node) bool {
	text, _ := n.Literal()
	switch strings.ToLower(text) {
	case "y", "yes", "t", "true", "on", "1":
		return true
	}
	return false
}
