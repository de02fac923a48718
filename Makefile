# `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Everything but the race detector does without a C compiler.
export CGO_ENABLED ?= 0

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build, and serve on the embedded database
	bin/alta serve

.PHONY: build
build: ## build bin/alta
	go build -trimpath -ldflags="-s -w" -o bin/alta .

# Go gives a package ten minutes. On a slow or busy machine some need more.
TEST_TIMEOUT = 30m

.PHONY: test
test: ## run the whole suite, on SQLite and PostgreSQL
	scripts/with-services go test -timeout $(TEST_TIMEOUT) ./...
	go -C sdk/go test ./...

.PHONY: test-serializable
test-serializable: ## run it with PostgreSQL at its strictest isolation, as databases that scale out have it
	scripts/with-services bash -c \
	  'ALTA_TEST_POSTGRES_URL="$$ALTA_TEST_POSTGRES_URL&default_transaction_isolation=serializable" go test -count=1 -timeout $(TEST_TIMEOUT) ./...'

.PHONY: generate
generate: stamp ## complete the contract, and make gen/ from it
	go tool oapi-codegen -config oapi-codegen.yaml bin/openapi.json

# oapi-codegen takes the order of properties from an extension, which the second file has.
.PHONY: stamp
stamp:
	@mkdir -p bin
	go run ./internal/contract/stamp -ordered bin/openapi.json -currencies internal/money/currencies.gen.go -bounds internal/bounds/bounds.gen.go openapi.yaml

.PHONY: sdk
sdk: sdk-typescript sdk-go collections ## make the generated parts of sdk/ from the contract

.PHONY: sdk-typescript
sdk-typescript:
	scripts/with-node scripts/sdk-typescript

.PHONY: sdk-go
sdk-go: stamp
	go tool oapi-codegen -config sdk/go/oapi-codegen.yaml bin/openapi.json

.PHONY: collections
collections:
	ALTA_PUBLIC_URL= go run . openapi --format postman >sdk/alta.postman_collection.json
	ALTA_PUBLIC_URL= go run . openapi --format http >sdk/alta.http

# The race detector is for Alta and for what calls it. In SQLite, which is C that a program
# translated into Go, and in bcrypt it would take more than half of the time.
RACE = -race -gcflags=modernc.org/...=-race=false -gcflags=golang.org/x/crypto/...=-race=false

# Tests wait more than they compute: three packages at a time keep two processors busy.
.PHONY: check
check: clean-tree lint contract vulnerabilities ## what has to pass before a change lands
	CGO_ENABLED=1 scripts/with-services go test $(RACE) -p 3 -timeout $(TEST_TIMEOUT) ./...
	CGO_ENABLED=1 go -C sdk/go test -race ./...

.PHONY: clean-tree
clean-tree: generate sdk-go collections
	@$(MAKE) sdk-typescript || { [ "$$CI" != true ] && echo "sdk/typescript is not checked; with CI=true that is an error"; }
	@git diff --exit-code --stat -- openapi.yaml gen sdk internal/money internal/bounds || { echo "stale: run make generate sdk and commit what it changes"; exit 1; }
	go mod tidy -diff
	go -C sdk/go mod tidy -diff

.PHONY: lint
lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "not formatted: run gofmt -w"; exit 1; }
	go vet ./...
	go -C sdk/go vet ./...
	go tool staticcheck ./...
	cd sdk/go && $$(go -C ../.. tool -n staticcheck) ./...

.PHONY: contract
contract: ## lint the contract, and compare it with the one before
	go tool oasdiff validate openapi.yaml
	scripts/with-node scripts/lint-contract
	scripts/compare-contract

.PHONY: vulnerabilities
vulnerabilities: ## look for known vulnerabilities in what the code calls, where their database can be had
	@scripts/vulnerabilities

.PHONY: fuzz
fuzz: ## fuzz what reads strangers' input, for a short while each
	scripts/fuzz $${FUZZTIME:-20s}

.PHONY: bench
bench: build ## measure: what calls cost, sign-ups, log-ins, calls by key, writes, one user beside others, validation, start, memory
	ALTA_TEST_DIR=$${TMPDIR:-/tmp} scripts/with-services go run ./internal/bench bin/alta

.PHONY: bench-quick
bench-quick: build ## measure: what calls cost, start, memory (three minutes)
	ALTA_TEST_DIR=$${TMPDIR:-/tmp} scripts/with-services go run ./internal/bench -measure calls,start bin/alta

.PHONY: bench-scale
bench-scale: build ## measure: queries with a million users (some minutes, some gigabytes)
	ALTA_TEST_DIR=$${TMPDIR:-/tmp} scripts/with-services go run ./internal/bench -measure scale bin/alta

.PHONY: rename
rename: ## give the modules another path, as a fork does: make rename MODULE=github.com/somebody/alta
	@scripts/rename "$(MODULE)"

.PHONY: clean
clean: ## remove what was built
	rm -rf bin sdk/typescript/dist
