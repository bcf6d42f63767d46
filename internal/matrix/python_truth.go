package matrix

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// PythonTrue answers whether Python takes a value for true, as Synapse does with most of its switches: any text that is not empty, even
// "false". Nothing is false.
func PythonTrue(n *model.Node) model.Answer {
	switch {
	case n == nil:
		return model.No
	case n.Unknown:
		return model.CannotTell
	}
	switch n.Kind {
	case model.Map:
		return model.Known(len(n.Fields) > 0)
	case model.List:
		return model.Known(len(n.Items) > 0)
	case model.Bool:
		return model.Known(n.Is("true"))
	case model.Int, model.Float:
		return model.Known(strings.Trim(n.Text, "0.") != "")
	case model.String:
		return model.Known(n.Text != "")
	}
	return model.No
}

// SwitchedOn answers whether Synapse takes the words of a switch that it parses for true: yes, on, 1.
func SwitchedOn(n *model.Node) model.Answer {
	if n != nil && n.Unknown {
		return model.CannotTell
	}
	text, _ := n.Literal()
	switch strings.ToLower(text) {
	case "y", "yes", "t", "true", "on", "1":
		return model.Yes
	}
	return model.No
}
