// Package upstream knows the releases of upstream's products that matter: what they ask of others, what they break, and which holes they close.
// The facts stand in schema/release.
package upstream

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// Product is what is known of the releases of a product.
type Product struct {
	// Name is the product as a service has it, such as synapse.
	Name string
	// Releases are those that matter, the oldest first. The last is the newest that is known.
	Releases []Release
	// Advisories are the holes that were made known, those that were closed first in front.
	Advisories []Advisory
}

// Release is a version that an operator has to know something about.
type Release struct {
	// Version is upstream's, without a v; Date is a day such as 2026-10-23, or "" if it is not known.
	Version, Date string
	// Minimum are the oldest versions of other products that it works with.
	Minimum []Minimum
	// Breaking are the changes that can break a deployment.
	Breaking []Breaking
}

// Minimum is the oldest version of another product.
type Minimum struct{ Product, Version string }

// Breaking is a change that can break a deployment.
type Breaking struct {
	What string
	// Keys are the settings that it touches; none if it touches everybody.
	Keys []string
	// Source is where upstream says so.
	Source string
}

// Advisory is a hole that was made known.
type Advisory struct {
	// ID is what others call it. Severity is critical, high, moderate or low, or "" if upstream does not say.
	ID, Severity string
	// Below is the first version that does not have the hole, and Fixed the one to take.
	Below, Fixed string
	// Backports are older versions that do not have it either, nor do later ones of their line.
	Backports []string
	Source    string
}

// Affects reports whether a version has the hole. Of one that is not known to its last part nobody can tell.
func (a Advisory) Affects(v model.Version) bool {
	backported := slices.ContainsFunc(a.Backports, func(b string) bool { return v.SameLine(b) && v.AtLeast(b) })
	return v.Exact() && v.Before(a.Below) && !backported
}

var products = sync.OnceValues(load)

// Of returns what is known of a product, or nil.
func Of(name string) (*Product, error) {
	all, err := products()
	return all[name], err
}

func load() (map[string]*Product, error) {
	names, err := fs.Glob(schema.Files, "release/*.cue")
	if err != nil {
		return nil, err
	}
	all := map[string]*Product{}
	for _, name := range names {
		data, err := format.ReadData(schema.Files, name)
		if err != nil {
			return nil, err
		}
		for _, f := range data.Fields {
			if all[f.Key] != nil {
				return nil, fmt.Errorf("schema/%s: %s stands in two files", name, f.Key)
			}
			all[f.Key] = product(f.Key, f.Value)
		}
	}
	return all, nil
}
