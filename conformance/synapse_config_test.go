package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// python returns the interpreter of one of the virtual environments that setup makes: oldest, default or newest.
func python(t *testing.T, version string) string {
	t.Helper()
	return installed(t, filepath.Join(cacheFolder(t), "synapse-"+version, "bin", "python"))
}

// cacheFolder returns where setup puts what no package of Debian has.
func cacheFolder(t *testing.T) string {
	t.Helper()
	if cache := os.Getenv("MATRIXGEN_CONFORMANCE_CACHE"); cache != "" {
		return cache
	}
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(base, "matrixgen-conformance")
}

// synapseFiles returns the files that Synapse is started with, in the order of its command, with the paths of the container mapped to those
// of this machine, and further pairs on top.
func (d deployment) synapseFiles(t *testing.T, pairs ...string) []string {
	t.Helper()
	secrets, folder := d.secrets(t), t.TempDir()
	configuration := mapped(t, d.read(t, "synapse-config.yaml"), append([]string{
		": /run/secrets/", ": " + secrets + "/",
		": /config/log.yaml\n", ": " + filepath.Join(d.dir, "synapse-log.yaml") + "\n",
	}, pairs...)...)
	// Registrations of the stack's own bridges.
	configuration = bytes.ReplaceAll(configuration, []byte("- /run/secrets/"), []byte("- "+secrets+"/"))
	for _, data := range []string{"/data/", "/media/"} {
		configuration = bytes.ReplaceAll(configuration, []byte(": "+data), []byte(": "+folder+"/"))
	}
	// Registrations of bridges are the operator's: here each is one of its own.
	configuration = regexp.MustCompile(`- /appservices/(.*)\.yaml`).ReplaceAllFunc(configuration, func(item []byte) []byte {
		name := strings.TrimSuffix(filepath.Base(string(item)), ".yaml")
		registration := fmt.Sprintf("id: %s\nurl: null\nas_token: as_%s\nhs_token: hs_%s\nsender_localpart: %sbot\nnamespaces: {}\n", name, name, name, name)
		return []byte("- " + write(t, []byte(registration), folder, name+".yaml"))
	})
	files := map[string]string{"/data/homeserver.yaml": write(t, configuration, folder, "homeserver.yaml")}
	command := d.project(t).Services["synapse"].Command
	if len(command) == 0 {
		// What the image does without a word.
		command = []string{"run", "--config-path=/data/homeserver.yaml"}
	}
	var used []string
	for _, argument := range command[1:] {
		inside := strings.TrimPrefix(argument, "--config-path=")
		file := files[inside]
		if secret, found := strings.CutPrefix(inside, "/run/secrets/"); found {
			file = filepath.Join(secrets, secret)
		}
		if file == "" {
			t.Fatalf("Synapse is started with %q", argument)
		}
		used = append(used, file)
	}
	return used
}

// newerKeys stop the oldest version, which does not know them. A stack has them with the versions that do; workers-oldest is such a stack with the
// oldest, and has none.
var newerKeys = []string{"\n  quarantined_media_changes:"}

// newer reports whether the file is for a version that the oldest judge cannot judge.
func (d deployment) newer(t *testing.T) bool {
	t.Helper()
	pinned := strings.Contains(d.project(t).Services["synapse"].Image, ":v1.137.")
	content := d.read(t, "synapse-config.yaml")
	return !pinned && slices.ContainsFunc(newerKeys, func(key string) bool { return bytes.Contains(content, []byte(key)) })
}

// TestSynapseConfig has Synapse's own loader read every configuration, in the oldest version that a stack may pin, in the default one, and
// in the newest there is.
func TestSynapseConfig(t *testing.T) {
	var jobs bytes.Buffer
	for _, d := range built {
		arguments := []string{"--no-secrets-in-config"}
		for _, file := range d.synapseFiles(t) {
			arguments = append(arguments, "-c", file)
		}
		line, err := json.Marshal(arguments)
		if err != nil {
			t.Fatal(err)
		}
		jobs.Write(append(line, '\n'))
	}
	for _, version := range []string{"oldest", "default", "newest"} {
		t.Run(version, func(t *testing.T) {
			t.Log(synapseVersion(t, version))
			var complaints bytes.Buffer
			cmd := exec.Command(python(t, version), "testdata/synapse_config.py")
			cmd.Stdin, cmd.Stderr = bytes.NewReader(jobs.Bytes()), &complaints
			output, err := cmd.Output()
			if err != nil {
				t.Fatalf("synapse.config: %v\n%s", err, tail(complaints.String(), 20))
			}
			answers := json.NewDecoder(bytes.NewReader(output))
			each(t, func(t *testing.T, d deployment) {
				var answer struct {
					Code int
					Said string
				}
				if err := answers.Decode(&answer); err != nil {
					t.Fatal(err)
				}
				if version == "oldest" && d.newer(t) {
					t.Skip("the stack runs a newer version, and has a key of it")
				}
				if answer.Code != 0 || answer.Said != "Config parses OK!\n" {
					t.Errorf("synapse.config: exit %d:\n%s", answer.Code, answer.Said)
				}
			})
		})
	}
}

// TestSynapseDefault holds that the version that a stack gets by default is the one that is started here.
func TestSynapseDefault(t *testing.T) {
	image := deploymentOf(t, "home").project(t).Services["synapse"].Image
	if version := synapseVersion(t, "default"); !strings.HasSuffix(image, ":v"+version) {
		t.Errorf("the stack runs %s, the judge is Synapse %s: run conformance/setup", image, version)
	}
}

func synapseVersion(t *testing.T, version string) string {
	t.Helper()
	output, err := exec.Command(python(t, version), "-c", "import importlib.metadata as m; print(m.version('matrix-synapse'))").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return strings.TrimSpace(string(output))
}
