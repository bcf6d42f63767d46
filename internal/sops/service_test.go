package sops

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestServices reads recipients of every kind, and writes them again as they were. Without the program sops, nothing is opened.
func TestServices(t *testing.T) {
	text, err := os.ReadFile("testdata/services.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, meta := read(t, string(text))
	if again, err := render(Branch{{MetadataKey, meta}}); err != nil || string(again) != string(text) {
		t.Errorf("written again: %v\n%s", err, again)
	}
	var names []string
	for _, key := range slices.Concat(meta.Groups...) {
		names = append(names, key.String())
	}
	want := []string{
		"arn:aws:kms:us-east-1:656532927350:key/920aff2e-c5f1-4040-943a-047fa387b27e+arn:aws:iam::927034868273:role/sops|Environment:production,Stack:home|matrix",
		"https://vault.example.org:8200/v1/teams/transit/keys/matrix",
		"projects/x/locations/global/keyRings/y/cryptoKeys/z",
		"tr-west-1:abc12345-6789-0123-4567-890123456789",
		"https://vault.vault.azure.net/keys/matrix/v1",
		"FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
		"age199ye7yq7gg6hpmcwa0qge3hzw4mcjsy5ey76fm6vm027cdu4yvns2umxns",
	}
	if !slices.Equal(names, want) {
		t.Errorf("they are called %q", names)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := meta.DataKey(); !errors.Is(err, ErrNoProgram) {
		t.Errorf("without sops: %v", err)
	}
	newest := NewAzure("https://vault.vault.azure.net", "matrix", "")
	if !newest.Same(meta.Groups[1][2]) || newest.Same(NewAzure("https://vault.vault.azure.net", "other", "v1")) {
		t.Error("a key of Azure without a version is not the one of any version")
	}
	if _, err := Create(Metadata{Groups: []Group{{newest}}}); err == nil || errors.Is(err, ErrNoProgram) {
		t.Errorf("encrypted for no version: %v", err)
	}
}

// TestCall asks a server that speaks gRPC as far as the key service of sops does. conformance/ asks that one itself.
func TestCall(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Protocols: protocols, Handler: http.HandlerFunc(answer)}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	client := dialing(socket)
	key := NewGCP("projects/x")
	for text, want := range map[string]string{
		"good":    "<nil> the answer",
		"refused": "the key service of sops says: not you, 100% ",
		"broken":  "the answer of the key service of sops is broken ",
		"short":   "the answer of the key service of sops is broken ",
	} {
		got, err := call(client, "Encrypt", key, []byte(text))
		if said := fmt.Sprintf("%v %s", err, got); said != want {
			t.Errorf("%s: %s", text, said)
		}
	}
}

// answer looks at the request, byte by byte, and answers as its text wants it.
func answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	const start = "\x00\x00\x00\x00%c\x0a\x0e\x1a\x0c\x0a\x0aprojects/x\x12%c"
	for text, answer := range map[string]string{
		"good":    "\x00\x00\x00\x00\x0c\x0a\x0athe answer",
		"refused": "",
		"broken":  "\x00\x00\x00\x00\x03\x0a\x0ath",
		"short":   "\x00\x00\x00\x00\x0c\x0a\x0athe",
	} {
		if string(body) != fmt.Sprintf(start, 16+2+len(text), len(text))+text || r.URL.Path != "/KeyService/Encrypt" || r.Header.Get("Content-Type") != "application/grpc" {
			continue
		}
		w.Header().Set("Content-Type", "application/grpc")
		if text == "refused" { // nothing but headers
			w.Header().Set("Grpc-Status", "2")
			w.Header().Set("Grpc-Message", "not you, 100%25")
			return
		}
		w.Header().Set("Trailer", "Grpc-Status")
		_, _ = io.WriteString(w, answer)
		w.Header().Set("Grpc-Status", "0")
	}
}
