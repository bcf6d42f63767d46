package upgrade

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

// Need is the oldest version of another product that the new image works with.
type Need struct {
	Product, Title, Version string
	// Have is the tag that the deployment has of it, or "".
	Have string
	// Met answers whether that is enough.
	Met model.Answer
}

// needs returns what a version asks of the other products in the deployment.
func needs(d *model.Deployment, product *upstream.Product, to model.Version) []Need {
	var all []Need
	for _, other := range []string{"postgres", "mas", "synapse"} {
		minimum, _ := product.Asks(to, other)
		services := d.Of(other)
		if minimum.Version == "" || len(services) == 0 || !counts(reader{d, product.Name}, minimum) {
			continue
		}
		need := Need{Product: other, Title: other, Version: minimum.Version, Have: services[0].Image.Release(), Met: minimum.Met(services[0].Image.Version())}
		if p, err := upstream.Of(other); err == nil && p != nil {
			need.Title = p.Title
		}
		all = append(all, need)
	}
	return all
}

func counts(r reader, m upstream.Minimum) bool {
	if slices.ContainsFunc(m.Unless, func(key string) bool { return r.has(key) != model.No }) {
		return false
	}
	return len(m.Keys) == 0 || slices.ContainsFunc(m.Keys, func(key string) bool { return r.has(key) == model.Yes })
}

// ordered returns the images in the order in which they are raised: what others need is raised first, then databases, who logs users in, the
// homeserver, and what users see.
func ordered(moves []*Move) []*Move {
	usual := []string{"postgres", "redis", "pocket-id", "mas", "synapse", "lk-jwt", "livekit", "element", "nginx", "traefik"}
	slices.SortStableFunc(moves, func(a, b *Move) int {
		return slices.Index(usual, a.Product) - slices.Index(usual, b.Product)
	})
	return moves
}

// addStations adds the releases at which going back is possible from each step. Upstream recommends them, and lets them be left out.
func (m *Move) addStations(product *upstream.Product, from, to model.Version) {
	at := from
	for {
		schema, _ := product.Forms(at)
		if _, compat := product.Forms(to); schema == 0 || compat <= schema {
			return
		}
		next := ""
		for _, r := range product.Releases {
			v := model.ParseVersion(r.Version)
			if _, compat := product.Forms(v); at.Before(r.Version) && !to.Before(r.Version) && compat <= schema {
				next = r.Version
			}
		}
		if next == "" {
			return
		}
		m.Stations = append(m.Stations, Station{Version: next})
		at = model.ParseVersion(next)
	}
}

// Undo says how to go back from the new image to the old one.
type Undo struct {
	// ByTag answers whether it is enough to take the old image again, as far as the database goes.
	ByTag model.Answer
	// What says why it is not; "" if nothing is known.
	What   string
	Source string
}

func undo(product *upstream.Product, from, to model.Version) Undo {
	schema, _ := product.Forms(from)
	_, compat := product.Forms(to)
	back := product.Back
	switch {
	case schema > 0 && compat <= schema:
		return Undo{ByTag: model.Yes, Source: back.Source}
	case schema > 0:
		what := fmt.Sprintf("%s The new one asks for form %d of the database, and the old one knows form %d.", back.What, compat, schema)
		return Undo{ByTag: model.No, What: what, Source: back.Source}
	case back.What == "":
		return Undo{ByTag: model.Yes}
	case product.Name == "synapse":
		return Undo{ByTag: model.CannotTell, What: back.What, Source: back.Source}
	}
	return Undo{ByTag: model.No, What: back.What, Source: back.Source}
}
