package sops

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// nonceSize is the length of the nonces that SOPS writes, in bytes.
const nonceSize = 32

// place is a value in clear, and where it stands.
type place struct {
	where string
	value any
}

// placed leaves out whether a comment stands beside something, which is not encrypted with it.
func placed(value any, where string) place {
	if comment, ok := value.(Comment); ok {
		value = Comment{Value: comment.Value}
	}
	return place{where, value}
}

// box encrypts and decrypts values with the data key of a file. A value that it decrypted is encrypted with the same nonce at the same place, so
// that what does not change is written as it was.
type box struct {
	block  cipher.Block
	nonces map[place][]byte
}

func newBox(dataKey []byte) (*box, error) {
	block, err := aes.NewCipher(dataKey)
	if err != nil {
		return nil, err
	}
	return &box{block, map[place][]byte{}}, nil
}

// seal returns a scalar or a comment encrypted, as SOPS writes it. The text that says where it stands is authenticated with it. What is empty stays so.
func (b *box) seal(value any, where string) (string, error) {
	text, kind, err := scalar(value)
	if err != nil || len(text) == 0 {
		return "", err
	}
	nonce, known := b.nonces[placed(value, where)]
	if !known {
		nonce = make([]byte, nonceSize)
		if _, err := rand.Read(nonce); err != nil {
			return "", err
		}
	}
	gcm, err := cipher.NewGCMWithNonceSize(b.block, len(nonce))
	if err != nil {
		return "", err
	}
	sealed := gcm.Seal(nil, nonce, text, []byte(where))
	end, encode := len(sealed)-gcm.Overhead(), base64.StdEncoding.EncodeToString
	return fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:%s]", encode(sealed[:end]), encode(nonce), encode(sealed[end:]), kind), nil
}

// open returns what seal encrypted, with its type.
func (b *box) open(text, where string) (any, error) {
	if text == "" {
		return "", nil
	}
	data, nonce, kind, err := parts(text)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCMWithNonceSize(b.block, len(nonce))
	if err != nil {
		return nil, err
	}
	clear, err := gcm.Open(nil, nonce, data, []byte(where))
	if err != nil {
		return nil, err
	}
	value, err := typed(string(clear), kind)
	if err != nil {
		return nil, err
	}
	b.nonces[placed(value, where)] = nonce
	return value, nil
}

// parts takes an encrypted value apart; the data ends in the tag.
func parts(text string) (data, nonce []byte, kind string, err error) {
	broken := errors.New("not a value that SOPS encrypted")
	inner, ok := strings.CutPrefix(text, "ENC[AES256_GCM,data:")
	inner, closed := strings.CutSuffix(inner, "]")
	fields := strings.Split(inner, ",")
	if !ok || !closed || len(fields) != 4 {
		return nil, nil, "", broken
	}
	var decoded [3][]byte
	for i, name := range []string{"", "iv:", "tag:"} {
		field, ok := strings.CutPrefix(fields[i], name)
		if decoded[i], err = base64.StdEncoding.DecodeString(field); err != nil || !ok {
			return nil, nil, "", broken
		}
	}
	kind, ok = strings.CutPrefix(fields[3], "type:")
	if !ok || len(decoded[1]) == 0 {
		return nil, nil, "", broken
	}
	return append(decoded[0], decoded[2]...), decoded[1], kind, nil
}

// typed returns a scalar from its text. SOPS calls bytes what other versions of it took from binary files: here it is a text.
func typed(text, kind string) (any, error) {
	switch kind {
	case "str", "bytes":
		return text, nil
	case "comment":
		return Comment{Value: text}, nil
	case "int":
		return strconv.Atoi(text)
	case "float":
		return strconv.ParseFloat(text, 64)
	case "bool":
		return strconv.ParseBool(text)
	case "time":
		var moment time.Time
		err := moment.UnmarshalText([]byte(text))
		return moment, err
	}
	return nil, fmt.Errorf("a value of the unknown type %s", kind)
}
