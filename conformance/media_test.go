package conformance

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bucket is a service of S3 as far as s3_media_upload asks one: what there is, and a file to keep.
type bucket struct {
	mu   sync.Mutex
	kept map[string]string
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch r.Method {
	case http.MethodHead:
		if _, ok := b.kept[r.URL.Path]; !ok {
			w.WriteHeader(http.StatusNotFound)
		}
	case http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(r.Header.Get("Authorization"), "Credential=chat/") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		b.kept[r.URL.Path] = r.Header.Get("X-Amz-Storage-Class") + " " + string(content)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// TestMediaJob runs the job that takes media from the disk by the real s3_media_upload, on the tables of a real Synapse: what is old goes into the bucket and
// leaves the disk, what is new stays.
func TestMediaJob(t *testing.T) {
	d := deploymentOf(t, "media-s3")
	secrets := d.secrets(t)
	passwords, err := os.ReadFile(filepath.Join(secrets, "synapse_pgpass"))
	if err != nil {
		t.Fatal(err)
	}
	port := d.postgres(t, d.databaseServer(t, "synapse"))
	_, _, files := d.runSynapseWith(t, port, passwords, "http://127.0.0.1:1/")

	job := d.project(t).Services["synapse-media-job"]
	stored := &bucket{kept: map[string]string{}}
	service := httptest.NewServer(stored)
	t.Cleanup(service.Close)
	media := filepath.Join(filepath.Dir(files[0]), "kept")
	for name, age := range map[string]time.Duration{"aaOld": 90 * 24 * time.Hour, "bbNew": time.Hour} {
		folder := filepath.Join(media, "local_content", name[:2], name[2:4])
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, []byte(name), folder, name[4:])
		d.inDatabase(t, port, passwords, fmt.Sprintf("INSERT INTO local_media_repository (media_id, media_type, media_length, created_ts, upload_name, user_id) VALUES ('%s', 'text/plain', 5, %d, 'x', '@a:b')",
			name, time.Now().Add(-age).UnixMilli()))
	}

	inContainer := map[string]string{"/data/homeserver.yaml": files[0], "/media": media, "https://s3.media.example": service.URL, "$$": "$"}
	var arguments []string
	for _, word := range append(slices.Clone([]string(job.Entrypoint)), job.Command...) {
		for _, from := range slices.Sorted(maps.Keys(inContainer)) {
			word = strings.ReplaceAll(word, from, inContainer[from])
		}
		arguments = append(arguments, word)
	}
	cmd := exec.Command(arguments[0], arguments[1:]...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + filepath.Dir(python(t, "default")) + ":" + os.Getenv("PATH"), "NO_PROXY=*"}
	for key, value := range job.Environment {
		cmd.Env = append(cmd.Env, key+"="+strings.Replace(*value, "/run/secrets/", secrets+"/", 1))
	}
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if got, want := stored.kept, map[string]string{"/chat-media/matrixlocal_content/aa/Ol/d": "STANDARD_IA aaOld"}; !maps.Equal(got, want) {
		t.Errorf("the bucket has %v, want %v\n%s", got, want, output)
	}
	if _, err := os.Stat(filepath.Join(media, "local_content", "aa", "Ol", "d")); !os.IsNotExist(err) {
		t.Errorf("what is old is still on the disk: %v\n%s", err, output)
	}
	if _, err := os.Stat(filepath.Join(media, "local_content", "bb", "Ne", "w")); err != nil {
		t.Errorf("what is new left the disk: %v\n%s", err, output)
	}
}

// inDatabase runs a statement in the database of Synapse, as its role, with the password that its passfile has.
func (d deployment) inDatabase(t *testing.T, port int, passfile []byte, statement string) {
	t.Helper()
	a := d.access(t, "synapse")
	password := strings.TrimSpace(string(passfile[strings.LastIndexByte(string(passfile), ':')+1:]))
	cmd := exec.Command(installed(t, "psql", "/usr/lib/postgresql/*/bin"), fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=%s dbname=%s", port, a.user, a.name), "-c", statement)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=" + password}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}
