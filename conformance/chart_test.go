package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// chart returns the folder of Element's chart. It is not fetched: $MATRIXGEN_CONFORMANCE_ESS names it, charts/matrix-stack of element-hq/ess-helm.
func chart(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("MATRIXGEN_CONFORMANCE_ESS")
	if folder == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_ESS names no folder with Element's chart: charts/matrix-stack of https://github.com/element-hq/ess-helm")
	}
	return folder
}

// rendered is what Element's chart makes of a stack, with the Secret that the stack has itself.
type rendered struct {
	objects []object
	secret  object
}

// render has Helm make the objects of a stack.
func (d deployment) render(t *testing.T) rendered {
	t.Helper()
	folder := chart(t)
	var said bytes.Buffer
	helm := exec.Command(program(t, "helm"), "template", d.name, folder, "--namespace", "matrix", "--kube-version", "1.33.0", "--api-versions", "monitoring.coreos.com/v1/ServiceMonitor", "--values", filepath.Join(d.dir, "kubernetes", "values.yaml"))
	helm.Stderr = &said
	output, err := helm.Output()
	if err != nil {
		t.Fatalf("helm template: %v\n%s", err, &said)
	}
	return rendered{objects(t, output), d.clusterSecret(t)}
}

// TestHelm has Helm render Element's chart with the values of each stack, which then says what the stack says.
func TestHelm(t *testing.T) {
	kinds := customKinds(t)
	for _, d := range inCluster {
		t.Run(d.name, func(t *testing.T) {
			r := d.render(t)
			for _, o := range r.objects {
				if o.kind() != "Certificate" {
					kinds.hold(t, o)
				}
			}
			if d.has("kubernetes/element.json") {
				var want, got any
				if err := errors.Join(json.Unmarshal(d.read(t, "kubernetes/element.json"), &want), json.Unmarshal([]byte(r.text(t, "ConfigMap", d.name+"-element-web", "config.json")), &got)); err != nil {
					t.Fatal(err)
				}
				said(t, "config.json of Element Web", want, got)
			}
			for file, container := range map[string]string{"synapse.yaml": "synapse", "mas.yaml": "matrix-authentication-service", "livekit.yaml": "sfu"} {
				if d.has("kubernetes/" + file) {
					var want any
					d.parse(t, map[string]any{"kubernetes/" + file: &want})
					said(t, file, want, r.configuration(t, container))
				}
			}
			valid(t, r.configuration(t, "matrix-authentication-service"))
		})
	}
}

// valid holds what MAS reads against its published schema.
func valid(t *testing.T, value any) {
	t.Helper()
	i := slices.IndexFunc(schemas, func(s schemaOf) bool { return s.schema == "mas-config.schema.json" })
	schema := compiled(t, filepath.Join(oracles(t), schemas[i].schema), schemas[i].draft)
	text, err := json.Marshal(value)
	if err == nil {
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
	if err == nil {
		err = schema.Validate(value)
	}
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		report(t, "mas-config.yaml", invalid.BasicOutput(), schemas[i].wrong)
	} else if err != nil {
		t.Error(err)
	}
}

// said fails with what a document should say and does not. Of a list it is enough that the items are there.
func said(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		inside, isMap := got.(map[string]any)
		if !isMap {
			t.Errorf("%s is %v, want %v", path, got, want)
			return
		}
		for key, value := range want {
			said(t, path+"."+key, value, inside[key])
		}
	case []any:
		items, _ := got.([]any)
		for _, item := range want {
			if !slices.ContainsFunc(items, func(other any) bool { return reflect.DeepEqual(item, other) }) {
				t.Errorf("%s is %v, without %v", path, got, item)
			}
		}
	default:
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// text returns what an object has under a key.
func (r rendered) text(t *testing.T, kind, name, key string) string {
	t.Helper()
	for _, o := range append(r.objects, r.secret) {
		if o.kind() != kind || o.name() != name {
			continue
		}
		if text, there := dig(o["stringData"], key).(string); there {
			return text
		}
		text, there := dig(o["data"], key).(string)
		if !there {
			t.Fatalf("%s %s has no %s", kind, name, key)
		}
		if kind == "Secret" {
			plain, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			return string(plain)
		}
		return text
	}
	if name == strings.TrimSuffix(r.secret.name(), "-secrets")+"-generated" {
		return generated[key] // a job makes it
	}
	t.Fatalf("there is no %s %s", kind, name)
	return ""
}

// generated are what the chart makes itself, in a job.
var generated = map[string]string{"SYNAPSE_EXTRA": "{}", "SYNAPSE_REGISTRATION_SHARED_SECRET": "stand-in"}

// pods returns the templates of the pods of a rendered chart, jobs included.
func (r rendered) pods() []map[string]any {
	var pods []map[string]any
	for _, o := range r.objects {
		if pod, there := o.at("spec.template.spec").(map[string]any); there {
			pods = append(pods, pod)
		}
	}
	return pods
}

// configuration returns what the container of that name reads, merged of all that is said of it as the chart's own tool does.
func (r rendered) configuration(t *testing.T, container string) map[string]any {
	t.Helper()
	for _, pod := range r.pods() {
		if slices.ContainsFunc(list(pod["containers"]), func(c any) bool { return dig(c, "name") == container }) {
			return r.merge(t, pod)
		}
	}
	t.Fatalf("no pod has a container %s", container)
	return nil
}

func list(value any) []any { items, _ := value.([]any); return items }

// merge merges the files of a pod's render-config.
// https://github.com/element-hq/ess-helm/blob/main/matrix-tools/internal/pkg/renderer/renderer.go
func (r rendered) merge(t *testing.T, pod map[string]any) map[string]any {
	t.Helper()
	for _, c := range list(pod["initContainers"]) {
		arguments := list(dig(c, "args"))
		if len(arguments) == 0 || arguments[0] != "render-config" {
			continue
		}
		output, overwritten := map[string]any{}, []string{}
		for i := 1; i < len(arguments); i++ {
			switch argument := fmt.Sprint(arguments[i]); argument {
			case "-output":
				if i++; strings.Contains(fmt.Sprint(arguments[i]), "keys") {
					output = nil
				}
			case "-array-overwrite-keys":
				i++
				overwritten = strings.Split(fmt.Sprint(arguments[i]), ",")
			default:
				if output == nil {
					continue
				}
				var part map[string]any
				filled := r.fill(t, r.file(t, pod, argument), list(dig(c, "env")))
				if err := yaml.Unmarshal([]byte(filled), &part); err != nil {
					t.Fatalf("%s: %v\n%s", argument, err, filled)
				}
				overlay(output, part, overwritten)
			}
		}
		if output != nil {
			return output
		}
	}
	t.Fatal("the pod has no render-config")
	return nil
}

// file returns the content of a file of a pod that comes from a Secret or a ConfigMap.
func (r rendered) file(t *testing.T, pod map[string]any, path string) string {
	t.Helper()
	if secret, key, _ := strings.Cut(strings.TrimPrefix(path, "/secrets/"), "/"); strings.HasPrefix(path, "/secrets/") {
		return r.text(t, "Secret", secret, key)
	}
	for _, volume := range list(pod["volumes"]) {
		if dig(volume, "name") == "plain-config" {
			return r.text(t, "ConfigMap", fmt.Sprint(dig(volume, "configMap", "name")), filepath.Base(path))
		}
	}
	t.Fatalf("nothing says what %s is", path)
	return ""
}

var variable = regexp.MustCompile(`(\\?)\$\{([^}]+)\}`)

// fill fills in the variables of a file, each of which is a template.
func (r rendered) fill(t *testing.T, content string, environment []any) string {
	t.Helper()
	return variable.ReplaceAllStringFunc(content, func(found string) string {
		if strings.HasPrefix(found, `\`) {
			return found[1:]
		}
		for _, entry := range environment {
			if dig(entry, "name") != found[2:len(found)-1] {
				continue
			}
			functions := template.FuncMap{
				"readfile":  func(path string) string { return r.file(t, nil, path) },
				"hostname":  func() string { return "pod-0" },
				"replace":   func(old, new, text string) string { return strings.ReplaceAll(text, old, new) },
				"quote":     strconv.Quote,
				"urlencode": func(text string) string { return text },
				"indent":    func(_ int, text string) string { return text },
			}
			var value bytes.Buffer
			if err := template.Must(template.New("").Funcs(functions).Parse(fmt.Sprint(dig(entry, "value")))).Execute(&value, nil); err != nil {
				t.Fatal(err)
			}
			return value.String()
		}
		t.Errorf("nothing fills in %s", found)
		return found
	})
}

// overlay lays a document on another: maps are merged, lists are appended, unless they are of the keys that are not.
func overlay(onto, source map[string]any, overwritten []string) {
	for key, value := range source {
		inner, isMap := value.(map[string]any)
		under, wasMap := onto[key].(map[string]any)
		items, isList := value.([]any)
		before, wasList := onto[key].([]any)
		switch {
		case isMap && wasMap:
			overlay(under, inner, nil)
		case isList && wasList && !slices.Contains(overwritten, key):
			onto[key] = append(before, items...)
		default:
			onto[key] = value
		}
	}
}

// TestSynapseInCluster has Synapse's own loader read what every process of Synapse gets from the chart.
func TestSynapseInCluster(t *testing.T) {
	chart(t)
	type process struct{ stack, kind string }
	var jobs bytes.Buffer
	var processes []process
	for _, d := range inCluster {
		r, folder := d.render(t), t.TempDir()
		for _, pod := range r.pods() {
			if !slices.ContainsFunc(list(pod["containers"]), func(c any) bool { return dig(c, "name") == "synapse" }) {
				continue
			}
			configuration := r.merge(t, pod)
			kind := fmt.Sprint(configuration["worker_app"], " ", len(processes))
			content, err := yaml.Marshal(configuration)
			if err != nil {
				t.Fatal(err)
			}
			file := write(t, r.onThisMachine(t, pod, content, folder), folder, fmt.Sprint(len(processes))+".yaml")
			line, err := json.Marshal([]string{"-c", file})
			if err != nil {
				t.Fatal(err)
			}
			jobs.Write(append(line, '\n'))
			processes = append(processes, process{d.name, kind})
		}
	}
	if len(processes) < 10 {
		t.Fatalf("the charts run %d processes of Synapse", len(processes))
	}
	for _, version := range []string{"default", "newest"} {
		t.Run(version, func(t *testing.T) {
			var complaints bytes.Buffer
			cmd := exec.Command(python(t, version), "testdata/synapse_config.py")
			cmd.Stdin, cmd.Stderr = bytes.NewReader(jobs.Bytes()), &complaints
			output, err := cmd.Output()
			if err != nil {
				t.Fatalf("synapse.config: %v\n%s", err, tail(complaints.String(), 20))
			}
			answers := json.NewDecoder(bytes.NewReader(output))
			for _, p := range processes {
				var answer struct {
					Code int
					Said string
				}
				if err := answers.Decode(&answer); err != nil {
					t.Fatal(err)
				}
				if answer.Code != 0 || answer.Said != "Config parses OK!\n" {
					t.Errorf("%s, %s: exit %d:\n%s", p.stack, p.kind, answer.Code, answer.Said)
				}
			}
		})
	}
}

var podPath = regexp.MustCompile(`/(?:secrets|matrix-secrets|as|conf|media)/[A-Za-z0-9_./-]+`)

// onThisMachine writes the files that a configuration names, and returns it with their paths here.
func (r rendered) onThisMachine(t *testing.T, pod map[string]any, configuration []byte, folder string) []byte {
	t.Helper()
	return podPath.ReplaceAllFunc(configuration, func(path []byte) []byte {
		inside := string(path)
		name := strings.ReplaceAll(strings.Trim(inside, "/"), "/", "_")
		switch key, mounted := strings.CutPrefix(inside, "/matrix-secrets/"); {
		case mounted:
			return []byte(write(t, []byte(r.text(t, "Secret", r.secret.name(), key)), folder, name))
		case strings.HasPrefix(inside, "/secrets/"):
			return []byte(write(t, []byte(r.file(t, pod, inside)), folder, name))
		case strings.HasPrefix(inside, "/as/"):
			registration := "id: x\nurl: null\nas_token: as\nhs_token: hs\nsender_localpart: xbot\nnamespaces: {}\n"
			return []byte(write(t, []byte(registration), folder, name))
		case strings.HasPrefix(inside, "/conf/"):
			return []byte(write(t, []byte(r.file(t, pod, inside)), folder, name))
		}
		return []byte(filepath.Join(folder, name))
	})
}
