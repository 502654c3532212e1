# Bare "make" says what there is. Go and make are all that is needed.

.DEFAULT_GOAL := help
.PHONY: help build web web-test test race lint bench integration fuzz demo tour clean
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Without git, or outside a checkout, the build says so instead of failing.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -X main.version=$(VERSION) -X main.commit=$(COMMIT)

# The packages in which goroutines or processes meet.
CONCURRENT ?= ./cmd/... ./guard/... ./ingest/... ./internal/vfs/... ./node/... ./serve/... ./store/...
# How long each fuzz target runs.
FUZZTIME ?= 30s
# Simulated power cuts: make test runs 200, this is the long run.
POWERCUTS ?= 2000
# Random ledgers on which each policy is compared with a naive interpreter.
WORLDS ?= 10000

help: ## Print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build bin/clew
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/clew ./cmd/clew

web: ## Build the console (needs Node; installed by apt if missing) and bin/clew with it inside
	@scripts/web.sh
	go build -trimpath -tags webapp -ldflags '$(LDFLAGS)' -o bin/clew ./cmd/clew

web-test: ## Types and tests of the console (needs Node)
	@scripts/web.sh
	cd serve/web/app && npm --silent test

test: ## gofmt, go vet and every test but the long ones (under 5 minutes on two cores)
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:" $$unformatted; exit 1; fi
	go vet ./...
	go test -timeout 10m ./...

race: ## The concurrent packages under the race detector, short
	go test -race -short -timeout 20m $(CONCURRENT)

lint: ## Rules about the code (internal/lint), go vet on every build, staticcheck
	go test -count=1 ./internal/lint
	go vet ./...
	go vet -tags integration ./...
	@if [ -f serve/web/app/dist/index.html ]; then go vet -tags webapp ./serve/web ./cmd/clew; fi
	go tool -modfile=tools/go.mod staticcheck -tags integration ./...

bench: ## Measure against the yardstick in the same run (a generated chain of 5,000,000 transactions)
	go run ./bench/ledgerbench

integration: ## Tests with real processes, a real node, a real browser, long simulations (CLEW_DATA: real blocks)
	@scripts/btcd.sh
	CLEW_BTCD=$${CLEW_BTCD:-$(CURDIR)/bin/btcd} CLEW_POWERCUTS=$(POWERCUTS) CLEW_WORLDS=$(WORLDS) go test -tags integration -count=1 -timeout 30m ./...

fuzz: ## Each fuzz target for FUZZTIME, one after the other
	@FUZZTIME=$(FUZZTIME) scripts/fuzz.sh

demo: ## The console on 127.0.0.1:8420, with a real peel chain traced; what it makes is in the folder demo
	@scripts/demo.sh

tour: build ## A generated chain: ingested, checked and looked at, in the folder tour
	@scripts/tour.sh

clean: ## Remove what the other targets made
	rm -rf bin demo tour
