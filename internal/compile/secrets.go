package compile

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// secrets is what package secret of the schema says of every slot and file. It is decoded when the first stack needs it.
type secrets struct {
	catalogue cue.Value
	slots     map[string]model.Slot
	files     map[string]model.SecretFile
	order     []string // of the slots, as they are written
}

func (s *secrets) decode() error {
	if s.slots != nil {
		return nil
	}
	fields, err := s.catalogue.LookupPath(cue.ParsePath("slots")).Fields()
	if err != nil {
		return err
	}
	slots := map[string]model.Slot{}
	for fields.Next() {
		slot := model.Slot{Name: fields.Selector().Unquoted()}
		if err := fields.Value().Decode(&slot); err != nil {
			return err
		}
		slots[slot.Name] = slot
		s.order = append(s.order, slot.Name)
	}
	if err := s.catalogue.LookupPath(cue.ParsePath("files")).Decode(&s.files); err != nil {
		return err
	}
	s.slots = slots
	return nil
}

// Secrets returns every slot that a stack may need with all its files, as the schema lists them. It evaluates no other package.
func Secrets() ([]model.Slot, error) {
	const name = "secret"
	files, err := parseSchema(schema.Files, name)
	if err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c := &Compiler{context: cuecontext.New(), build: build.NewContext()}
	catalogue, err := c.loadPackage(name, files[name])
	if err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c.secrets.catalogue = c.context.BuildInstance(catalogue)
	return c.Secrets()
}

// Secrets is [Secrets] with the schema of the compiler.
func (c *Compiler) Secrets() ([]model.Slot, error) {
	if err := c.secrets.decode(); err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	var slots []model.Slot
	for _, name := range c.secrets.order {
		slot := c.secrets.slots[name]
		for file, f := range c.secrets.files {
			if f.Slot == name {
				f.Name = file
				slot.Files = append(slot.Files, f)
			}
		}
		slices.SortFunc(slot.Files, func(a, b model.SecretFile) int { return strings.Compare(a.Name, b.Name) })
		slots = append(slots, slot)
	}
	return slots, nil
}

// wiredSecret is what the wiring of a stack says of a file. Like names the file of the catalogue that it is one of several of; its slot then has another
// name, and another word on what it is. Service is who reads it in this stack. Then are further values of the file, whose slots are of the stack, too:
// Also says which of the catalogue they are like.
type wiredSecret struct {
	Before, After, Format, Like, Slot, What, Service string

	Then []model.SecretPart
	Also map[string]struct{ Like, What string }
}

// slots returns the slots that a stack needs: those of the files that its wiring lists, for the users that the containers run as, and the
// operator's own.
func (c *Compiler) slots(wiring, uids cue.Value, src *sources, d *model.Files) ([]model.Slot, error) {
	if err := c.secrets.decode(); err != nil {
		return nil, err
	}
	fields, err := wiring.Fields()
	if err != nil {
		return nil, err
	}
	decode := decoder{sources: src}
	var slots []model.Slot
	listed := map[string]bool{}
	for fields.Next() {
		name := fields.Selector().Unquoted()
		said := wiredSecret{Like: name}
		if err := fields.Value().Decode(&said); err != nil {
			return nil, err
		}
		file, known := c.secrets.files[said.Like]
		if !known {
			return nil, fmt.Errorf("package secret does not know the file %s", said.Like)
		}
		slot := c.secrets.slots[file.Slot]
		if other, known := c.secrets.slots[said.Slot]; known {
			slot = other
		}
		slot.Name, slot.What = cmp.Or(said.Slot, slot.Name), cmp.Or(said.What, slot.What)
		file.Name, file.Slot, listed[name] = name, slot.Name, true
		file.Service = cmp.Or(said.Service, file.Service)
		if text, err := uids.LookupPath(cue.MakePath(cue.Str(file.Service))).String(); err == nil {
			if file.Owner, err = strconv.Atoi(text); err != nil {
				return nil, err
			}
		}
		file.Before, file.After, file.Then = said.Before, said.After, said.Then
		for _, part := range said.Then {
			slots = c.alsoIn(slots, file, part.Slot, said.Also[part.Slot].Like, said.Also[part.Slot].What, decode.position(fields.Value().Pos()))
		}
		i := slices.IndexFunc(slots, func(s model.Slot) bool { return s.Name == file.Slot })
		if i < 0 {
			i = len(slots)
			slot.Position = decode.position(fields.Value().Pos())
			slots = append(slots, slot)
		}
		slots[i].Format = cmp.Or(said.Format, slots[i].Format)
		slots[i].Files = append(slots[i].Files, file)
	}
	return append(slots, ownSlots(d, listed)...), nil
}

// alsoIn returns the slots with one more that a file has a value of.
func (c *Compiler) alsoIn(slots []model.Slot, file model.SecretFile, name, like, what string, at diag.Position) []model.Slot {
	i := slices.IndexFunc(slots, func(s model.Slot) bool { return s.Name == name })
	if i < 0 {
		slot := c.secrets.slots[cmp.Or(like, name)]
		slot.Name, slot.What, slot.Position = name, cmp.Or(what, slot.What), at
		i, slots = len(slots), append(slots, slot)
	}
	slots[i].Files = append(slots[i].Files, file)
	return slots
}

// ownSlots returns the operator's own secrets that he keeps like those of the stack: extra.secrets with a file in secrets/ beside the compose
// file. Who reads one in its container is not known: it is for all there, and the folder keeps others on the host out.
func ownSlots(d *model.Files, listed map[string]bool) []model.Slot {
	var slots []model.Slot
	secrets := d.Root("docker-compose.yml").Get("secrets")
	for _, f := range secrets.Entries() {
		source, _ := f.Value.Get("file").Literal()
		folder, name := path.Split(path.Clean(source))
		if folder != "secrets/" || listed[name] || slices.ContainsFunc(slots, func(s model.Slot) bool { return s.Name == name }) {
			continue
		}
		slots = append(slots, model.Slot{
			Name: name, Format: "given", What: "for a service of your own", Own: true, Position: f.Position,
			Rotate: "As the service that reads it says.", Cost: "restart",
			Files: []model.SecretFile{{Name: name, Slot: name, Mode: "0444"}},
		})
	}
	return slots
}
