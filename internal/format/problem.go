package format

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ProblemKind is what is wrong.
type ProblemKind string

// The kinds of problems.
const (
	// UnknownKey is a key that no version of upstream reads there.
	UnknownKey ProblemKind = "unknown-key"
	// WrongType is a value of a kind that upstream does not take.
	WrongType ProblemKind = "wrong-type"
	// EmptyValue is a key without a value, or with null, where upstream wants one.
	EmptyValue ProblemKind = "empty-value"
	// NotAllowedValue is a value of the right kind that upstream does not take.
	NotAllowedValue ProblemKind = "not-allowed-value"
	// SecretInline is a secret that is written out.
	SecretInline ProblemKind = "secret-inline"
)

// Problem is one cause for which a value does not fit its type. What it says never holds the value of a secret.
type Problem struct {
	Kind ProblemKind
	// Path is where it is, for example http.listeners[0].binds[0].port.
	Path string
	// Position is that of the key if that is unknown, else of the value.
	Position diag.Position
	// Got is what stands there, in an operator's words: the unknown key, the value, or the kind of the value. "" for secrets.
	Got string
	// Want is what upstream takes there, in an operator's words, or "".
	Want string
	// Suggestion is what was probably meant: a key of the same map, the path of a key elsewhere, or one of the values allowed. Or "".
	Suggestion string
	// Surely is the Suggestion, if that is all there is to change: a key of the same map, which that does not have yet and which takes the
	// value, or one of the values allowed; and nothing else there is spelled alike. Or "".
	Surely string
	// Value is what stands there, a secret too.
	Value *model.Node
	// Key is that below which the value stands; nil if the key is unknown, or if the value is the whole document.
	Key *Key
	// Strict says that upstream refuses to start with unknown keys there.
	Strict bool
}

// GeneralPath returns a path without the numbers of the items: clients[].client_id.
func GeneralPath(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	var general strings.Builder
	for {
		before, rest, found := strings.Cut(path, "[")
		general.WriteString(before)
		if !found {
			return general.String()
		}
		general.WriteByte('[')
		path = strings.TrimLeft(rest, "0123456789")
		if !strings.HasPrefix(path, "]") {
			path = rest // no number of an item
		}
	}
}

// Fix returns what repairs a key that is surely misspelt, or a value that is, or that only stands in quotes or lacks them; nil if it takes
// judgement. A secret is left as it is.
func (p Problem) Fix() *diag.Fix {
	switch {
	case p.Kind == UnknownKey && p.Surely != "":
		return diag.Rename(p.Position, p.Got, p.Surely)
	case p.Kind == UnknownKey || p.Value.Text == "" || p.Value.Unknown || p.Key == nil || p.Key.Secret:
		return nil
	case p.Surely != "":
		return diag.Rewrite(p.Position, p.Value.Text, p.Surely)
	case p.Kind == WrongType:
		return p.requote()
	}
	return nil
}

// FitsQuoted reports whether the value would fit if it stood in quotes.
func (p Problem) FitsQuoted() bool {
	text := model.Node{Kind: model.String, Text: p.Value.Text}
	return slices.ContainsFunc(p.Key.Type.Arms(), func(arm *Type) bool { return arm.Accepts(model.String) && arm.allows(&text) })
}

// requote returns the fix for a value of the wrong kind that is of the right one with quotes, or without.
func (p Problem) requote() *diag.Fix {
	text, wants := p.Value.Text, p.Key.Type.Accepts
	_, noInt := strconv.ParseInt(text, 10, 64)
	_, noFloat := strconv.ParseFloat(text, 64)
	isScalar := p.Value.Kind == model.Bool || p.Value.Kind == model.Int || p.Value.Kind == model.Float
	switch lower := strings.ToLower(text); {
	case isScalar && p.FitsQuoted():
		return diag.Quote(p.Position, text)
	case p.Value.Kind != model.String:
		return nil
	case wants(model.Bool) && (lower == "true" || lower == "yes" || lower == "on"):
		return diag.Unquote(p.Position, text, "true")
	case wants(model.Bool) && (lower == "false" || lower == "no" || lower == "off"):
		return diag.Unquote(p.Position, text, "false")
	case wants(model.Int) && noInt == nil, wants(model.Float) && noFloat == nil:
		return diag.Unquote(p.Position, text, text)
	}
	return nil
}
