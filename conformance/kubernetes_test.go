package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

// object is one object of Kubernetes.
type object map[string]any

func (o object) kind() string       { return fmt.Sprint(o["kind"]) }
func (o object) at(path string) any { return dig(map[string]any(o), strings.Split(path, ".")...) }
func (o object) name() string       { return fmt.Sprint(o.at("metadata.name")) }

// dig returns what is at a path of maps, or nil.
func dig(value any, path ...string) any {
	for _, key := range path {
		inside, _ := value.(map[string]any)
		value = inside[key]
	}
	return value
}

// objects returns those of a stream of YAML.
func objects(t *testing.T, stream []byte) []object {
	t.Helper()
	var all []object
	for decoder := yaml.NewDecoder(bytes.NewReader(stream)); ; {
		var o map[string]any // maps inside are of the type of the outermost
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if o != nil {
			all = append(all, o)
		}
	}
}

// TestManifests holds what a cluster is given against the definitions of Kubernetes, of Flux and of Argo CD. What they do not know is wrong, too.
func TestManifests(t *testing.T) {
	kinds := customKinds(t)
	judged := map[string]bool{}
	for _, d := range inCluster {
		t.Run(d.name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(d.dir, "kubernetes", "*.yaml"))
			if err != nil || len(files) == 0 {
				t.Fatal(err)
			}
			for _, file := range files {
				for _, o := range objects(t, d.read(t, "kubernetes/"+filepath.Base(file))) {
					if o["apiVersion"] == nil || o.kind() == "Kustomization" && strings.HasPrefix(fmt.Sprint(o["apiVersion"]), "kustomize.config.") {
						continue // values, and what kustomize itself reads
					}
					judged[o.kind()] = true
					kinds.hold(t, o)
				}
			}
		})
	}
	for _, kind := range []string{"Namespace", "OCIRepository", "HelmRelease", "Kustomization", "Application", "PrometheusRule"} {
		if !judged[kind] {
			t.Errorf("no %s was judged", kind)
		}
	}
}

// customs are the definitions of kinds that Kubernetes does not have itself, by version and kind.
type customs map[string]*jsonschema.Schema

// customKinds reads the definitions that setup fetches.
func customKinds(t *testing.T) customs {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(cacheFolder(t), "cluster", "crds", "*.yaml"))
	if len(files) == 0 {
		t.Fatal("there are no definitions: run conformance/setup")
	}
	kinds := customs{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, definition := range objects(t, content) {
			versions, _ := definition.at("spec.versions").([]any)
			for _, version := range versions {
				name := fmt.Sprintf("%s/%s %s", definition.at("spec.group"), dig(version, "name"), definition.at("spec.names.kind"))
				kinds[name] = closedSchema(t, name, dig(version, "schema", "openAPIV3Schema"))
			}
		}
	}
	return kinds
}

// closedSchema returns the definition of a kind as a schema that refuses what it does not know, where the API server drops it in silence.
func closedSchema(t *testing.T, name string, definition any) *jsonschema.Schema {
	t.Helper()
	root, _ := definition.(map[string]any)
	closeSchema(root)
	properties, _ := root["properties"].(map[string]any)
	properties["metadata"] = map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{"name": map[string]any{}, "namespace": map[string]any{}, "labels": map[string]any{}, "annotations": map[string]any{}}}
	text, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4) // its exclusiveMinimum is a bool
	if err := compiler.AddResource("file:///kind.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("file:///kind.json")
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}

func closeSchema(schema map[string]any) {
	for _, inner := range schema {
		switch inner := inner.(type) {
		case map[string]any:
			closeSchema(inner)
		case []any:
			for _, item := range inner {
				if item, isMap := item.(map[string]any); isMap {
					closeSchema(item)
				}
			}
		}
	}
	if _, described := schema["properties"].(map[string]any); described && schema["type"] == "object" && schema["additionalProperties"] == nil && schema["x-kubernetes-preserve-unknown-fields"] == nil {
		schema["additionalProperties"] = false
	}
}

// hold holds an object against its definition.
func (c customs) hold(t *testing.T, o object) {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if schema := c[fmt.Sprintf("%s %s", o["apiVersion"], o.kind())]; schema != nil {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s %s: %v", o.kind(), o.name(), err)
		}
		return
	}
	strict := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	if _, _, err := strict.Decode(text, nil, nil); err != nil {
		t.Errorf("%s %s: %v", o.kind(), o.name(), err)
	}
}

// program returns a program that setup builds for clusters.
func program(t *testing.T, name string) string {
	t.Helper()
	return installed(t, name, filepath.Join(cacheFolder(t), "cluster", "bin"))
}

// TestKustomize has kustomize make what Flux applies, which reads files beside the folder as Flux does.
func TestKustomize(t *testing.T) {
	kinds, ran := customKinds(t), false
	for _, d := range inCluster {
		if !d.has("kubernetes/kustomization.yaml") {
			continue
		}
		ran = true
		t.Run(d.name, func(t *testing.T) {
			d.clusterSecrets(t)
			output, err := exec.Command(program(t, "kustomize"), "build", "--load-restrictor", "LoadRestrictionsNone", filepath.Join(d.dir, "kubernetes")).Output()
			if err != nil {
				t.Fatal(err)
			}
			all := objects(t, output)
			for _, o := range all {
				kinds.hold(t, o)
				sources, _ := o.at("spec.valuesFrom").([]any)
				if o.kind() == "HelmRelease" && len(sources) == 0 {
					t.Errorf("%s has no values", o.name())
				}
				for _, source := range sources {
					if !slices.ContainsFunc(all, func(other object) bool {
						return other.kind() == dig(source, "kind") && other.name() == dig(source, "name") && other.holds(fmt.Sprint(dig(source, "valuesKey")))
					}) {
						t.Errorf("%s takes values from %v, which is not there", o.name(), source)
					}
				}
			}
		})
	}
	if !ran {
		t.Error("no stack is deployed by Flux")
	}
}

// holds reports whether a ConfigMap or a Secret has a key.
func (o object) holds(key string) bool {
	for _, field := range []string{"data", "stringData"} {
		if _, there := dig(o[field], key).(string); there {
			return true
		}
	}
	return false
}

// clusterSecrets makes the secrets of a stack with the commands of its README.md.
func (d deployment) clusterSecrets(t *testing.T) {
	t.Helper()
	if prepared[d.dir] {
		return
	}
	_, section, _ := strings.Cut(string(d.read(t, "README.md")), "## Secrets")
	section, _, _ = strings.Cut(section, "\n## ")
	for command := range strings.Lines(strings.Join(fenced(section, "sh"), "")) {
		d.shell(t, command)
	}
	prepared[d.dir] = true
}

// clusterSecret returns the Secret that Helm makes of the values of a stack, opened by sops as README.md says.
func (d deployment) clusterSecret(t *testing.T) object {
	t.Helper()
	d.clusterSecrets(t)
	values := filepath.Join(d.dir, "../../stacks", d.name, "secrets.sops.yaml")
	for range strings.Count(d.name, "/") {
		values = filepath.Join(filepath.Dir(values), "..", filepath.Base(values))
	}
	sops := newSOPSOperator(t).sops
	decrypt := exec.Command(sops, "decrypt", values)
	decrypt.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "SOPS_DISABLE_VERSION_CHECK=1")
	var talk bytes.Buffer
	decrypt.Stderr = &talk
	opened, err := decrypt.Output()
	if err != nil {
		t.Fatalf("sops decrypt: %v\n%s", err, &talk)
	}
	helm := exec.Command(program(t, "helm"), "template", d.name+"-secrets", "./secrets", "-f", "-")
	helm.Dir, helm.Stdin, helm.Stderr = filepath.Join(d.dir, "kubernetes"), bytes.NewReader(opened), &talk
	output, err := helm.Output()
	if err != nil {
		t.Fatalf("helm template: %v\n%s", err, &talk)
	}
	all := objects(t, output)
	if len(all) != 1 {
		t.Fatalf("the chart of the secrets makes %d objects", len(all))
	}
	return all[0]
}

// TestClusterSecrets has Helm make the Secret of real values, and holds it against what the values name.
func TestClusterSecrets(t *testing.T) {
	kinds := customKinds(t)
	for _, d := range inCluster {
		t.Run(d.name, func(t *testing.T) {
			secret := d.clusterSecret(t)
			kinds.hold(t, secret)
			var values any
			d.parse(t, map[string]any{"kubernetes/values.yaml": &values})
			asked := 0
			walk(values, func(value map[string]any) {
				key, _ := value["secretKey"].(string)
				if key == "" {
					key, _ = value["configSecretKey"].(string)
				}
				if name, _ := value["secret"].(string); key == "" || name != "" && name != secret.name() {
					return
				}
				asked++
				if !secret.holds(key) {
					t.Errorf("values.yaml asks for %s, which the Secret does not have", key)
				}
			})
			if asked < 6 {
				t.Errorf("values.yaml asks for %d secrets", asked)
			}
		})
	}
}

// walk calls visit for every map in a value.
func walk(value any, visit func(map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(value)
		for _, inner := range value {
			walk(inner, visit)
		}
	case []any:
		for _, item := range value {
			walk(item, visit)
		}
	}
}
