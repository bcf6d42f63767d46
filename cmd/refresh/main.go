// Command refresh takes in a release of upstream: it writes which settings came and went into internal/refresh/facts, and prints what has to change in
// schema/ because of it. It is for those who maintain matrixgen. docs/contributing.md says how it is used.
//
//	go run ./cmd/refresh synapse 1.163.2
//	go run ./cmd/refresh compose 2.16.2
//	go run ./cmd/refresh traefik 3.7.13
//	go run ./cmd/refresh mas 1.23.0 config.schema.json
//	go run ./cmd/refresh element 1.12.27 IConfigOptions.ts
//	go run ./cmd/refresh pocketid 2.15.0 oidc_dto.go
//	go run ./cmd/refresh
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/refresh"
	"github.com/matrixgen/matrixgen/internal/upstream"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var r run
	flag.StringVar(&r.facts, "facts", filepath.Join("internal", "refresh", "facts"), "the `FOLDER` of the lists")
	flag.StringVar(&r.sources, "sources", "", "a `FOLDER` with the source of each release, unpacked, instead of a registry: VERSION/, or VERSION/MODULE/ of Go modules")
	flag.Parse()
	if err := r.main(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

// run is one run of the program.
type run struct{ facts, sources string }

const composeModule = "github.com/compose-spec/compose-go/v2"

// main takes in the release that the arguments name, or without any says what is newer than what is known.
func (r run) main(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return r.newest(ctx)
	}
	if len(args) < 2 {
		return fmt.Errorf("give a product and a version: refresh synapse 1.163.2")
	}
	product, version, file := args[0], strings.TrimPrefix(args[1], "v"), ""
	if len(args) > 2 {
		file = args[2]
	}
	name := filepath.Join(r.facts, product+".txt")
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	history, err := refresh.ParseHistory(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if history.Has(version) {
		return fmt.Errorf("%s has %s already", name, version)
	}
	taken, err := r.take(ctx, history, product, version, file)
	if err != nil {
		return err
	}
	table, err := format.Load(tableOf(product))
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, []byte(taken.History.Text(product)), 0o644); err != nil {
		return err
	}
	fmt.Printf("# %s %s\n\n%s", product, version, refresh.Propose(table, taken.Dated, taken.Texts))
	fmt.Printf("%s has it now. What is left: the keys above with what a change of them costs (@change), @knows(%s), a row of schema/release, the pin, make update.\n", name, version)
	return nil
}

// tableOf returns the name of the table of a product.
func tableOf(product string) string {
	if product == "pocketid" {
		return "pocketid.#Client" // what is taken of it is the client of MAS alone
	}
	return product + ".#Config"
}

// take reads what the release reads.
func (r run) take(ctx context.Context, h refresh.History, product, version, file string) (refresh.Taken, error) {
	var given refresh.List
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return refresh.Taken{}, err
		}
		if given, err = readFile(product, file, text); err != nil {
			return refresh.Taken{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	modules := refresh.Modules()
	at := slices.IndexFunc(modules, func(m refresh.Module) bool { return m.Product == product })
	switch {
	case at >= 0 && given == nil && r.sources != "":
		return refresh.Take(ctx, refresh.ModuleTree{Module: modules[at], Folder: r.sources}, h, version, nil)
	case at >= 0 && given == nil:
		return refresh.Take(ctx, modules[at], h, version, nil)
	case product == "synapse":
		publisher, err := r.publisher()
		if err != nil {
			return refresh.Taken{}, err
		}
		return refresh.Take(ctx, publisher, h, version, given)
	case product == "compose" && given == nil:
		folder, err := refresh.ModuleFolder(ctx, composeModule, version)
		if err != nil {
			return refresh.Taken{}, err
		}
		text, err := os.ReadFile(filepath.Join(folder, "schema", "compose-spec.json"))
		if err != nil {
			return refresh.Taken{}, err
		}
		if given, err = refresh.ReadSchema(text); err != nil {
			return refresh.Taken{}, err
		}
	case given == nil:
		return refresh.Taken{}, fmt.Errorf("no registry has what %s reads: give a file as the third argument, such as config.schema.json of MAS, IConfigOptions.ts of Element, oidc_dto.go of Pocket ID", product)
	}
	return refresh.TakeList(h, version, given), nil
}

// readFile reads a file that the maintainer has: the interface of Element's settings, the body of a client at Pocket ID, or a schema.
func readFile(product, name string, text []byte) (refresh.List, error) {
	switch {
	case product == "element" && strings.HasSuffix(name, ".ts"):
		return refresh.ReadInterface(text, "IConfigOptions")
	case product == "pocketid" && strings.HasSuffix(name, ".go"):
		return refresh.ReadGoFile(text, "OidcClientCreateDto")
	}
	return refresh.ReadSchema(text)
}

// publisher returns where Synapse comes from. What is downloaded is kept in the user's folder for caches.
func (r run) publisher() (refresh.Publisher, error) {
	if r.sources != "" {
		return refresh.Folder(r.sources), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(cache, "matrixgen-refresh")
	return refresh.PyPI{Folder: folder}, os.MkdirAll(folder, 0o755)
}

// newest says which products have a newer release than schema/release knows, of those that a registry has. It is an error if one has.
func (r run) newest(ctx context.Context) error {
	publisher, err := r.publisher()
	if err != nil {
		return err
	}
	behind := 0
	tell := func(product string, versions []string, err error) error {
		if err != nil {
			return err
		}
		known, err := upstream.Of(product)
		if err != nil || known == nil {
			return fmt.Errorf("schema/release does not know %s (%v)", product, err)
		}
		at := slices.Index(versions, known.Newest().Version)
		newer := versions[at+1:]
		if at < 0 || len(newer) == 0 {
			fmt.Printf("%s: %s is the newest\n", known.Title, known.Newest().Version)
			return nil
		}
		behind++
		fmt.Printf("%s: %s is known, and there is %s\n", known.Title, known.Newest().Version, strings.Join(newer, ", "))
		return nil
	}
	versions, err := publisher.Versions(ctx)
	if err := tell("synapse", versions, err); err != nil {
		return err
	}
	for _, m := range refresh.Modules() {
		versions, err := m.Versions(ctx)
		if err := tell(m.Product, versions, err); err != nil {
			return err
		}
	}
	if behind > 0 {
		return fmt.Errorf("%d behind: make refresh PRODUCT=… VERSION=…", behind)
	}
	return nil
}
