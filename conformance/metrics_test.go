package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMetricsFiles has Prometheus and Alertmanager read what is for them.
func TestMetricsFiles(t *testing.T) {
	promtool, amtool := installed(t, "promtool"), installed(t, "amtool")
	n := 0
	for _, d := range built {
		if !d.has("metrics/alerts.yaml") {
			continue
		}
		n++
		folder := t.TempDir()
		rules := write(t, d.read(t, "metrics/alerts.yaml"), folder, "alerts.yaml")
		judge(t, promtool, "check", "rules", rules)
		name := "metrics/scrape.yaml"
		if d.has("metrics/prometheus.yaml") {
			name = "metrics/prometheus.yaml"
		}
		config := bytes.ReplaceAll(d.read(t, name), []byte("/etc/prometheus/"), []byte(folder+"/"))
		judge(t, promtool, "check", "config", "--syntax-only", write(t, config, folder, "prometheus.yaml"))
		if d.has("metrics/alertmanager.yaml") {
			judge(t, amtool, "check-config", write(t, d.read(t, "metrics/alertmanager.yaml"), folder, "alertmanager.yaml"))
		}
	}
	if n < 2 {
		t.Errorf("%d stacks have metrics", n)
	}
}

func judge(t *testing.T, program string, arguments ...string) {
	t.Helper()
	if output, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}

// asked is what Prometheus is asked, by who asks.
type asked struct{ who, query string }

// questions returns what the dashboard and the alerts of a deployment ask.
func (d deployment) questions(t *testing.T) []asked {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(d.read(t, "metrics/dashboard.json"), &board); err != nil {
		t.Fatal(err)
	}
	var all []asked
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all = append(all, asked{panel.Title, target.Expr})
		}
	}
	var alerts struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	d.parse(t, map[string]any{"metrics/alerts.yaml": &alerts})
	for _, rule := range alerts.Groups[0].Rules {
		all = append(all, asked{rule.Alert, rule.Expr})
	}
	return all
}

// TestMetricsAreCounted has a Prometheus ask a Synapse, and asks it what the dashboard and the alerts ask: what Synapse is said to count, it counts.
func TestMetricsAreCounted(t *testing.T) {
	d := deploymentOf(t, "metrics")
	figures := freePort(t)
	base, _, _ := d.runSynapse(t, "", "port: 9000\n", fmt.Sprintf("port: %d\n", figures))
	for range 5 {
		text(t, base+"/_matrix/client/versions")
	}
	counted := text(t, fmt.Sprintf("http://127.0.0.1:%d/_synapse/metrics", figures))
	name := regexp.MustCompile(`\bsynapse_[a-z_]+`)
	for _, q := range d.questions(t) {
		for _, metric := range name.FindAllString(q.query, -1) {
			family := regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(metric, "")
			if !strings.Contains(counted, "# TYPE "+metric+" ") && !strings.Contains(counted, "# TYPE "+family+" ") {
				t.Errorf("%s: Synapse does not count %s", q.who, metric)
			}
		}
	}

	folder, port := t.TempDir(), freePort(t)
	config := bytes.ReplaceAll(d.read(t, "metrics/prometheus.yaml"), []byte("/etc/prometheus/"), []byte(folder+"/"))
	config = mapped(t, config, "interval: 30s\n", "interval: 1s\n", "synapse.metrics.internal:9000", fmt.Sprintf("127.0.0.1:%d", figures))
	write(t, d.read(t, "metrics/alerts.yaml"), folder, "alerts.yaml")
	prometheus := start(t, exec.Command(installed(t, "prometheus"), "--config.file="+write(t, config, folder, "prometheus.yaml"),
		"--storage.tsdb.path="+folder+"/data", fmt.Sprintf("--web.listen-address=127.0.0.1:%d", port)))
	ask := func(query string) (string, int) {
		var answer struct {
			Status, Error string
			Data          struct{ Result []any }
		}
		response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/api/v1/query?query=%s", port, url.QueryEscape(query)))
		if err != nil {
			return err.Error(), 0
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			return err.Error(), 0
		}
		return answer.Error, len(answer.Data.Result)
	}
	prometheus.until(t, "asked Synapse several times", time.Minute, func() error {
		if problem, n := ask(`rate(process_cpu_seconds_total{product="synapse"}[1m])`); n == 0 {
			return fmt.Errorf("nothing yet: %s", problem)
		}
		return nil
	})
	answered := map[string]bool{}
	for _, q := range d.questions(t) {
		problem, n := ask(q.query)
		if problem != "" {
			t.Errorf("%s: %s: %s", q.who, q.query, problem)
		}
		answered[q.who] = answered[q.who] || n > 0
	}
	for _, panel := range []string{"Runs", "Answers of Synapse, by code", "Sessions", "Time of an answer, without sync", "Federation: what waits for others", "Memory", "Processor", "MASIsDown"} {
		if !answered[panel] {
			t.Errorf("%s has nothing to show", panel)
		}
	}
}

// text returns what stands at a URL.
func text(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(url, response.Status, err)
	}
	return string(content)
}
