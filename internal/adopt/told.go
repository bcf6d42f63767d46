package adopt

import "github.com/matrixgen/matrixgen/internal/model"

// toldKey is where a build writes what the stack says and none of its files, in the words of the language.
const toldKey = "x-matrixgen"

// told returns what the compose file of a build has of a field of the stack, or nil.
func (o *Old) told(field string) *model.Node {
	if !o.Generated {
		return nil
	}
	n := o.compose.At(append([]string{toldKey}, at(field)...)...)
	if n == nil {
		return nil
	}
	return unescaped(n)
}

// sayTold gives a field what the compose file of a build has of it.
func (v *inverse) sayTold(field string) bool { return v.take(field, v.told(field)) }
