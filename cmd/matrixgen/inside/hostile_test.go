package inside

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/proofs"
)

// hostile is what somebody may choose as a name, a key or a value to be more than that where it is printed: a command for GitHub on a line of its own, a title
// for the terminal, blinking text, a line that the next one writes over, text that runs backwards, and a control sequence in one character.
const hostile = "x\n::error::forged\x1b]0;forged\x07\x1b[5m\r\u202eforged\u009b5m\u2028"

// obeyed matches what no output may hold. Colours of our own are neither blinking nor a title.
var obeyed = regexp.MustCompile("(?m)^::error::forged|\x1b\\]|\x1b\\[5m|\x07|\u202e|\u009b|\u2028|forged\r")

// forPrograms matches a verb that prints for a program, in a format that has no colours and no width.
var forPrograms = regexp.MustCompile(`--format (?:json|sarif|github|gitlab|dot|svg)`)

// TestNothingIsObeyed runs every verb in every format on names, keys and values that steer whoever prints them.
// A part of the proof has verbs in one form each, and prints what people read on a terminal alone. Of what somebody may write it has that of which most is
// printed: settings, right and wrong, a directory, a guide and arguments. A verb that prints without care does so there.
func TestNothingIsObeyed(t *testing.T) {
	good := newLeakRepository(t)
	part := []string{"wrong settings of a stack", "settings of a stack", "a directory", "a guide", "an argument"}
	// A name of each stands in front, so that the test sees that it was shown at all.
	shown := regexp.MustCompile(`hostile-[a-z]+`)
	quoted := func(name string) string { // as CUE, JSON and YAML in double quotes read it
		return strings.NewReplacer(`\x`, `\u00`, `\a`, `\u0007`).Replace(strconv.QuoteToASCII("hostile-" + name + hostile))
	}
	stack := good.good["stacks/open/stack.cue"]
	everyDay := []string{
		"diff", "diff --format markdown", "diff --format json", "build", "build --check", "lint", "lint --staged", "lint --against HEAD", "lint --fix --diff", "graph", "graph --format dot",
		"graph --format svg", "secrets init", "secrets check", "secrets check --staged", "secrets unseal --dry-run", "lint --format json", "lint --format sarif", "lint --format github", "lint --format gitlab",
		"explain out/open/docker-compose.yml:40", "explain out/open/synapse-config.yaml:20 --format json",
	}
	folder := []string{"lint", "lint --format json", "lint --format sarif", "lint --format github", "lint --format gitlab", "lint --fix --diff", "graph", "graph --format dot", "graph --format svg"}
	for _, c := range []struct {
		name  string
		files map[string]string
		verbs []string
		// arguments stand behind each of the verbs.
		arguments []string
	}{
		{"fields of a stack", map[string]string{"stacks/open/stack.cue": stack + "hosts: mas: " + quoted("host") + "\nvolumes: hostPath: " + quoted("path") + "\nextra: services: " + quoted("service") + ": image: \"bot:1\"\n"}, everyDay, nil},
		{"wrong settings of a stack", map[string]string{"stacks/open/stack.cue": stack + "override: synapse: {" + quoted("key") + ": 1, report_stats: " + quoted("value") + "}\n"}, everyDay, nil},
		{"settings of a stack", map[string]string{"stacks/open/stack.cue": stack + "extra: services: bot: {image: \"bot:1\", environment: {A: " + quoted("value") + ", " + quoted("variable") + ": 1}}\n" +
			"override: synapse: server_notices: {system_mxid_localpart: \"a\", room_name: " + quoted("text") + "}\n"}, everyDay, nil},
		{"a stack", map[string]string{"stacks/hostile-folder" + hostile + "/stack.cue": "package other\nserverName: 1\n"}, everyDay, nil},
		{"a file of a stack", map[string]string{"stacks/open/hostile-file" + hostile + ".cue": "package open\nhosts: mas: 1\n"}, everyDay, nil},
		{"a file in out", map[string]string{"out/open/hostile-file" + hostile: "x", "out/hostile-folder" + hostile + "/x": "x"}, everyDay, nil},
		{"settings of a repository", map[string]string{"matrixgen.cue": quoted("key") + ": 1\nfailOn: " + quoted("value") + "\n"}, everyDay, nil},
		{"a secret", map[string]string{"stacks/open/secrets.sops.yaml": quoted("slot") + ": ENC[x]\n" + good.good["stacks/open/secrets.sops.yaml"]}, everyDay, nil},
		// Nobody sees more of these than that they are no keys.
		{"rules of SOPS", map[string]string{".sops.yaml": strings.ReplaceAll("creation_rules:\n  - path_regex: open\n    age: "+quoted("recipient")+"\n    pgp: "+quoted("key")+"\n", "hostile-", "")}, everyDay, nil},
		{"a directory", hostileDirectory(quoted("x")), folder, []string{"by-hand"}},
		{"a guide", map[string]string{"guide.md": "# " + hostile + "\n\n```yaml\n# homeserver.yaml\nserver_name: x\n" + quoted("key") + ": 1\n```\n"}, folder, []string{"guide.md"}},
		{"an argument", nil, []string{"build", "lint", "graph", "explain", "diff", "diff --against", "lint --against", "lint --format", "lint --rule", "build -C", "secrets check", "secrets init", "secrets set open", "secrets rotate --yes open", "secrets unseal", "graph --output", "version --format", "init temporary/new --provider none --server-name", "init temporary/new --server-name example.net --provider"}, []string{hostile}},
	} {
		if !proofs.Whole && !proofs.Named() && !slices.Contains(part, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := good.copy(t)
			r.forget(t, "shut")
			for name, text := range c.files {
				r.write(t, name, text)
			}
			r.git(t, "add", "stacks")
			r.enter(t)
			var all []byte
			for _, verb := range proofs.Of(c.verbs, func(verb string) string {
				if c.arguments != nil {
					return verb // each takes them in another way
				}
				return kindOf(verb)
			}) {
				arguments := append(strings.Fields(verb), c.arguments...)
				if forPrograms.MatchString(verb) || proofs.Whole {
					printed := runHere(t, r, arguments)
					all = append(all, printed...)
					if obeyed.Match(printed) {
						t.Errorf("matrixgen %q prints what is obeyed:\n%q", arguments, printed)
					}
				}
				if forPrograms.MatchString(verb) {
					continue // it is the same on a terminal
				}
				printed := runHereOnTerminal(t, r, arguments)
				all = append(all, printed...)
				if obeyed.Match(printed) {
					t.Errorf("matrixgen %q prints on a terminal what is obeyed:\n%q", arguments, printed)
				}
			}
			for name, text := range c.files {
				for _, mark := range shown.FindAllString(name+text, -1) {
					if !bytes.Contains(all, []byte(mark)) {
						t.Errorf("no verb shows %s, so that nothing is proved of it: %q", mark, string(all[:min(len(all), 1500)]))
					}
				}
			}
			if page, err := os.ReadFile(filepath.Join(r.dir, "out/open/README.md")); err == nil && obeyed.Match(page) {
				t.Errorf("README.md: %q", page)
			}
		})
	}
}

// hostileDirectory returns a deployment by hand, in which names, keys and values are hostile.
func hostileDirectory(quoted string) map[string]string {
	line := strings.ReplaceAll(hostile, "\n", "")
	return map[string]string{
		"by-hand/compose.yaml": "services:\n  " + quoted + ":\n    image: " + quoted + "\n    depends_on: [" + quoted + "]\n    " + quoted + ": 1\n" +
			"  synapse:\n    image: ghcr.io/element-hq/synapse:v1.157.1\n    user: " + quoted + "\n    networks: [" + quoted + "]\n    environment:\n      " + quoted + ": ${A}" + "\n    env_file: " + quoted + "\n" +
			"    labels:\n      traefik.enable: true\n      " + `"traefik.http.routers.a.rule": "Host(` + "`" + `a.example.org` + "`" + `) && Hostt(1)"` + "\n      " + `"traefik.http.routers.a.entrypoints": ` + quoted + "\n    volumes: [\"./homeserver.yaml:/data/homeserver.yaml\"]\n",
		"by-hand/homeserver.yaml":           "server_name: " + quoted + "\n" + quoted + ": 1\npublic_baseurl: " + quoted + "\nlisteners:\n  - port: 8008\n    " + quoted + ": 1\n    resources: [{names: [" + quoted + "]}]\n",
		"by-hand/mas/config.yaml":           "http:\n  public_base: " + quoted + "\nmatrix:\n  homeserver: " + quoted + "\n  endpoint: " + quoted + "\n  " + quoted + ": 1\nupstream_oauth2:\n  providers:\n    - id: " + quoted + "\n      issuer: " + quoted + "\n",
		"by-hand/" + hostile + ".yaml":      "server_name: [\nlisteners: {\n",
		"by-hand/" + hostile + "/.env":      "A" + line + "=1\n" + line + "\n",
		"by-hand/.env":                      "A=" + line + "\n" + line + "\n",
		"by-hand/nginx.conf":                "server {\n  server_name a.example.org;\n  location /_matrix { proxy_pass http://" + line + ":8008; }\n  " + line + " 1;\n}\n}\n",
		"by-hand/Caddyfile":                 "a.example.org {\n  reverse_proxy " + line + ":1\n  " + line + "\n}\n}\n",
		"by-hand/element/config.json":       "{\"default_server_config\": {\"m.homeserver\": {\"base_url\": \"" + strings.NewReplacer("\n", `\n`, "\x1b", `\u001b`, "\x07", `\u0007`, "\r", `\r`).Replace(hostile) + "\"}}, \"" + line + "\": 1,}\n",
		"by-hand/traefik/dynamic/more.yaml": "http:\n  routers:\n    " + quoted + ":\n      rule: " + quoted + "\n      service: " + quoted + "\n",
	}
}
