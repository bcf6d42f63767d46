// Package upgrade works out what it means for a deployment to take newer images: the holes that they close, the changes of upstream that touch
// it, the order, what cannot be undone, and how to go back. It changes nothing. What upstream's releases bring, it is told by package upstream.
package upgrade

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

// Want says what is wanted of an upgrade. The zero value raises every image to the newest release that is known.
type Want struct {
	// Product is the one product that is looked at, as a service has it, or "".
	Product string
	// To is the version that the product is to have; "" is the newest that is known.
	To string
}

// Plan is what an upgrade of one deployment means.
type Plan struct {
	// Name is that of the stack or the folder, and Stack says which of the two it is.
	Name  string
	Stack bool
	// Moves are the images, those that have to be raised first in front.
	Moves []*Move
	// Findings are what lint says of the deployment with the new images, and does not say of it now.
	Findings []diag.Finding
	// Note says what could not be looked at; "" if nothing.
	Note string
}

// State is how the image of a product stands to the releases that are known.
type State string

// The states of an image.
const (
	// Behind has a newer release. Current is the newest that is known, and Ahead is newer than that.
	Behind  State = "behind"
	Current State = "current"
	Ahead   State = "ahead"
	// Unknown is an image that does not say its release: a digest alone, a variable, a tag that moves.
	Unknown State = "unknown"
	// Back is a target that is older than what runs.
	Back State = "back"
	// Apart is a target that a new tag alone does not reach; [Move.Refusal] says why.
	Apart State = "apart"
)

// Move is what lies between the image of a product and a newer one.
type Move struct {
	// Product is as a service has it, and Title for people.
	Product, Title string
	// Services are those that run the image.
	Services []string
	Image    model.Image
	// Places are where the image of each of the services stands.
	Places []diag.Position
	// From and To are tags. To is "" if there is nothing newer to take.
	From, To string
	// Known is the newest release that is known.
	Known string
	// Beyond says that the new image is newer than that: what it brings is not known.
	Beyond bool
	State  State
	// Closed are the holes that the new image does not have any more, and Open those that it has, too.
	Closed, Open []upstream.Advisory
	// Mended is what the old release does wrong and the new one does not, and Faulty what the new one does.
	Mended, Faulty []upstream.Fault
	// Touches are the changes between the two that touch the deployment, or may; Others counts those that do not.
	Touches []Touch
	Others  int
	// Needs are the versions of others that the new image asks for.
	Needs []Need
	// Stations are the releases to stop at on the way. Forbidden says that upstream does not let them be left out.
	Stations  []Station
	Forbidden bool
	// Refusal says what has to be done instead, if a new tag alone does not do, and Source where upstream says so.
	Refusal, Source string
	// Undo says how to go back.
	Undo Undo
	// Written is where the operator wrote the tag, and Digest where he wrote a digest; the zero value if he did not.
	Written, Digest diag.Position
}

// Raised reports whether the image is to be replaced.
func (m *Move) Raised() bool { return m.State == Behind && m.Refusal == "" && !m.Forbidden }

// Station is a release to stop at.
type Station struct {
	Version string
	// Do is what is done there; "" if the server only has to start, and finish what it does in the background.
	Do string
}

// Raised returns the images of the plan that are to be replaced.
func (p *Plan) Raised() []*Move {
	return slices.DeleteFunc(slices.Clone(p.Moves), func(m *Move) bool { return !m.Raised() })
}

// New works out what it means for a deployment to take newer images.
func New(d *model.Deployment, want Want) (*Plan, error) {
	plan := &Plan{Name: d.Name}
	for _, s := range append(slices.Clone(d.Services), inCluster(d)...) {
		name := upstream.ProductOf(s)
		if name == "" || want.Product != "" && name != want.Product {
			continue
		}
		product, err := upstream.Of(name)
		if err != nil {
			return nil, err
		}
		if product == nil || s.Image == (model.Image{}) {
			continue
		}
		if i := slices.IndexFunc(plan.Moves, func(m *Move) bool { return m.Product == name && same(m.Image, s.Image) }); i >= 0 {
			plan.Moves[i].Services = append(plan.Moves[i].Services, s.Name)
			plan.Moves[i].Places = append(plan.Moves[i].Places, s.Image.Position)
			continue
		}
		plan.Moves = append(plan.Moves, newMove(d, s, product, want.To))
	}
	plan.Moves = ordered(plan.Moves)
	return plan, nil
}

// inCluster returns what the values of a chart have the cluster run, as services.
func inCluster(d *model.Deployment) []*model.Service {
	var all []*model.Service
	for product, c := range map[string]*model.Configuration{"synapse": d.Synapse, "mas": d.MAS, "element": d.Element} {
		if c != nil && c.Service == nil && c.Image != (model.Image{}) {
			all = append(all, &model.Service{Name: product, Image: c.Image, Product: product})
		}
	}
	slices.SortFunc(all, func(a, b *model.Service) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// same reports whether two services run one image because of one line, or of lines of one file.
func same(a, b model.Image) bool {
	return a.Position.File == b.Position.File && a.Repository == b.Repository && a.Tag == b.Tag && a.Digest == b.Digest
}

func newMove(d *model.Deployment, s *model.Service, product *upstream.Product, to string) *Move {
	m := &Move{
		Product: product.Name, Title: product.Title, Services: []string{s.Name}, Image: s.Image, Places: []diag.Position{s.Image.Position}, From: s.Image.Release(), Known: product.Newest().Version,
	}
	target := cmp.Or(to, m.Known)
	from := s.Image.Version()
	switch {
	case !product.Exact(from):
		m.State = Unknown
	case to != "" && from.After(to):
		m.State = Back
	case to == "" && from.After(target):
		m.State = Ahead
	case !from.Before(target):
		m.State = Current
	case s.Image.Holds != "":
		m.State, m.Refusal = Apart, "the image is your own: build it with that version, and name its new tag"
		if s.Image.Holds != s.Image.Tag {
			m.Refusal += " and its version"
		}
	case product.Major.What != "" && from.Major() != model.ParseVersion(target).Major():
		m.State, m.Refusal, m.Source = Apart, product.Major.What, product.Major.Source
	default:
		m.State = Behind
	}
	if m.State != Behind && m.State != Apart {
		m.Open = holes(product, from)
		return m
	}
	m.To, m.Beyond = tagOf(s.Image.Release(), target), model.ParseVersion(target).After(m.Known)
	between(d, m, product, from, model.ParseVersion(target))
	return m
}

// between fills in what lies between two versions.
func between(d *model.Deployment, m *Move, product *upstream.Product, from, to model.Version) {
	m.Open = holes(product, to)
	for _, a := range holes(product, from) {
		if !slices.ContainsFunc(m.Open, func(o upstream.Advisory) bool { return o.ID == a.ID }) {
			m.Closed = append(m.Closed, a)
		}
	}
	m.Faulty = product.Faulty(to)
	for _, f := range product.Faulty(from) {
		if !slices.ContainsFunc(m.Faulty, func(other upstream.Fault) bool { return other.Name == f.Name }) {
			m.Mended = append(m.Mended, f)
		}
	}
	if m.State == Apart {
		return
	}
	m.addTouches(d, product, from, to)
	m.Needs = needs(d, product, to)
	m.addStations(product, from, to)
	slices.SortStableFunc(m.Stations, func(a, b Station) int { return model.ParseVersion(a.Version).Compare(model.ParseVersion(b.Version)) })
	m.Undo = undo(product, from, to)
	if m.Beyond {
		m.Undo.ByTag = model.CannotTell
	}
}

// holes returns the advisories that affect a version, the worst first.
func holes(product *upstream.Product, v model.Version) []upstream.Advisory {
	var open []upstream.Advisory
	for _, a := range product.Advisories {
		if a.Affects(v) {
			open = append(open, a)
		}
	}
	slices.SortStableFunc(open, func(a, b upstream.Advisory) int { return b.Rank() - a.Rank() })
	return open
}

// IsVersion reports whether a text is a version to its last part, without a v: 1.163.2, or 18.6.
func IsVersion(text string) bool {
	v := model.ParseVersion(text)
	return v.ExactTo(2) && text != "" && text[0] >= '0' && text[0] <= '9'
}

// Refuses says why a new tag alone does not bring the product where it is wanted, or is "".
func (m *Move) Refuses() string {
	switch {
	case m.State == Back:
		return m.Title + " is at " + m.From + ": an upgrade does not go back"
	case m.State == Apart:
		return m.Title + " does not get from " + m.From + " to " + m.To + " by a new tag: " + m.Refusal
	case m.Forbidden:
		var stations []string
		for _, station := range m.Stations {
			stations = append(stations, strings.TrimSuffix(station.Version+": "+station.Do, ": "))
		}
		return m.Title + " does not get from " + m.From + " to " + m.To + " at once: stop at " + strings.Join(stations, ", then at ")
	}
	return ""
}
