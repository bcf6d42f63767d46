package upstream_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/schema"
)

// all returns every product in schema/release.
func all(t *testing.T) []*upstream.Product {
	t.Helper()
	names, err := fs.Glob(schema.Files, "release/*.cue")
	if err != nil {
		t.Fatal(err)
	}
	var products []*upstream.Product
	for _, name := range names {
		data, err := format.ReadData(schema.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range data.Fields {
			p, err := upstream.Of(f.Key)
			if err != nil {
				t.Fatal(err)
			}
			products = append(products, p)
		}
	}
	return products
}

// TestRows: rows are whole, in order, and each hole has a version that closes it.
func TestRows(t *testing.T) {
	day := regexp.MustCompile(`^(20[0-9]{2}-[01][0-9]-[0-3][0-9])?$`)
	severity := regexp.MustCompile(`^(critical|high|moderate|low)?$`)
	for _, p := range all(t) {
		if p.Title == "" || len(p.Releases) == 0 {
			t.Errorf("%s has no title or no release", p.Name)
		}
		for i, r := range p.Releases {
			if !p.Exact(model.ParseVersion(r.Version)) || !day.MatchString(r.Date) {
				t.Errorf("%s %q of %q: not a release with its day", p.Name, r.Version, r.Date)
			}
			if i > 0 && !model.ParseVersion(r.Version).After(p.Releases[i-1].Version) {
				t.Errorf("%s %s is out of order", p.Name, r.Version)
			}
			for _, b := range r.Breaking {
				if !strings.HasSuffix(b.What, ".") || b.Source == "" || (b.After == "") != (b.First == "") {
					t.Errorf("%s %s: %q lacks a sentence, a source, or what has to be done where", p.Name, r.Version, b.What)
				}
			}
			for _, m := range r.Minimum {
				if m.Product == "" || m.Version == "" {
					t.Errorf("%s %s: a minimum of %+v", p.Name, r.Version, m)
				}
			}
		}
		for i, f := range p.Faults {
			if f.Name == "" || f.Source == "" || !strings.HasSuffix(f.What, ".") || !model.ParseVersion(f.Below).After(f.Since) {
				t.Errorf("%s: a part of %+v is missing, or no release mends it", p.Name, f)
			}
			if i > 0 && model.ParseVersion(f.Since).Before(p.Faults[i-1].Since) {
				t.Errorf("%s: %s since %s is out of order", p.Name, f.Name, f.Since)
			}
			if len(p.Faulty(model.ParseVersion(f.Below))) > 0 {
				t.Errorf("%s: %s does not mend %s: it has another fault", p.Name, f.Below, f.Name)
			}
		}
		last := ""
		for _, a := range p.Advisories {
			switch below := model.ParseVersion(a.Below); {
			case a.ID == "" || a.Source == "" || !severity.MatchString(a.Severity):
				t.Errorf("%s: a part of %+v is missing", p.Name, a)
			case !below.Exact() || !model.ParseVersion(a.Fixed).AtLeast(a.Below) || a.Affects(model.ParseVersion(a.Fixed)):
				t.Errorf("%s: nothing closes %s", p.Name, a.ID)
			case last != "" && below.Before(last):
				t.Errorf("%s: %s is out of order", p.Name, a.ID)
			}
			last = a.Below
		}
	}
}

// TestPins: no image that a stack gets by default has a known hole.
func TestPins(t *testing.T) {
	images, err := language.Images()
	if err != nil || len(images) < 6 {
		t.Fatal(images, err)
	}
	products := map[string]string{
		"synapse": "synapse", "matrix-authentication-service": "mas", "element-web": "element", "pocket-id": "pocket-id", "coturn": "coturn",
		"prometheus": "prometheus", "alertmanager": "alertmanager", "grafana": "grafana",
	}
	for _, text := range images {
		image := model.ParseImage(text)
		p, err := upstream.Of(products[image.Base()])
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			continue
		}
		for _, a := range p.Advisories {
			if a.Affects(image.Version()) {
				t.Errorf("%s has %s", text, a.ID)
			}
		}
		for _, f := range p.Faulty(image.Version()) {
			t.Errorf("%s: %s", text, f.What)
		}
	}
}

// TestNewest: the newest release of a product that has a table is the one up to which that table holds.
func TestNewest(t *testing.T) {
	for product, folder := range map[string]string{"synapse": "synapse", "mas": "mas", "element": "element", "pocket-id": "pocketid"} {
		known, err := format.Knows(folder)
		if err != nil {
			t.Fatal(err)
		}
		p, err := upstream.Of(product)
		if err != nil || p == nil {
			t.Fatal(product, err)
		}
		if newest := p.Releases[len(p.Releases)-1].Version; newest != known {
			t.Errorf("%s: the newest release is %s, and the table holds up to %s", product, newest, known)
		}
	}
}

// TestNewests: what is read of the lines alone is what the facts say.
func TestNewests(t *testing.T) {
	all, err := upstream.Newests()
	if err != nil {
		t.Fatal(err)
	}
	names := upstream.Names()
	if len(all) != len(names) {
		t.Fatalf("%d products, want %v", len(all), names)
	}
	for i, name := range names {
		p, err := upstream.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := all[i]; got.Title != p.Title || got.Version != p.Newest().Version {
			t.Errorf("%s is %+v, want %s %s", name, got, p.Title, p.Newest().Version)
		}
	}
}

// TestAffects: before the fix, and not in a line that got it, too.
func TestAffects(t *testing.T) {
	a := upstream.Advisory{Since: "1.130.0", Below: "1.139.1", Backports: []string{"1.138.3"}}
	for tag, want := range map[string]bool{
		"v1.129.9": false, "v1.130.0": true, "v1.137.0": true, "v1.138.2": true, "v1.138.3": false, "v1.138.4": false, "v1.139.0": true, "v1.139.1": false, "v1.138": false, "latest": false, "": false,
	} {
		if got := a.Affects(model.ParseVersion(tag)); got != want {
			t.Errorf("%q: %v", tag, got)
		}
	}
}

// TestKeys: the settings by which a change touches a deployment are ones that the table of the product has.
func TestKeys(t *testing.T) {
	for product, folder := range map[string]string{"synapse": "synapse", "mas": "mas", "element": "element"} {
		table, err := format.Load(folder + ".#Config")
		if err != nil {
			t.Fatal(err)
		}
		p, err := upstream.Of(product)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Releases {
			var keys []string
			for _, b := range r.Breaking {
				keys = append(append(keys, b.Keys...), b.Unless...)
			}
			for _, m := range r.Minimum {
				keys = append(append(keys, m.Keys...), m.Unless...)
			}
			for _, key := range keys {
				if table.At(strings.Split(key, ".")...) == nil {
					t.Errorf("%s %s: the table has no %s", product, r.Version, key)
				}
			}
		}
	}
}
