package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
)

// siteLine matches where a site begins, and siteAddress each of its addresses.
var (
	siteLine    = regexp.MustCompile(`(?m)^([a-z0-9.:-]+(?:, [a-z0-9.:-]+)*) \{$`)
	siteAddress = regexp.MustCompile(`([a-z0-9.-]+)(?::(\d+))?`)
)

// TestCaddyFront runs Caddy with every generated Caddyfile, and asks it for every URL of the table.
func TestCaddyFront(t *testing.T) {
	eachFront(t, "Caddyfile", func(t *testing.T, d deployment, all []row) {
		f := newFront(t, d)
		folder := t.TempDir()
		chain, key := certificate(t, hosts(all), folder)
		text := string(f.local(t, d.read(t, "Caddyfile")))
		// The certificates of the test, and no authority that is asked for others.
		options := fmt.Sprintf("\tlog {\n\t\toutput discard\n\t}\n\tauto_https off\n\tpersist_config off\n\thttp_port %d\n\tstorage file_system %s\n\tservers {\n\t\tprotocols h1 h2\n\t}\n", f.port(t, "80"), folder)
		if strings.Contains(text, "\n{\n") {
			text = strings.Replace(text, "\n{\n", "\n{\n"+options, 1)
		} else {
			text = "{\n\tadmin off\n" + options + "}\n" + text
		}
		text = siteLine.ReplaceAllStringFunc(text, func(line string) string {
			local := siteAddress.ReplaceAllStringFunc(strings.TrimSuffix(line, " {"), func(address string) string {
				parts := siteAddress.FindStringSubmatch(address)
				return fmt.Sprintf("%s:%d", parts[1], f.port(t, cmp.Or(parts[2], "443")))
			})
			return fmt.Sprintf("%s {\n\ttls %s %s", local, chain, key)
		})
		configuration := adapt(t, text)
		if err := caddy.Run(configuration); err != nil {
			t.Fatal(err)
		}
		defer caddy.Stop()
		var secure []row // the way from HTTP to HTTPS is Caddy's own
		for _, r := range all {
			if strings.HasPrefix(r.url, "https://") {
				secure = append(secure, r)
			}
		}
		f.judge(t, secure)
		f.limits(t, synapseHost(t, all), 413)
		f.upgrades(t, synapseHost(t, all))
	})
}

// TestCaddyfile holds that Caddy takes the generated files as they are.
func TestCaddyfile(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		if d.has("Caddyfile") {
			adapt(t, string(d.read(t, "Caddyfile")))
		}
	})
}

// adapt returns what Caddy makes of a Caddyfile. What it warns of is a failure, but for the way in which lines are indented.
func adapt(t *testing.T, text string) *caddy.Config {
	t.Helper()
	adapter := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}
	adapted, warnings, err := adapter.Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		t.Fatalf("caddy: %v\n%s", err, text)
	}
	for _, warning := range warnings {
		t.Logf("caddy: %s", warning)
	}
	var configuration caddy.Config
	if err := json.Unmarshal(adapted, &configuration); err != nil {
		t.Fatal(err)
	}
	return &configuration
}
