package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

// Touch is a change of upstream that touches the deployment.
type Touch struct {
	// Version is the release that brings it.
	Version string
	What    string
	// Keys are the settings because of which it touches; none if it touches everybody.
	Keys []string
	// Certain is false if that cannot be told from what is to be seen.
	Certain bool
	Source  string
}

// addTouches adds the changes between two versions that touch a deployment, and counts the others.
func (m *Move) addTouches(d *model.Deployment, product *upstream.Product, from, to model.Version) {
	r := reader{d, product.Name}
	told := map[string]bool{}
	for _, release := range product.Releases {
		if !from.Before(release.Version) || to.Before(release.Version) {
			continue
		}
		for _, b := range release.Breaking {
			for _, key := range slices.Concat(b.Keys, b.Unless) {
				told[key] = true
			}
			keys, answer := r.touched(b)
			if answer == model.No {
				m.Others++
				continue
			}
			m.Touches = append(m.Touches, Touch{Version: release.Version, What: b.What, Keys: keys, Certain: answer == model.Yes, Source: b.Source})
			if b.After != "" && answer == model.Yes {
				m.Forbidden = true
				m.Stations = append(m.Stations, Station{Version: b.After, Do: b.First})
			}
		}
	}
	m.addDefaults(r, told, from, to)
}

// addDefaults adds the settings that the deployment leaves to upstream, and of which upstream has another default now.
func (m *Move) addDefaults(r reader, told map[string]bool, from, to model.Version) {
	c := r.configuration()
	if c == nil || len(c.Documents) == 0 {
		return
	}
	table, err := format.Load(cmp.Or(c.Documents[0].Upstream, c.Documents[0].Kind.Upstream()))
	if err != nil {
		return // that tables load is tested where they are read
	}
	for _, shift := range table.Shifts(from, to) {
		if key := strings.Join(shift.Path, "."); !told[key] && c.Lacks(shift.Path...) == model.Yes {
			m.Touches = append(m.Touches, Touch{
				Version: shift.Since, Keys: []string{key}, Certain: true,
				What: fmt.Sprintf("What is not set has another value: %s is %s, and was %s.", key, shift.New, shift.Old),
			})
		}
	}
	slices.SortStableFunc(m.Touches, func(a, b Touch) int { return model.ParseVersion(a.Version).Compare(model.ParseVersion(b.Version)) })
}

// reader asks what a product of a deployment reads.
type reader struct {
	d       *model.Deployment
	product string
}

// touched answers whether a change touches the deployment, and by which of its settings.
func (r reader) touched(b upstream.Breaking) (keys []string, answer model.Answer) {
	for _, key := range b.Unless {
		switch r.has(key) {
		case model.Yes:
			return nil, model.No
		case model.CannotTell:
			return b.Unless, model.CannotTell
		}
	}
	if len(b.Keys) == 0 {
		return nil, model.Yes
	}
	answer = model.No
	for _, key := range b.Keys {
		switch r.has(key) {
		case model.Yes:
			keys = append(keys, key)
		case model.CannotTell:
			answer = model.CannotTell
		}
	}
	if len(keys) > 0 {
		return keys, model.Yes
	}
	if answer == model.CannotTell {
		keys = b.Keys
	}
	return keys, answer
}

// configuration returns what the product reads, or nil.
func (r reader) configuration() *model.Configuration {
	switch r.product {
	case "synapse":
		return r.d.Synapse
	case "mas":
		return r.d.MAS
	case "element":
		return r.d.Element
	}
	return nil
}

// has answers whether a setting is set: a path of keys, the name of a variable, or a path of Traefik's static configuration.
func (r reader) has(key string) model.Answer {
	if c := r.configuration(); c != nil {
		return c.Lacks(strings.Split(key, ".")...).Not()
	}
	switch r.product {
	case "traefik":
		if r.d.Proxy == nil || r.d.Proxy.Static == nil {
			return model.CannotTell
		}
		return model.Known(route.Has(r.d.Proxy.Static, strings.ToLower(key)))
	case "pocket-id":
		answer := model.Yes
		for _, s := range r.d.Of(r.product) {
			answer = container.LacksVariable(r.d, s, key)
			if answer != model.Yes {
				break
			}
		}
		return answer.Not()
	}
	return model.CannotTell
}
