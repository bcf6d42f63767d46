package workspace

import (
	"context"
	"io/fs"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/review"
)

// ReviewFolder says what differs between the server whose files others wrote, in a folder, and a stack that compiles: what it would mean to run the stack
// in its place. With findings the files cannot be read.
func ReviewFolder(ctx context.Context, a Adoption, comparer *change.Comparer, stack *Stack) (review.Stack, []diag.Finding, error) {
	shown := review.Stack{Name: stack.Name, State: review.Unchanged}
	source, err := Directory(ctx, a.At, false)
	if err != nil {
		return shown, nil, err
	}
	defer source.Close()
	d, findings, err := a.deployment(source)
	if err != nil || len(findings) > 0 {
		return shown, findings, err
	}
	a.ReadFile = func(name string) ([]byte, error) { return fs.ReadFile(source, name) }
	if runsProxy(stack) {
		a.Link = link.Deployment
	}
	result := &adopt.Result{Old: adopt.NewOld(d, a.Answers), Compiled: stack.Compiled}
	old, new := state{deployment: link.Deployment(result.Before())}, state{deployment: stack.Deployment}
	if shown.Changes, shown.Note, err = settings(comparer, old, new); err != nil {
		return shown, nil, err
	}
	if len(shown.Changes) > 0 {
		shown.State = review.Changed
	}
	return shown, nil, maskEverywhere(&shown, comparer, old, new)
}

// runsProxy reports whether a stack has a proxy of its own.
func runsProxy(stack *Stack) bool {
	for _, name := range []string{"traefik.yaml", "Caddyfile", "nginx.conf"} {
		if doc := stack.Compiled.Document(name); doc != nil && stack.Compiled.Document("docker-compose.yml") != nil {
			for _, service := range []string{"traefik", "caddy", "nginx"} {
				if stack.Compiled.Document("docker-compose.yml").Root.At("services", service) != nil {
					return true
				}
			}
		}
	}
	return false
}

// Project returns the name of the compose project of a stack; "" for one in a cluster.
func (s *Stack) Project() string {
	doc := s.Compiled.Document("docker-compose.yml")
	if doc == nil {
		return ""
	}
	name, _ := doc.Root.Get("name").Literal()
	return name
}
