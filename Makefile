# Nothing but Go and git is needed for build, test and lint; the rest says what it installs.

.PHONY: build test proofs faults lint portable release-check bench conformance update refresh image

build: ## bin/matrixgen
	go build -o bin/matrixgen ./cmd/matrixgen

test: ## the tests of the tool
	go test ./...

PROOFS = ./cmd/matrixgen ./cmd/matrixgen/inside ./internal/cli ./internal/compile ./internal/docs ./internal/explain ./internal/graph ./internal/outdir ./internal/provenance ./internal/verify ./internal/workspace ./lint/rules
proofs: ## what `make test` looks at a part of, whole: every field, every stack, every script
	go test -count=1 -timeout 60m -tags proofs $(PROOFS)

POINTS ?= 100
faults: ## kills, interrupts, starves and races what writes, at places that differ each time; a failed run prints its -seed
	go test -count=1 -timeout 20m ./cmd/matrixgen/faults -run TestCrash -points $(POINTS) -v
	go test -count=1 -timeout 20m ./cmd/matrixgen/faults -skip TestCrash -points 20 -v

update: ## rewrite golden files and out/ after an intended change
	go run ./cmd/matrixgen build
	go test -timeout 30m ./cmd/matrixgen ./internal/cli ./internal/compile ./internal/diag ./internal/format ./internal/graph ./internal/docs ./internal/refresh ./internal/verify ./lint/rules -update

refresh: ## what a release of upstream brings: PRODUCT=synapse VERSION=1.163.2, and FILE=… where no registry has it; without any, which releases are new
	go run ./cmd/refresh $(PRODUCT) $(VERSION) $(FILE)

lint: ## format, vet, static analysis, and out/ as the stacks give it
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./...
	go run ./cmd/matrixgen build --check --no-cache

portable: ## what a build for Windows and macOS would refuse, and vet
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...

release-check: ## .goreleaser.yaml by goreleaser's own check, and what goes into the archives; building goreleaser takes minutes, once
	go run github.com/goreleaser/goreleaser/v2@v2.15.1 check
	.ci/release-files
	! command -v nix >/dev/null || grep -qF "$$(.ci/vendor-hash)" flake.nix || { echo "flake.nix has another vendorHash than .ci/vendor-hash prints"; exit 1; }

image: ## a container image of the program alone; nothing is pulled
	.ci/image

bench: ## measures and rewrites docs/benchmarks.md; installs dclint into a temporary folder
	bench/run

conformance: ## upstream's own programs as judges; installs Synapse, Postgres, nginx, Graphviz and others
	conformance/run
