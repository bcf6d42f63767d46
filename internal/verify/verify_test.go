package verify_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/verify"
	"github.com/matrixgen/matrixgen/lint/rules"
)

var update = flag.Bool("update", false, "write what the tests want")

// deployment returns the one server in a folder.
func deployment(t *testing.T, folder string) *model.Deployment {
	t.Helper()
	found, findings, err := read.Deployments(os.DirFS(folder))
	if err != nil || len(findings) > 0 {
		t.Fatal(err, findings)
	}
	deployments := link.Deployments(found...)
	if len(deployments) != 1 {
		t.Fatalf("%d deployments in %s", len(deployments), folder)
	}
	return deployments[0]
}

// TestHealthy holds that every question of every group is asked of a server that is well, and passes.
func TestHealthy(t *testing.T) {
	n := newNetwork(t, recorded(t, "home"), nil)
	probes := verify.Plan(deployment(t, "testdata/home"))
	asked := map[verify.Group]bool{}
	for _, r := range verify.Run(t.Context(), probes, n.options(), nil) {
		asked[r.Group] = true
		if r.Status != verify.Passed || len(r.Findings) > 0 {
			t.Errorf("%s: %s: %s %v", r.Key(), r.Status, r.Reason, r.Findings)
		}
	}
	for _, g := range verify.Groups() {
		if !asked[g] && g != verify.Host {
			t.Errorf("nothing of the group %s is asked", g)
		}
	}
}

// TestFaults breaks one thing at a time, and holds that it is found, and nothing else. A part of the proof is one fault of each group, as its name begins: a
// probe that is lost, or that says more than one thing, shows there.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no faults: %v", err)
	}
	bases := map[string]*model.Deployment{"home": deployment(t, "testdata/home"), "alone": deployment(t, "testdata/alone"), "path": deployment(t, "testdata/path")}
	for _, file := range proofs.Of(files, func(file string) string {
		group, _, _ := strings.Cut(filepath.Base(file), "_")
		return group
	}) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := "home" // or as a line of the comment says
			if _, said, found := strings.Cut(string(archive.Comment), "base: "); found {
				base = strings.TrimSpace(said)
			}
			d, a, broken := bases[base], recorded(t, base), map[string]string{}
			for _, f := range archive.Files {
				switch f.Name {
				case "answers":
					a.read(t, string(f.Data))
				case "network":
					for line := range strings.Lines(string(f.Data)) {
						what, how, _ := strings.Cut(strings.TrimSpace(line), " ")
						broken[what] = how
					}
				}
			}
			n := newNetwork(t, a, broken)
			began := time.Now()
			got := report(verify.Run(t.Context(), verify.Plan(d), n.options(), nil))
			if took := time.Since(began); took > 9*time.Second {
				t.Errorf("it took %s", took)
			}
			if strings.Contains(got, "hush-") {
				t.Errorf("a secret is shown:\n%s", got)
			}
			compare(t, file, archive, got)
		})
	}
}

// report says what became of the probes, without those that passed.
func report(results []verify.Result) string {
	var out strings.Builder
	findings := verify.Findings(results)
	diag.Text{}.Write(&out, diag.Sort(findings))
	waiting := map[string][]string{}
	for _, r := range results {
		if r.Because != "" {
			waiting[r.Because] = append(waiting[r.Because], r.Name)
		}
	}
	var because []string
	for name := range waiting {
		because = append(because, name)
	}
	slices.Sort(because)
	for _, name := range because {
		fmt.Fprintf(&out, "after %s: %s\n", name, strings.Join(slices.Compact(waiting[name]), ", "))
	}
	return out.String()
}

// compare holds that the report is the one that the archive wants.
func compare(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name != "want" {
			continue
		}
		if *update {
			archive.Files[i].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if want := archive.Files[i].Data; !bytes.Equal(want, []byte(got)) {
			t.Errorf("got:\n%swant:\n%s", got, want)
		}
		return
	}
	t.Fatal("the archive has no file want")
}

// TestRules holds that every rule that a finding names is one.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, name, found := strings.Cut(strings.TrimSpace(line), "matrixgen explain ")
			if !found {
				continue
			}
			named++
			if _, known := rules.ByName(name); !known {
				t.Errorf("%s: there is no rule %s", file, name)
			}
		}
	}
	if named == 0 {
		t.Error("no finding names a rule")
	}
}

// TestAlone asks a Synapse that has its own sign-in, beside a MAS that is prepared and does not run: nothing is asked of that.
func TestAlone(t *testing.T) {
	a := recorded(t, "alone")
	n := newNetwork(t, a, nil)
	probes := verify.Plan(deployment(t, "testdata/alone"))
	for _, p := range probes {
		if p.Group == verify.Trust || p.Name == "sign-in-page" || p.Name == "mas-discovery" {
			t.Errorf("%s is asked", p.Key())
		}
	}
	if got := report(verify.Run(t.Context(), probes, n.options(), nil)); got != "" {
		t.Errorf("it is well:\n%s", got)
	}
	// Who serves the document of other servers is not to be seen: what it says may be right.
	const document = "GET https://example.org/.well-known/matrix/server"
	for _, c := range []struct{ body, record, at8448, want string }{
		{`{"m.server": "fed.example.org:443"}`, "", "", "warning: not asked: other servers that look for example.org go to \"fed.example.org:443\", of which the files say nothing"},
		{"", "_matrix-fed fed.example.org", "", "warning: not asked: DNS sends other servers that look for example.org to \"fed.example.org:443\", of which the files say nothing"},
		{"", "_matrix-fed matrix.example.org", "", ""},
		{"", "_matrix matrix.example.org", "", ""},
		{"", "broken", "", "warning: not asked: https://example.org/.well-known/matrix/server answers 404, and DNS does not say whether it has a record _matrix-fed._tcp.example.org: lookup : server misbehaving"},
		{"", "", "refused", "error: other servers do not find example.org: https://example.org/.well-known/matrix/server answers 404, DNS has no record _matrix-fed._tcp.example.org, and so they go to port 8448, where nobody answers them"},
		{"", "", "answers", ""},
	} {
		a[document] = told{status: map[bool]string{true: "404", false: "200"}[c.body == ""], body: c.body}
		n.addr["example.org:8448"] = refusing(t)
		if c.at8448 == "answers" {
			n.addr["example.org:8448"] = n.addr["matrix.example.org:443"]
			a["GET https://example.org:8448/_matrix/federation/v1/version"] = a["GET https://matrix.example.org/_matrix/federation/v1/version"]
		}
		options := n.options()
		options.Services = func(_ context.Context, service, host string) ([]*net.SRV, error) {
			name, target, _ := strings.Cut(c.record, " ")
			switch {
			case name == "broken":
				return nil, &net.DNSError{Err: "server misbehaving"}
			case name != "_"+service:
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			return []*net.SRV{{Target: target + ".", Port: 443}}, nil
		}
		got, _, _ := strings.Cut(report(verify.Run(t.Context(), probes, options, nil)), "\n")
		want := c.want
		if want != "" {
			want = "homeserver.yaml:1:14: " + want + " [well-known-server]"
		}
		if got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}

// TestPath asks a MAS that is below a path of Synapse's host: everything that it answers is asked below that, and passes.
func TestPath(t *testing.T) {
	n := newNetwork(t, recorded(t, "path"), nil)
	below := map[string]bool{}
	for _, r := range verify.Run(t.Context(), verify.Plan(deployment(t, "testdata/path")), n.options(), nil) {
		if r.Status != verify.Passed || len(r.Findings) > 0 {
			t.Errorf("%s: %s: %s %v", r.Key(), r.Status, r.Reason, r.Findings)
		}
		if strings.Contains(r.About, "account.example.org") {
			t.Errorf("%s is asked of another host", r.Key())
		}
		if strings.HasPrefix(r.About, "https://matrix.example.org/auth/") {
			below[r.Name] = true
		}
	}
	for _, name := range []string{"mas-discovery", "sign-in-page", "authorization-request", "redirect-uri", "device-grant", "closed-mas-health", "closed-mas-metrics", "closed-mas-admin"} {
		if !below[name] {
			t.Errorf("%s is not asked below the path", name)
		}
	}
}

// TestGaps holds that what cannot be asked, since the files do not say whom, is told, and no pass.
func TestGaps(t *testing.T) {
	a := recorded(t, "home")
	const begin = "https://account.example.org/upstream/authorize/01HFS67GJ145HCM9ZASYS9DC3J"
	a.read(t, "\n> GET https://account.example.org/login\n200\n\n<a href=/upstream/authorize/01HFS67GJ145HCM9ZASYS9DC3J>\n> GET "+begin+"\n307\nlocation: https://github.com/login/oauth/authorize?client_id=matrix&scope=read:user&redirect_uri="+strings.Replace(begin, "authorize", "callback", 1)+"\n\n> GET https://github.com/login/oauth/authorize\n302\nlocation: https://github.com/login?return_to=x\n")
	n := newNetwork(t, a, nil)
	n.addr["github.com:443"] = n.addr["example.org:443"] // its endpoint stands in the files, which have no discovery document of it
	probes := verify.Only(verify.Plan(deployment(t, "testdata/gaps")), []verify.Group{verify.Discovery, verify.SignIn})
	want := `homeserver.yaml:2:17: warning: not asked: the files do not say where clients reach Synapse, by an address with https:// [client-versions]
mas.yaml:6:7: warning: not asked: the id of this provider is not known, or no ULID [authorization-request]
`
	if got := report(verify.Run(t.Context(), probes, n.options(), nil)); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
