package sops

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"
)

// ErrTampered is the error of a file whose values are not those that its checksum is of.
var ErrTampered = errors.New("the checksum does not fit")

// Opened is a file in clear, in memory.
type Opened struct {
	// Values are the keys and values, and the comments between them.
	Values Branch
	meta   Metadata
	box    *box
}

// Open decrypts the values in place, and compares them with the checksum.
func (m Metadata) Open(values Branch, dataKey []byte) (*Opened, error) {
	box, err := newBox(dataKey)
	if err != nil {
		return nil, err
	}
	o := &Opened{values, m, box}
	sum, err := o.change(func(value any, where string) (changed, clear any, err error) {
		switch value := value.(type) {
		case Comment:
			if changed, err = box.open(value.Value, where); err != nil { // written by hand: it is no part of the checksum
				return value, value, nil
			}
		case string:
			changed, err = box.open(value, where)
		default:
			err = fmt.Errorf("a value of type %T is not encrypted", value)
		}
		return changed, changed, err
	})
	if err != nil {
		return nil, err
	}
	written, err := box.open(m.MAC, m.LastModified)
	if err != nil || written != sum {
		return nil, ErrTampered
	}
	return o, nil
}

// Seal encrypts the values in place, and returns the file as it is written at that moment. Nothing can be read of it afterwards.
func (o *Opened) Seal(at time.Time) ([]byte, error) {
	sum, err := o.change(func(value any, where string) (changed, clear any, err error) {
		text, err := o.box.seal(value, where)
		if o.meta.Choice.leavesSealed(value, text) {
			err = errors.New("unencrypted_comment_regex fits an encrypted comment")
		}
		return text, value, err
	})
	if err != nil {
		return nil, err
	}
	o.meta.LastModified = at.UTC().Format(time.RFC3339)
	if o.meta.MAC, err = o.box.seal(sum, o.meta.LastModified); err != nil {
		return nil, err
	}
	return render(append(o.Values[:len(o.Values):len(o.Values)], Item{MetadataKey, o.meta}))
}

// onlyEncrypted is what the checksum begins with when it is of encrypted values alone: the SHA-256 of "sops".
const onlyEncrypted = "8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69"

// change replaces the values and comments that are encrypted by what convert makes of them, and returns the checksum of all that is in clear.
func (o *Opened) change(convert func(value any, where string) (changed, clear any, err error)) (string, error) {
	encrypts, err := o.meta.Choice.encrypts()
	if err != nil {
		return "", err
	}
	sum := sha512.New()
	if o.meta.MACOnlyEncrypted {
		start, _ := hex.DecodeString(onlyEncrypted)
		sum.Write(start)
	}
	_, err = walk(o.Values, nil, nil, func(value any, path []string, comments [][]string) (any, error) {
		_, isComment := value.(Comment)
		if !encrypts(path, comments, isComment) {
			if o.meta.MACOnlyEncrypted {
				return value, nil
			}
			return value, count(sum, value)
		}
		changed, clear, err := convert(value, strings.Join(path, ":")+":")
		if err != nil {
			return nil, err
		}
		return changed, count(sum, clear)
	})
	return strings.ToUpper(hex.EncodeToString(sum.Sum(nil))), err
}

// count adds a value in clear to the checksum, which is of all but comments.
func count(sum hash.Hash, clear any) error {
	if _, isComment := clear.(Comment); isComment {
		return nil
	}
	text, _, err := scalar(clear)
	sum.Write(text)
	return err
}
