package conformance

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// projectNames are the projects that are not called like their folder.
var projectNames = map[string]string{"hostpath": "matrix-prod"}

// project loads the deployment as docker compose does, with every profile; a warning is a failure.
func (d deployment) project(t *testing.T) *types.Project {
	t.Helper()
	var warnings bytes.Buffer
	logrus.SetOutput(&warnings)
	defer logrus.SetOutput(t.Output())
	options, err := cli.NewProjectOptions([]string{filepath.Join(d.dir, "docker-compose.yml")}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatalf("compose-go: %v", err)
	}
	if warnings.Len() > 0 {
		t.Errorf("compose-go: %s", &warnings)
	}
	return project
}

// TestCompose holds what compose loads against what only shows when the containers start.
func TestCompose(t *testing.T) {
	each(t, func(t *testing.T, d deployment) {
		project := d.project(t)
		want := strings.ReplaceAll(d.name, "/", "-")
		if other, ok := projectNames[d.name]; ok {
			want = other
		}
		if project.Name != want {
			t.Errorf("the project is called %q, want %q", project.Name, want)
		}
		usedSecrets := map[string]bool{}
		for name, service := range project.Services {
			waitsForTheHealthy(t, project, name, service)
			bindsExist(t, d, name, service)
			for _, secret := range service.Secrets {
				usedSecrets[secret.Source] = true
			}
			for key, value := range service.Labels {
				if strings.Contains(value, "$$") || strings.Contains(value, "${") {
					t.Errorf("%s: the label %s is %q after interpolation", name, key, value)
				}
			}
		}
		for name, secret := range project.Secrets {
			if !usedSecrets[name] {
				t.Errorf("no service uses the secret %s", name)
			}
			if secret.Environment == "MATRIXGEN_"+strings.ToUpper(name) {
				continue
			}
			if secret.File != filepath.Join(d.dir, "secrets", name) {
				t.Errorf("the secret %s is the file %s, want secrets/%[1]s", name, secret.File)
			}
		}
	})
}

// waitsForTheHealthy fails where docker compose up would say "container … has no healthcheck configured".
func waitsForTheHealthy(t *testing.T, project *types.Project, name string, service types.ServiceConfig) {
	t.Helper()
	for target, dependency := range service.DependsOn {
		check := project.Services[target].HealthCheck
		probed := check != nil && !check.Disable && len(check.Test) > 1
		if dependency.Condition == types.ServiceConditionHealthy && !probed {
			t.Errorf("%s waits for %s to be healthy, which has no healthcheck", name, target)
		}
		if dependency.Condition == types.ServiceConditionCompletedSuccessfully && project.Services[target].Restart != "no" {
			t.Errorf("%s waits for %s to end, which restarts", name, target)
		}
	}
}

// bindsExist fails where Docker would refuse a mount, or make a folder in place of a missing file.
func bindsExist(t *testing.T, d deployment, name string, service types.ServiceConfig) {
	t.Helper()
	if d.name == "data-places" {
		return // what it mounts besides is the operator's
	}
	root := filepath.Dir(filepath.Dir(d.dir))
	for _, volume := range service.Volumes {
		if volume.Type != types.VolumeTypeBind || !strings.HasPrefix(volume.Source, root) {
			continue
		}
		file, err := filepath.Rel(d.dir, volume.Source)
		if err != nil || !filepath.IsLocal(file) {
			t.Errorf("%s mounts %s, which is outside of the deployment", name, volume.Source)
		} else if !d.has(file) {
			t.Errorf("%s mounts %s, which was not generated", name, file)
		} else if volume.Bind == nil || volume.Bind.CreateHostPath != false {
			t.Errorf("%s mounts %s: Docker would make a folder of that name", name, file)
		}
	}
}

// TestComposeRoute says what the one route whose rule has a $ is, when compose has read it.
func TestComposeRoute(t *testing.T) {
	labels := deploymentOf(t, "club").project(t).Services["mas"].Labels
	const rule = "Host(`matrix.rowing.club`) && PathRegexp(`^/_matrix/client/(api/v1|[^/]+)/(login|logout|refresh)(/.*)?$`)"
	if got := labels["traefik.http.routers.club-mas-compat.rule"]; got != rule {
		t.Errorf("the rule is %q, want %q", got, rule)
	}
	if !slices.Contains(deploymentOf(t, "club").project(t).Services["synapse"].Command, "--config-path=/run/secrets/synapse_email") {
		t.Error("Synapse does not read its email settings")
	}
}
