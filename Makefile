# The commands that people and CI run. `make demo` and `make test` need make, a C compiler, cargo, Node >= 20.19 and python3.

CARGO ?= cargo
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
BELLWETHER := $(TARGET)/release/bellwether
DATA ?= bellwether-data

.PHONY: help demo demo-data test lint format web bench soak eval clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: release ## Build everything, run the whole way on real data, open the console
	$(BELLWETHER) demo --data $(DATA)

demo-data: release ## The same, but stop after the report
	$(BELLWETHER) demo --data $(DATA) --no-serve

.PHONY: release
release:
	@scripts/preflight.sh demo
	@$(MAKE) --no-print-directory web
	$(CARGO) build --release --locked -p bellwether

web: ## Build the console (embedded in the binary)
	@scripts/web.sh

test: ## Install what tests need (system packages by apt, with sudo) and run all of them
	@scripts/test.sh

lint: ## Formatting and clippy, warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

format: ## Format all code
	$(CARGO) fmt --all
	cd console && npm run format
	cd sdk/browser && npm run format
	cd sdk/tests && npm run format

bench: release ## Speed of the whole way and the server, beside peers; kernels.sh and front_door.py run by hand
	benches/run.sh

soak: ## The guarantees for as long as you like: killed, unplugged, full disks
	benches/soak.sh

eval: release ## Quality, beside published results and peers; BELLWETHER_DATA names the folder of public sets
	python3 evals/known_results.py

clean: ## Remove what was built (not the data)
	rm -rf console/dist console/node_modules sdk/browser/node_modules sdk/tests/node_modules sdk/tests/.venv .venv
	$(CARGO) clean
