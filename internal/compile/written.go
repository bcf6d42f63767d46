package compile

import (
	"errors"
	"io/fs"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Written returns what the operator wrote, of a stack that compiles: the fields of its files as one tree, with their positions and comments.
func (c *Compiler) Written(repository fs.FS, name string) (*model.Node, error) {
	src, findings, err := readSources(repository, name)
	if err != nil {
		return nil, err
	}
	if len(findings) > 0 {
		return nil, errors.New("the stack does not compile")
	}
	value, err := c.evaluate(src)
	if err != nil {
		return nil, err
	}
	return decoder{sources: src}.node(c.settle(src.files, value)), nil
}
