package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// misfitInLiveKit says what LiveKit does not take. It reads nothing for every key without a value, any scalar for text, and the words of YAML 1.1 for true
// and false; numbers in quotes are none.
func misfitInLiveKit(m format.Problem) string {
	takes, got := m.Key.Type.Accepts, m.Value
	isDuration := slices.ContainsFunc(m.Key.Type.Arms(), func(arm *format.Type) bool { return arm.Pattern != nil })
	switch {
	case got.Kind == model.Null, takes(model.String) && isScalar(got) && !isDuration, takes(model.Int) && got.Kind == model.Float, takes(model.Float) && got.Kind == model.Int:
		return ""
	case takes(model.Bool) && got.Kind == model.String && slices.Contains([]string{"y", "n", "yes", "no", "on", "off"}, strings.ToLower(got.Text)):
		return ""
	}
	return fmt.Sprintf("LiveKit does not start: %s is %s, and has to be %s", m.Path, m.Got, m.Want)
}

// misfitInTraefik says what Traefik does not take. It reads text and converts it, so that quotes make no difference, and a list may be one text.
func misfitInTraefik(m format.Problem) string {
	got := m.Value
	if got.Kind == model.Null || got.Kind == model.List {
		return ""
	}
	wants := m.Key.Type.Accepts
	isText := got.Kind != model.Map
	_, noBool := strconv.ParseBool(got.Text)
	_, noInt := strconv.ParseInt(got.Text, 10, 64)
	switch {
	case wants(model.Map), wants(model.List) && isText, wants(model.Bool) && isText && noBool == nil, wants(model.Int) && isText && noInt == nil:
		return ""
	case wants(model.String) && isText && m.Kind != format.NotAllowedValue:
		return ""
	}
	return fmt.Sprintf("Traefik does not start: %s is %s, and has to be %s", m.Path, m.Got, m.Want)
}
