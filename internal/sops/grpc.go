package sops

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// call calls a method of the key service. A call of gRPC is a POST of HTTP/2 whose bodies are a byte for compression, four for the length, and a
// message; the outcome stands behind the answer. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func call(client *http.Client, method string, key *Key, text []byte) ([]byte, error) {
	message := request(key, text)
	body := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
	post, err := http.NewRequest(http.MethodPost, "http://sops/KeyService/"+method, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/grpc")
	post.Header.Set("Te", "trailers")
	answer, err := client.Do(post)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if len(content) == 0 { // an error alone comes without trailers
		answer.Trailer = answer.Header
	}
	if status := answer.Trailer.Get("Grpc-Status"); status != "0" {
		said, err := url.PathUnescape(answer.Trailer.Get("Grpc-Message"))
		return nil, errors.Join(fmt.Errorf("the key service of sops says: %s", said), err)
	}
	if len(content) < 5 || content[0] != 0 || int(binary.BigEndian.Uint32(content[1:5])) != len(content)-5 {
		return nil, errors.New("the answer of the key service of sops is broken")
	}
	return response(content[5:])
}

// request returns an EncryptRequest or DecryptRequest of keyservice.proto: both have the key as field 1 and the text as 2.
func request(key *Key, text []byte) []byte {
	var fields []byte
	kind := kinds()[slices.IndexFunc(kinds(), func(k kind) bool { return k.name == key.Kind })]
	for i, name := range kind.fields {
		if name != contextField {
			fields = appendField(fields, i+1, []byte(key.fields[name]))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(key.context)) { // an entry of a map is a message of its key and value
			fields = appendField(fields, i+1, appendField(appendField(nil, 1, []byte(name)), 2, []byte(key.context[name])))
		}
	}
	return appendField(appendField(nil, 1, appendField(nil, kind.number, fields)), 2, text)
}

// lengthDelimited is the wire type of texts, bytes and messages. https://protobuf.dev/programming-guides/encoding/
const lengthDelimited = 2

func appendField(message []byte, number int, content []byte) []byte {
	message = binary.AppendUvarint(message, uint64(number)<<3|lengthDelimited)
	return append(binary.AppendUvarint(message, uint64(len(content))), content...)
}

// response returns field 1 of an EncryptResponse or DecryptResponse, which have no other.
func response(message []byte) ([]byte, error) {
	tag, n := binary.Uvarint(message)
	length, m := binary.Uvarint(message[max(n, 0):])
	if n <= 0 || m <= 0 || tag != 1<<3|lengthDelimited || length != uint64(len(message)-n-m) {
		return nil, errors.New("the answer of the key service of sops is broken")
	}
	return message[n+m:], nil
}
