# `make` lists the targets. What they do is in scripts/, one file each; each says what it does and installs what is missing.
.DEFAULT_GOAL := help
.PHONY: help serve dev test test-native test-browser dist single bench bench-growth bench-native pictures fuzz clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: ## build the release app, serve it at http://127.0.0.1:8080 (PORT=… for another port)
	@scripts/serve.sh

dev: ## the quick loop: debug build, rebuilt and reloaded on every change
	@scripts/dev.sh

test: ## formatting, lints, native tests, release build, browser tests
	@scripts/test.sh

test-native: ## the part of `make test` that needs no browser
	@scripts/test.sh native

test-browser: ## the browser tests alone (ARGS='-g name' is passed on to Playwright)
	@scripts/test.sh browser $(ARGS)

dist: ## write dist/, which works on any static host
	@scripts/dist.sh

single: ## write dist/trailbeam.html, the whole app as one file
	@scripts/single.sh

bench: ## speed in a real browser, against its gunzip and DuckDB (ARGS='read ask' for parts of it; all takes an hour)
	@scripts/bench.sh $(ARGS)

bench-growth: ## time and memory against the number of records, with the plots in docs/ (MOST=… stops earlier)
	@scripts/bench.sh growth

bench-native: ## each reader and each usual question alone, without a browser (ARGS=name)
	@scripts/bench.sh native $(ARGS)

pictures: ## draw docs/*.png, the README's pictures, from the built-in sample
	@scripts/pictures.sh

fuzz: ## look for inputs that break a reader (TARGET=ingest SECONDS=600; all targets for a minute each)
	@scripts/fuzz.sh $(or $(TARGET),all) $(SECONDS)

clean: ## remove what was built (the tools in the cache stay)
	rm -rf dist target test-results playwright-report
