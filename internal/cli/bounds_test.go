package cli_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matrixgen/matrixgen/internal/cli"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

// bound is a kind of input of which somebody may write as much as he likes.
type bound struct {
	name string
	// most is how many parts of it fit into the largest file that is read, or as many as anybody could want of what is many files.
	most int
	// files returns a deployment with n parts, by names.
	files func(n int) map[string]string
}

const (
	boundServices = "services:\n  synapse:\n    image: ghcr.io/element-hq/synapse:v1.157.1\n    volumes: [./homeserver.yaml:/data/homeserver.yaml]\n  element:\n    image: vectorim/element-web:v1.12.0\n    volumes: [./config.json:/app/config.json]\n"
	boundSynapse  = "server_name: example.org\nlisteners: [{port: 8008, type: http, resources: [{names: [client]}]}]\n"
	boundLabels   = "    labels:\n      traefik.enable: true\n"
)

// each returns a text with n parts, made of their numbers.
func each(n int, separator, form string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(form, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, separator)
}

func in(file string, text func(n int) string) func(n int) map[string]string {
	return func(n int) map[string]string { return map[string]string{file: text(n)} }
}

func bounds() []bound {
	image := func(text func(n int) string) func(n int) map[string]string {
		return in("compose.yaml", func(n int) string {
			return strings.Replace(boundServices, "ghcr.io/element-hq/synapse:v1.157.1", `"`+text(n)+`"`, 1)
		})
	}
	rule := func(text func(n int) string) func(n int) map[string]string {
		return in("compose.yaml", func(n int) string {
			return boundServices + boundLabels + "      traefik.http.routers.a.rule: \"" + text(n) + "\"\n"
		})
	}
	return []bound{
		{"keys of JSON on one line", 300_000, in("x.json", func(n int) string { return "{" + each(n, ",", `"k#":1`) + "}" })},
		{"keys of JSON", 300_000, in("x.json", func(n int) string { return "{" + each(n, ",\n", `"k#":1`) + "}" })},
		{"keys of Element", 160_000, in("config.json", func(n int) string {
			return `{"default_server_config":{},` + each(n, ",\n", `"key#":"v"`) + "}"
		})},
		{"offences of JSON on one line", 200_000, in("config.json", func(n int) string {
			return `{"default_server_config":{},` + each(n, " ", `"k#":1,,`) + "}"
		})},
		{"escapes of JSON", 600_000, in("x.json", func(n int) string { return `{"a":"` + strings.Repeat(`\u0041`, n) + `"}` })},
		{"brackets of JSON", 2_000_000, in("x.json", func(n int) string { return strings.Repeat("[", n) })},
		{"keys of YAML", 200_000, in("homeserver.yaml", func(n int) string { return boundSynapse + each(n, "\n", "k#: 1") + "\n" })},
		{"keys of other YAML", 200_000, in("x.yaml", func(n int) string { return each(n, "\n", "k#: 1") + "\n" })},
		{"comments of YAML", 1_000_000, in("homeserver.yaml", func(n int) string { return boundSynapse + strings.Repeat("# x\n", n) })},
		{"a line of YAML", 3_900_000, in("homeserver.yaml", func(n int) string { return boundSynapse + "a: \"" + strings.Repeat("x", n) + "\"\n" })},
		{"variables", 20_000, in(".env", func(n int) string { return each(n, "\n", "A#=v#") + "\n" })},
		{"variables of variables", 200, in(".env", func(n int) string {
			return "A0=x\n" + each(n, "\n", "B#=${A#}${A#}") + "\n" + strings.ReplaceAll(each(n, "\n", "C#=${C!}${C!}"), "!", "") + "\n" + doubling(n)
		})},
		{"defaults in defaults", 150_000, image(func(n int) string { return strings.Repeat("${A:-", n) + strings.Repeat("}", n) })},
		{"references", 500_000, image(func(n int) string { return strings.Repeat("${A:-x}", n) })},
		{"open references", 1_000_000, image(func(n int) string { return strings.Repeat("${A", n) })},
		{"hosts of a rule", 100_000, rule(func(n int) string { return each(n, " || ", "Host(`h#.example.org`)") })},
		{"parentheses of a rule", 1_000_000, rule(func(n int) string { return strings.Repeat("(", n) + "Host(`a.example.org`)" + strings.Repeat(")", n) })},
		{"negations of a rule", 2_000_000, rule(func(n int) string { return strings.Repeat("!", n) + "Host(`a.example.org`)" })},
		{"routers", 20_000, in("compose.yaml", func(n int) string {
			return boundServices + boundLabels + each(n, "\n", "      traefik.http.routers.r#.rule: Host(`h#.example.org`)\n      traefik.http.services.r#.loadbalancer.server.port: 80") + "\n"
		})},
		{"services", 20_000, in("compose.yaml", func(n int) string {
			return boundServices + each(n, "\n", "  s#:\n    image: a:1\n    networks: [a]\n    ports: [\"1#:80\"]\n    depends_on: [synapse]\n    volumes: [v:/v]") + "\n"
		})},
		{"listeners", 40_000, in("homeserver.yaml", func(n int) string {
			return "server_name: example.org\nlisteners:\n" + each(n, "\n", "- {port: #, type: http, resources: [{names: [client]}]}") + "\n"
		})},
		{"providers", 20_000, in("mas/config.yaml", func(n int) string {
			return "matrix: {homeserver: example.org, secret: x, endpoint: \"http://synapse:8008\"}\nhttp: {public_base: \"https://a.example.org/\"}\nupstream_oauth2:\n  providers:\n" + each(n, "\n", "  - {id: \"01HFVBY12TMNTYTBV8W921M#\", issuer: \"https://i#.example.org/\", client_id: c}") + "\n"
		})},
		{"locations of nginx", 4_000, in("nginx.conf", func(n int) string {
			return "server {\nserver_name a.example.org;\n" + each(n, "\n", "location /a# { proxy_pass http://synapse:8008; }") + "\n}\n"
		})},
		{"servers of nginx", 2_500, in("nginx.conf", func(n int) string {
			return each(n, "\n", "server { server_name h#.example.org; location / { proxy_pass http://synapse:8008; } }") + "\n"
		})},
		{"blocks of nginx", 30_000, in("nginx.conf", func(n int) string { return strings.Repeat("server {", n) })},
		{"sites of Caddy", 5_000, in("Caddyfile", func(n int) string { return each(n, "\n", "h#.example.org {\n reverse_proxy synapse:8008\n}") + "\n" })},
		{"lines of a script", 5_000, in("run.sh", func(n int) string { return "#!/bin/sh\n" + each(n, "\n", "sed -i s/A#/B/ homeserver.yaml") + "\n" })},
		{"blocks of a guide", 8_000, in("README.md", func(n int) string { return each(n, "\n", "```yaml\nserver_name: a#\n```") + "\n" })},
		{"files of variables", 8_000, func(n int) map[string]string {
			return map[string]string{
				"compose.yaml": boundServices + each(n, "\n", "  s#:\n    image: a:1\n    env_file: all.env\n    environment: {A: b}") + "\n",
				"all.env":      each(n, "\n", "V#=v#") + "\n",
			}
		}},
		{"files included twice", 160, func(n int) map[string]string {
			files := map[string]string{"compose.yaml": boundServices + "include: [i0.yaml, i0.yaml]\n"}
			for i := range n {
				files[fmt.Sprintf("i%d.yaml", i)] = fmt.Sprintf("include: [i%d.yaml, i%d.yaml]\nservices: {s%d: {image: \"a:1\"}}\n", i+1, i+1, i)
			}
			return files
		}},
		{"files extended twice", 160, func(n int) map[string]string {
			files := map[string]string{"compose.yaml": boundServices + "  a: {extends: {file: i0.yaml, service: a}}\n"}
			for i := range n {
				files[fmt.Sprintf("i%d.yaml", i)] = fmt.Sprintf("services:\n  a: {extends: {file: i%d.yaml, service: a}}\n  b: {extends: {file: i%d.yaml, service: b}}\n", i+1, i+1)
			}
			return files
		}},
		{"a large file", 1 << 32, nil}, // of nothing, which takes no room on the disk
		{"files", 20_000, func(n int) map[string]string {
			files := map[string]string{}
			for i := range n {
				files[fmt.Sprintf("d%d/f%d.yaml", i%100, i)] = "a: 1\n"
			}
			return files
		}},
	}
}

// doubling returns variables each of which is twice the one before.
func doubling(n int) string {
	lines := []string{"D0=x"}
	for i := 1; i < n; i++ {
		lines = append(lines, fmt.Sprintf("D%d=${D%d}${D%d}", i, i-1, i-1))
	}
	return strings.Join(lines, "\n") + "\n"
}

// write makes the deployment with n parts.
func (b bound) write(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	if b.files == nil {
		if err := os.WriteFile(filepath.Join(dir, "homeserver.yaml"), []byte(boundSynapse), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, "homeserver.yaml"), int64(n)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	files := map[string]string{"compose.yaml": boundServices, "homeserver.yaml": boundSynapse}
	for name, text := range b.files(n) {
		files[name] = text
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// BenchmarkBounds reads deployments with twice, and twice again as many parts as another, and says how the time grows: 1 is as the size does, 2 as its square.
func BenchmarkBounds(b *testing.B) {
	for _, kind := range bounds() {
		for _, verb := range []string{"lint", "graph"} {
			b.Run(strings.ReplaceAll(kind.name, " ", "-")+"/"+verb, func(b *testing.B) {
				small, large := kind.write(b, kind.most/16), kind.write(b, kind.most/4)
				took := func(dir string) time.Duration {
					began := time.Now()
					cli.Run(context.Background(), []string{verb, dir}, cli.Streams{Out: io.Discard, Err: io.Discard})
					return time.Since(began)
				}
				took(small)
				var one, four time.Duration
				for b.Loop() {
					one, four = one+took(small), four+took(large)
				}
				b.ReportMetric(math.Log2(float64(four)/float64(one))/2, "exponent")
			})
		}
	}
}

// TestBounds reads an eighth of the most of each kind. All of it takes a second or two; what was quadratic, or worse, took minutes, or all the memory.
// A part of the proof is an eighth of that.
func TestBounds(t *testing.T) {
	part := 64
	if proofs.Whole {
		part = 8
	}
	for _, kind := range bounds() {
		t.Run(kind.name, func(t *testing.T) {
			dir := kind.write(t, kind.most/part)
			for _, verb := range []string{"lint", "graph"} {
				began := time.Now()
				peak := peakOf(func() {
					cli.Run(context.Background(), []string{verb, dir}, cli.Streams{Out: io.Discard, Err: io.Discard})
				})
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("%s takes %v", verb, took)
				}
				if peak > 300<<20 {
					t.Errorf("%s takes %d MB", verb, peak>>20)
				}
			}
		})
	}
}

// peakOf returns the most memory, in bytes, that was seen in use while a function ran.
func peakOf(run func()) uint64 {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var stats runtime.MemStats
		for {
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	run()
	close(done)
	return <-peak
}
