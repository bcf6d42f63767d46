// Package sops reads, opens and writes YAML files in the format of SOPS, https://github.com/getsops/sops#encryption-protocol: values encrypted with
// a data key, the data key encrypted for each recipient, and a checksum of all values.
//
// Keys of age and PGP are those of SOPS's own packages. Its other packages bring the clients of five clouds, which cost every start of the program
// eight milliseconds, whatever it does, and the program twenty megabytes. So the format is read and written here, and a key that a cloud keeps
// is asked for through the key service of the program sops, which is started when such a key is needed.
//
// An error of this package may quote a value: it is not for people.
package sops

import (
	"fmt"
	"strconv"
	"time"
)

// Version is the version of SOPS whose format this is, and whose packages are in go.mod.
const Version = "3.13.3"

// Item is a key with its value, or a comment.
type Item struct {
	// Key is a text or a [Comment].
	Key any
	// Value is a [Branch], a list, a scalar, or nil; nil for a comment.
	Value any
}

// Branch is a mapping in the order of the file, comments between its keys.
type Branch []Item

// Comment is a comment without its #, also as an element of a list.
type Comment struct {
	Value string
	// Inline says that it stands beside what it is about, not above.
	Inline bool
}

// leaf changes a scalar or a comment of a tree. The path are the keys that lead to it; comments are those that stand above it and above what
// holds it, level by level, with itself.
type leaf func(value any, path []string, comments [][]string) (any, error)

// walk replaces the scalars and comments below a value by what change returns, in the order of the file.
func walk(value any, path []string, comments [][]string, change leaf) (any, error) {
	switch value := value.(type) {
	case Branch:
		return value, walkBranch(value, path, append(comments, nil), change)
	case []any:
		return value, walkList(value, path, append(comments, nil), change)
	case nil:
		return nil, nil
	}
	return change(value, path, comments)
}

func walkBranch(branch Branch, path []string, comments [][]string, change leaf) error {
	last := len(comments) - 1
	for i, item := range branch {
		switch key := item.Key.(type) {
		case Comment:
			comments[last] = append(comments[last], key.Value)
			changed, err := change(key, path, comments)
			if err != nil {
				return err
			}
			if text, ok := changed.(string); ok {
				changed = Comment{Value: text}
			}
			comment, ok := changed.(Comment)
			if !ok {
				return fmt.Errorf("a comment has a value of type %T", changed)
			}
			comment.Inline = key.Inline
			branch[i].Key = comment
		case string:
			changed, err := walk(item.Value, append(path[:len(path):len(path)], key), comments, change)
			if err != nil {
				return err
			}
			branch[i].Value, comments[last] = changed, nil
		default:
			return fmt.Errorf("a key is of type %T", key)
		}
	}
	return nil
}

func walkList(list []any, path []string, comments [][]string, change leaf) error {
	last := len(comments) - 1
	for i, element := range list {
		comment, isComment := element.(Comment)
		if isComment {
			comments[last] = append(comments[last], comment.Value)
		}
		changed, err := walk(element, path, comments, change)
		if err != nil {
			return err
		}
		list[i] = changed
		if !isComment {
			comments[last] = nil
		}
	}
	return nil
}

// scalar returns how SOPS writes a scalar before it is encrypted, and as which type.
func scalar(value any) (text []byte, kind string, err error) {
	switch value := value.(type) {
	case string:
		return []byte(value), "str", nil
	case Comment:
		return []byte(value.Value), "comment", nil
	case int:
		return strconv.AppendInt(nil, int64(value), 10), "int", nil
	case float64:
		return strconv.AppendFloat(nil, value, 'f', -1, 64), "float", nil
	case bool:
		if value {
			return []byte("True"), "bool", nil
		}
		return []byte("False"), "bool", nil
	case time.Time:
		text, err := value.MarshalText()
		return text, "time", err
	}
	return nil, "", fmt.Errorf("a value of type %T cannot be encrypted", value)
}
