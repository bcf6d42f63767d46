package compile

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestZones holds the names of time zones against those that Go has: it follows the tz database.
func TestZones(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go to ask where it lies: ", err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skip("this Go has no time zones: ", err)
	}
	defer archive.Close()
	var want []string
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/") && file.Name != "Factory" { // that one says that nobody chose
			want = append(want, file.Name)
		}
	}
	slices.Sort(want)
	for _, name := range want {
		if !slices.Contains(strings.Fields(zones), name) {
			t.Errorf("zones.txt has no %s", name)
		}
	}
	if got := strings.Fields(zones); !slices.IsSorted(got) || !slices.Contains(got, "UTC") {
		t.Error("zones.txt is not sorted, or has no UTC")
	}
}
