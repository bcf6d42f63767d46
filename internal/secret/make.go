package secret

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
)

const (
	letters        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	passwordLength = 40 // 238 bits of letters and digits: nothing that a shell, a URL or a password file would have to escape
)

// Make returns a new value in the format of a slot, from crypto/rand. It is false for what comes from elsewhere.
func Make(format string) (Value, bool) {
	switch format {
	case "hex32":
		return Value{hex.EncodeToString(random(32))}, true
	case "token":
		return Value{base64.RawURLEncoding.EncodeToString(random(32))}, true
	case "password":
		return Value{randomText(passwordLength, letters+"0123456789")}, true
	case "rsa":
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err) // only for a wrong length
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return inPEM("PRIVATE KEY", der, err), true
	case "ec":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err) // only for a curve that is none
		}
		der, err := x509.MarshalECPrivateKey(key)
		return inPEM("EC PRIVATE KEY", der, err), true
	case "signing-key":
		// As generate_signing_key of Synapse writes it: algorithm, a version that is new for every key, and the seed.
		return Value{fmt.Sprintf("ed25519 a_%s %s", randomText(4, letters), base64.RawStdEncoding.EncodeToString(random(ed25519.SeedSize)))}, true
	}
	return Value{}, false
}

func inPEM(kind string, der []byte, err error) Value {
	if err != nil {
		panic(err) // a key that was just made
	}
	return normal("rsa", string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}

// random returns n bytes. crypto/rand never fails.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// randomText returns n characters, each as likely as the others.
func randomText(n int, alphabet string) string {
	text := make([]byte, 0, n)
	limit := 256 - 256%len(alphabet)
	for len(text) < n {
		if b := int(random(1)[0]); b < limit {
			text = append(text, alphabet[b%len(alphabet)])
		}
	}
	return string(text)
}
