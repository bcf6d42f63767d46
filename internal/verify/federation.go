package verify

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

const federationVersion = "federation-version"

// federates reports whether other servers are to reach this one.
func (s *site) federates() bool {
	return s.d.Synapse != nil && s.serverName != "" && matrix.ServesFederation(s.d.Synapse) && !matrix.FederationIsClosed(s.d)
}

// delegation is how other servers come to know where they go: by the server name itself, by a document of the files, or by one that a server has in its
// own configuration, or DNS, which cannot be seen.
type delegation int

const (
	byName delegation = iota
	byDocument
	byGuess
)

// delegates returns the host and port that the files give other servers, and how.
func (s *site) delegates() (to string, how delegation) {
	if _, port, err := net.SplitHostPort(s.serverName); err == nil {
		return net.JoinHostPort(s.apex, port), byName
	}
	if doc := s.document(model.KindWellKnownServer); doc != nil {
		if text, known := literal(doc.Root.Get("m.server")); known {
			return withPort(text), byDocument
		}
	}
	if s.d.Synapse.At("serve_server_wellknown").True() && s.home.known() && s.home.Hostname() == s.apex {
		return net.JoinHostPort(s.apex, "443"), byDocument
	}
	if matrix.MayListen(s.d, 8448) {
		return net.JoinHostPort(s.apex, "8448"), byName
	}
	if s.home.known() {
		return withPort(s.home.Hostname() + ":" + portOf(s.home.URL)), byGuess
	}
	return "", byName
}

// withPort adds the port that other servers use without one.
func withPort(name string) string {
	if _, _, err := net.SplitHostPort(name); err == nil {
		return strings.ToLower(name)
	}
	return net.JoinHostPort(strings.ToLower(strings.Trim(name, "[]")), "8448")
}

// federation returns the probes of how other servers see this one.
func (s *site) federation() []Probe {
	if !s.federates() {
		return nil
	}
	to, how := s.delegates()
	if to == "" {
		return []Probe{{Name: federationVersion, Group: Federation, About: s.apex, At: s.nameAt, ask: func(context.Context, *session) outcome {
			return unasked("the files do not say where other servers find %s: by a document elsewhere, or by DNS", s.serverName)
		}}}
	}
	var after []string
	var probes []Probe
	if how != byName {
		address := "https://" + s.apex + "/.well-known/matrix/server"
		probes = append(probes, Probe{Name: serverDocument, Group: Federation, About: address, At: s.documentAt(model.KindWellKnownServer), After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome { return s.askServerDocument(ctx, n, address, to, how) }})
		after = append(after, key(serverDocument, address))
	}
	base := "https://" + strings.TrimSuffix(to, ":443")
	version, keys := base+"/_matrix/federation/v1/version", base+"/_matrix/key/v2/server"
	after = append(after, reaches(version)...)
	if s.home.known() && strings.TrimSuffix(to, ":443") == s.home.Host {
		after = append(after, key(clientVersions, s.home.to("/_matrix/client/versions")))
	}
	return append(probes,
		Probe{Name: federationVersion, Group: Federation, About: version, At: s.routeAt(version, http.MethodGet, s.nameAt), After: after, ask: func(ctx context.Context, n *session) outcome {
			a, err := n.get(ctx, version)
			return s.askVersion(a, err, version)
		}},
		Probe{Name: "server-keys", Group: Federation, About: keys, At: s.nameAt, After: append(slices.Clone(after), key(federationVersion, version)), ask: func(ctx context.Context, n *session) outcome {
			a, err := n.get(ctx, keys)
			return s.askKeys(a, err, keys, n.options.Now())
		}})
}

// delegate returns the host that other servers come to, as a place of its own.
func (s *site) delegate() place {
	if !s.federates() {
		return place{}
	}
	to, _ := s.delegates()
	if to == "" {
		return place{}
	}
	return place{&url.URL{Scheme: "https", Host: strings.TrimSuffix(to, ":443")}, s.documentAt(model.KindWellKnownServer)}
}

func (s *site) askServerDocument(ctx context.Context, n *session, address, want string, how delegation) outcome {
	a, err := n.follow(ctx, address)
	nobody := "other servers do not find " + s.serverName + ": "
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at what answers there", rule: "well-known-server-wrong"})
	case a.status != http.StatusOK && how == byGuess:
		return s.askRecords(ctx, n, address+" answers "+a.said(), want)
	case a.status != http.StatusOK:
		return wrong(problem{message: nobody + address + " answers " + a.said(), hint: "serve the document there, or point the host at the proxy that does", rule: "well-known-server-wrong"})
	case text(a.object(), "m.server") == "":
		return wrong(problem{message: nobody + "what " + address + " answers has no m.server", hint: "look at what answers there", rule: "well-known-server-wrong"})
	case withPort(text(a.object(), "m.server")) != want && how == byGuess:
		return unasked("other servers that look for %s go to %s, of which the files say nothing", s.serverName, quoted(text(a.object(), "m.server")))
	case withPort(text(a.object(), "m.server")) != want:
		return wrong(problem{message: fmt.Sprintf("other servers that look for %s go to %s: it is %s", s.serverName, quoted(text(a.object(), "m.server")), want), hint: "the document that is served is another one than the files have: deploy them, and look at what else answers there", rule: "well-known-server-wrong"})
	}
	return pass()
}

// askRecords looks where other servers go without a document: to the host of an SRV record, else to port 8448 of the server name.
// https://spec.matrix.org/v1.16/server-server-api/#server-discovery
func (s *site) askRecords(ctx context.Context, n *session, noDocument, want string) outcome {
	for _, service := range []string{"matrix-fed", "matrix"} { // the second is the name of before Matrix 1.8
		records, err := n.services(ctx, service, s.apex)
		if err != nil {
			return unasked("%s, and DNS does not say whether it has a record _%s._tcp.%s: %v", noDocument, service, s.apex, err)
		}
		if len(records) == 0 {
			continue
		}
		to := strings.ToLower(strings.TrimSuffix(records[0].Target, ".")) + ":" + strconv.Itoa(int(records[0].Port))
		if to != want {
			return unasked("DNS sends other servers that look for %s to %s, of which the files say nothing", s.serverName, quoted(to))
		}
		return pass()
	}
	version := "https://" + s.apex + ":8448/_matrix/federation/v1/version"
	if a, err := n.get(ctx, version); err != nil || a.status != http.StatusOK {
		return wrong(problem{message: fmt.Sprintf("other servers do not find %s: %s, DNS has no record _matrix-fed._tcp.%s, and so they go to port 8448, where nobody answers them", s.serverName, noDocument, s.apex),
			hint: "serve the document, which says " + quoted(want), rule: "well-known-server-wrong"})
	}
	return pass()
}

func (s *site) askVersion(a answer, err error, address string) outcome {
	nobody := "other servers do not reach " + s.serverName + ": "
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at what answers there"})
	case a.status != http.StatusOK || text(a.object(), "server", "name") == "":
		return wrong(problem{message: nobody + address + " answers " + a.said() + ", and not with a version", hint: "let the proxy send /_matrix/federation/ and /_matrix/key/ of this host to Synapse, whose listener needs the resource federation", rule: "matrix-path-not-routed"})
	}
	return pass()
}

// askKeys looks at the document by which other servers know what this one signs.
func (s *site) askKeys(a answer, err error, address string, now time.Time) outcome {
	nobody := "other servers do not believe " + s.serverName + ": "
	var keys struct {
		ServerName string `json:"server_name"`
		Until      int64  `json:"valid_until_ts"`
		Keys       map[string]struct {
			Key string `json:"key"`
		} `json:"verify_keys"`
		Signatures map[string]map[string]string `json:"signatures"`
	}
	switch {
	case err != nil:
		return wrong(problem{message: nobody + address + ": " + why(err), hint: "look at what answers there"})
	case a.status != http.StatusOK || json.Unmarshal(a.body, &keys) != nil || len(keys.Keys) == 0:
		return wrong(problem{message: nobody + address + " answers " + a.said() + ", and not with its keys", hint: "let the proxy send /_matrix/key/ of this host to Synapse", rule: "matrix-path-not-routed"})
	case keys.ServerName != s.serverName:
		return wrong(problem{message: fmt.Sprintf("%sthe keys are those of %s", nobody, quoted(keys.ServerName)), hint: "another Synapse answers there, or it runs with another configuration", rule: "server-name-mismatch"})
	case time.UnixMilli(keys.Until).Before(now):
		return wrong(problem{message: nobody + "its keys counted until " + time.UnixMilli(keys.Until).UTC().Format("2006-01-02 15:04"), hint: "look at the clock of the machine, and whether something keeps old answers of " + address})
	}
	signed, err := canonical(a.body)
	if err != nil {
		return wrong(problem{message: nobody + "what " + address + " answers is no JSON that can be signed", hint: "look at what answers there"})
	}
	for id, key := range keys.Keys {
		public, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(key.Key, "="))
		signature, wrongText := base64.RawStdEncoding.DecodeString(strings.TrimRight(keys.Signatures[s.serverName][id], "="))
		if err != nil || wrongText != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, signed, signature) {
			return wrong(problem{message: nobody + "its keys are not signed by " + quoted(id), hint: "look whether something between changes the answers of " + address})
		}
	}
	return pass()
}

// canonical returns what of a document of keys is signed: without the signatures, in the one form that JSON of Matrix has for it.
// https://spec.matrix.org/v1.16/appendices/#canonical-json
func canonical(body []byte) ([]byte, error) {
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	delete(object, "signatures")
	delete(object, "unsigned")
	return appendCanonical(nil, object), nil
}

func appendCanonical(to []byte, value any) []byte {
	switch v := value.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		to = append(to, '{')
		for i, name := range names {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendText(to, name), ':')
			to = appendCanonical(to, v[name])
		}
		return append(to, '}')
	case []any:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendCanonical(to, item)
		}
		return append(to, ']')
	case string:
		return appendText(to, v)
	case json.Number:
		return append(to, v...)
	case bool:
		return fmt.Appendf(to, "%t", v)
	}
	return append(to, "null"...)
}

// appendText adds a text in quotes, in which nothing is escaped that need not be.
func appendText(to []byte, text string) []byte {
	to = append(to, '"')
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	for _, r := range text {
		switch escaped, is := short[r]; {
		case is:
			to = append(to, escaped...)
		case r < 0x20:
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = append(to, string(r)...)
		}
	}
	return append(to, '"')
}
