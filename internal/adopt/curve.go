package adopt

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
)

// curveOf returns the curve of a private key in PEM; "" for a key that is on none, or that this program cannot read.
func curveOf(text string) string {
	block, rest := pem.Decode([]byte(text))
	for block != nil && block.Type == "EC PARAMETERS" { // openssl writes the curve first
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return ""
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key.Curve.Params().Name
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if ec, ok := key.(*ecdsa.PrivateKey); ok {
			return ec.Curve.Params().Name
		}
	}
	return ""
}
