package sensitive

import (
	"encoding/asn1"
	"encoding/pem"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// PEMKey is what can be said of a private key without keeping it.
type PEMKey struct {
	// Kind is "RSA" or "EC", or "" if that cannot be told.
	Kind string
	// Plain and encrypted say that the key needs no password, or needs one. Neither does a key that cannot be read.
	Plain, Encrypted bool
	// Problem says why MAS cannot read the key, or "".
	Problem string
}

// pemBegin matches the first line of a text in PEM form.
var pemBegin = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`-----BEGIN ([A-Z0-9 ]+)-----`) })

// ReadPEM looks at a private key as MAS's key store does: PKCS#1, SEC 1 or PKCS#8, and RSA, P-256, P-384 or secp256k1. A body that is no
// more than a sample leaves open what it stands for.
func ReadPEM(text string) PEMKey {
	begin := pemBegin().FindStringSubmatchIndex(text)
	if begin == nil {
		return PEMKey{Problem: "is no private key in PEM form"}
	}
	label, rest := text[begin[2]:begin[3]], text[begin[1]:]
	if strings.TrimSpace(rest) != "" && rest[0] != '\n' && rest[0] != '\r' {
		return PEMKey{Problem: "has lost its line breaks"}
	}
	var der []byte
	if block, _ := pem.Decode([]byte(text[begin[0]:])); block != nil {
		der = block.Bytes
	}
	switch label {
	case "RSA PRIVATE KEY":
		if strings.Contains(rest, "Proc-Type:") {
			return PEMKey{Problem: "is encrypted in the old form of OpenSSL, which MAS does not read"}
		}
		return PEMKey{Kind: "RSA", Plain: true}
	case "EC PRIVATE KEY":
		if strings.Contains(rest, "Proc-Type:") {
			return PEMKey{Problem: "is encrypted in the old form of OpenSSL, which MAS does not read"}
		}
		return readSEC1(der)
	case "PRIVATE KEY":
		return readPKCS8(der)
	case "ENCRYPTED PRIVATE KEY":
		return PEMKey{Encrypted: true}
	}
	return PEMKey{Problem: "is of the type " + label + ", which MAS does not read"}
}

func readSEC1(der []byte) PEMKey {
	var key struct {
		Version    int
		PrivateKey []byte
		Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return PEMKey{Kind: "EC", Plain: true}
	}
	return onCurve(key.Curve)
}

func readPKCS8(der []byte) PEMKey {
	var key struct {
		Version   int
		Algorithm struct {
			Algorithm  asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		PrivateKey []byte
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return PEMKey{Plain: true}
	}
	switch key.Algorithm.Algorithm.String() {
	case "1.2.840.113549.1.1.1":
		return PEMKey{Kind: "RSA", Plain: true}
	case "1.2.840.10045.2.1":
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(key.Algorithm.Parameters.FullBytes, &curve); err != nil {
			return PEMKey{Kind: "EC", Plain: true}
		}
		return onCurve(curve)
	case "1.3.101.112":
		return PEMKey{Problem: "is an Ed25519 key, which MAS does not support"}
	}
	return PEMKey{Problem: "is of an algorithm that MAS does not support"}
}

func onCurve(curve asn1.ObjectIdentifier) PEMKey {
	switch curve.String() {
	case "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.10":
		return PEMKey{Kind: "EC", Plain: true}
	}
	return PEMKey{Problem: "is on an elliptic curve that MAS does not support"}
}

// EachPrivateKey visits the private keys in a document.
func EachPrivateKey(n *model.Node, visit func(*model.Node)) {
	if text, known := n.Literal(); known && isPrivateKey(text) {
		visit(n)
	}
	for _, f := range n.Fields {
		EachPrivateKey(f.Value, visit)
	}
	for _, item := range n.Items {
		EachPrivateKey(item, visit)
	}
}
