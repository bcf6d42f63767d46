package cli

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// explainField prints what the reference says of a field of the language and of those below it.
func (a *app) explainField(path string) error {
	reference, err := language.Load()
	if err != nil {
		return failed(err)
	}
	if upstream, keys, ok := upstreamKey(path); ok {
		return a.explainKey(path, upstream, keys)
	}
	field := reference.Field(path)
	if field == nil {
		return usageError(nearestExplained(path, reference), "%q is neither a rule nor a field of a stack", path)
	}
	tellPage(a.Out, field.Page(1))
	return nil
}

func nearestExplained(name string, reference *language.Reference) string {
	if nearest := suggest.Nearest(name, slices.Concat(reference.Paths(), ruleNames())); nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "matrixgen explain lists the rules; docs/language.md has the fields"
}

// explained returns what explain takes by name: rules and fields.
func explained() []string {
	names := ruleNames()
	if reference, err := language.Load(); err == nil {
		names = append(names, reference.Paths()...)
	}
	return names
}
