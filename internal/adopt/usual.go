package adopt

import (
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// roles are the roles that read the documents whose format has a table.
func roles() map[string]string {
	return map[string]string{synapseName: "synapse", masName: "mas", elementName: "element", livekitName: "livekit"}
}

// withUsual returns an old document with what upstream takes anyway, where the new one says it: that changes nothing.
func (o *Old) withUsual(name, upstream string, old, now *model.Node) *model.Node {
	role, known := roles()[name]
	table, err := format.Load(upstream)
	if !known || err != nil {
		return old
	}
	u := usual{table, o.version(role)}
	return u.fill(old, now)
}

// usual knows what a version of upstream takes.
type usual struct {
	table   *format.Type
	version model.Version
}

// is reports whether upstream takes a value where nothing stands.
func (u usual) is(value *model.Node, path []string) bool {
	usual := u.table.Default(u.version, path...)
	return usual != nil && same(usual, value, false)
}

// fill adds to a map what the other has of its own, if upstream takes that anyway.
func (u usual) fill(n, other *model.Node, path ...string) *model.Node {
	if other == nil || other.Kind != model.Map || n != nil && n.Kind != model.Map {
		return n
	}
	filled := mapping()
	if n != nil {
		*filled = *n
		filled.Fields = append([]model.Field(nil), n.Fields...)
	}
	for _, f := range other.Fields {
		below := append(path[:len(path):len(path)], f.Key)
		has := filled.Get(f.Key)
		switch {
		case has == nil && u.is(f.Value, below):
			set(filled, f.Key, f.Value)
		case has == nil && f.Value.Kind == model.Map, has != nil && has.Kind == model.Map:
			if inner := u.fill(has, f.Value, below...); inner != nil {
				set(filled, f.Key, inner)
			}
		}
	}
	if n == nil && len(filled.Fields) == 0 {
		return nil
	}
	return filled
}
