package verify

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// why says in words why there is no answer.
func why(err error) string {
	var dns *net.DNSError
	var refused errRefused
	var network net.Error
	switch {
	case errors.As(err, &refused):
		return refused.why
	case errors.As(err, &dns) && dns.IsNotFound:
		return "DNS has no address of it"
	case errors.As(err, &dns):
		return "DNS does not answer"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refuses the connection"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "it does not answer in time"
	case strings.Contains(err.Error(), "server response headers exceeded"), strings.Contains(err.Error(), "response header list larger"):
		return "its headers are longer than 64 kB"
	case breaksOff(err):
		return "the connection breaks off"
	case whyTLS(err) != "":
		return whyTLS(err)
	}
	// What is left may quote what the server sent: of that only the outline.
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return err.Error()
}

// whyTLS says what is wrong with a certificate, or "".
func whyTLS(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "its certificate is for other names: " + certified(name.Certificate)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate counts from %s to %s", invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
	case errors.As(err, &authority):
		return "nobody vouches for its certificate"
	case errors.As(err, &invalid):
		return "its certificate is not valid"
	case strings.Contains(err.Error(), "first record does not look like a TLS handshake"):
		return "it does not speak TLS"
	case strings.Contains(err.Error(), "tls: "):
		return "TLS fails: " + err.Error()[strings.Index(err.Error(), "tls: ")+len("tls: "):]
	}
	return ""
}

// certified returns the names of a certificate.
func certified(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > 4:
		return strings.Join(names[:4], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// errcode returns the error code in a body, or "".
func (a answer) errcode() string {
	var body struct {
		Errcode string `json:"errcode"`
		Error   any    `json:"error"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return ""
	}
	if isCode(body.Errcode) {
		return body.Errcode
	}
	if text, _ := body.Error.(string); isCode(text) {
		return text
	}
	return ""
}

// isCode reports whether a text is a word as error codes are.
func isCode(text string) bool {
	if text == "" || len(text) > 60 {
		return false
	}
	for _, r := range text {
		if r != '_' && r != '.' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// said returns what a server answered, in a few words.
func (a answer) said() string {
	if c := a.errcode(); c != "" {
		return fmt.Sprintf("%d %s", a.status, c)
	}
	return fmt.Sprint(a.status)
}

// fromSynapse reports whether Synapse answered: nobody else lets scripts read its trace.
func (a answer) fromSynapse() bool {
	return strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "Synapse-Trace-Id")
}

// isProxy reports whether the proxy answered for itself, because no route of it leads on, or nothing is behind one.
func (a answer) isProxy() bool {
	return a.errcode() == "" && (a.status == 404 || a.status == 502 || a.status == 503 || a.status == 504) && !a.fromSynapse() && !a.fromMAS()
}

// fromMAS reports whether MAS answered with its page for what it does not know.
func (a answer) fromMAS() bool {
	return bytes.Contains(a.body, []byte("<title>matrix-authentication-service</title>"))
}

// object returns the body as an object of JSON, or nil.
func (a answer) object() map[string]any {
	var object map[string]any
	if json.Unmarshal(a.body, &object) != nil {
		return nil
	}
	return object
}

// text returns a text in an object, below a path of keys.
func text(object map[string]any, path ...string) string {
	var value any = object
	for _, key := range path {
		inner, _ := value.(map[string]any)
		value = inner[key]
	}
	found, _ := value.(string)
	return found
}

// isCORS reports whether pages of every origin may read the answer.
func (a answer) isCORS() bool {
	values := a.header.Values("Access-Control-Allow-Origin")
	return len(values) == 1 && values[0] == "*"
}

// quoted returns a text of a server as it may be shown: short, and without what makes a secret of a URL.
func quoted(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		u.RawQuery, u.Fragment, u.User = "", "", nil
		text = u.String()
	}
	if r := []rune(text); len(r) > 120 {
		text = string(r[:120]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// breaksOff reports whether a connection ended before its answer did.
func breaksOff(err error) bool {
	return err != nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		strings.Contains(err.Error(), "stream error") || strings.Contains(err.Error(), "connection error"))
}
