package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestLiveKit starts LiveKit with every configuration, and asks it for its rooms as lk-jwt-service does: with the key and the secret that that has.
func TestLiveKit(t *testing.T) {
	judged := 0
	each(t, func(t *testing.T, d deployment) {
		if !d.has("livekit.yaml") {
			t.Skip("no LiveKit in this stack")
		}
		judged++
		base := d.livekit(t)
		tokens := d.project(t).Services["lk-jwt"].Environment
		secret, err := os.ReadFile(filepath.Join(d.secrets(t), filepath.Base(*tokens["LIVEKIT_SECRET_FROM_FILE"])))
		if err != nil {
			t.Fatal(err)
		}
		if status := listRooms(t, base, *tokens["LIVEKIT_KEY"], secret); status != http.StatusOK {
			t.Errorf("LiveKit answers lk-jwt-service with %d", status)
		}
		if status := listRooms(t, base, *tokens["LIVEKIT_KEY"], []byte("another secret")); status != http.StatusUnauthorized {
			t.Errorf("LiveKit answers somebody with another secret with %d", status)
		}
	})
	if judged < 3 {
		t.Errorf("%d stacks alone have LiveKit", judged)
	}
}

// livekit starts LiveKit on free ports, and returns where it answers.
func (d deployment) livekit(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	configuration := mapped(t, d.read(t, "livekit.yaml"), ": /run/secrets/", ": "+d.secrets(t)+"/")
	chain, key := certificate(t, []string{"sfu.calls.example"}, folder)
	for inside, here := range map[string]string{"/etc/livekit/chain.pem": chain, "/etc/livekit/key.pem": key} {
		configuration = []byte(strings.ReplaceAll(string(configuration), inside, here))
	}
	// Each on ports of its own, and at an address that is there.
	var port int
	configuration = regexp.MustCompile(`(?m)^( *)(port|tcp_port|udp_port|tls_port): \d+$`).ReplaceAllFunc(configuration, func(line []byte) []byte {
		free := freePort(t)
		if strings.HasPrefix(string(line), "port:") {
			port = free
		}
		name, _, _ := strings.Cut(string(line), ":")
		return fmt.Appendf(nil, "%s: %d", name, free)
	})
	configuration = regexp.MustCompile(`use_external_ip: true|node_ip: .*`).ReplaceAll(configuration, []byte("node_ip: 127.0.0.1"))
	if port == 0 {
		t.Fatalf("no port in\n%s", configuration)
	}
	file := write(t, configuration, folder, "livekit.yaml")
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	start(t, exec.Command(installed(t, "livekit-server", cacheFolder(t)), "--config", file)).until(t, "was ready", time.Minute, func() error {
		answer, err := http.Get(base)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if content, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", answer.Status, content)
		}
		return nil
	})
	return base
}

// listRooms asks for the rooms with a ticket that a secret signed, and returns the status of the answer.
// https://docs.livekit.io/reference/other/roomservice-api/
func listRooms(t *testing.T, base, key string, secret []byte) int {
	t.Helper()
	claims, err := json.Marshal(map[string]any{"iss": key, "exp": time.Now().Add(time.Minute).Unix(), "video": map[string]any{"roomList": true}})
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	request, err := http.NewRequest(http.MethodPost, base+"/twirp/livekit.RoomService/ListRooms", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+signed+"."+encode(mac.Sum(nil)))
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}
