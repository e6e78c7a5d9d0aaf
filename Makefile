# Everything a newcomer needs; `make` alone explains. Settings: PYTHON=… names the interpreter, TESTS=… a part of the
# tests, WHAT=… a part of the measurements, RUNS=…, SIZE=…, MILLION=…, CONNECTIONS=… how often and how much to measure,
# UPGRADE=1 lets `make lock` take newer versions, HLASATEL_INSTALL=no keeps `make test` from installing programs.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
# A stamp is newer than what it was made from, so a warm run does nothing. `dev` holds everything of `run`.
RUN_READY := $(VENV)/ready-run
DEV_READY := $(VENV)/ready-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-input

# Test processes: four keep two processors at work, because every journey waits now and then for a second to pass.
AT_ONCE := 4
# What shares a fixture of seconds stays together (tests/conftest.py); what is left goes to whoever is free, in order.
SHARED := --dist loadscope --no-loadscope-reorder

# A person's own settings of pip or Python must not leak into the environment. Without its compiled files Python reads
# the whole program anew for every command that the tests start.
export PIP_USER := 0
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(RUN_READY) ## Hlasatel on the region's real plan with sample people and a local mailbox; Ctrl-C ends it
	@exec $(BIN)/hlasatel demo

.PHONY: demo-auto
demo-auto: $(RUN_READY) ## the same, played by itself with an account of each step
	@exec $(BIN)/hlasatel demo --auto </dev/null

.PHONY: setup
setup: $(DEV_READY) ## the environment in .venv with everything for development
	@echo "Ready: $(BIN)/hlasatel"

.PHONY: install
install: $(RUN_READY) ## the environment in .venv for running alone, as docs/operations.md puts it into service
	@$(BIN)/python -m compileall -q worker
	@echo "Ready: $(BIN)/hlasatel"

.PHONY: test
test: ## sets everything up, checks the code and runs all tests
	@echo "== 1/4 Environment"
	@$(MAKE) --no-print-directory setup
	@echo "== 2/4 Programs the tests need"
	@tools/system-parts
	@echo "== 3/4 Checks"
	@$(MAKE) --no-print-directory lint
	@echo "== 4/4 Tests"
	@$(BIN)/python -m pytest -n $(AT_ONCE) $(SHARED) -m "not long" $(TESTS) </dev/null
	@echo "Left to make test-faults: the tests marked long, and the faults by the hundred."

.PHONY: operations-check
operations-check: $(DEV_READY) ## types docs/operations.md on bare machines, as root on Debian (WHAT=first-approval: a part)
	@$(BIN)/python -m tools.operations $(WHAT)

.PHONY: test-time
test-time: $(DEV_READY) ## 5,000 made-up plans against the rules of docs/time.md; some minutes
	@TIME_PLANS=5000 $(BIN)/python -m pytest -n 2 tests/unit/plan/test_time.py </dev/null

.PHONY: test-faults
test-faults: $(DEV_READY) ## kills, broken disks and relays by the hundred; 17 minutes (DATABASE=sqlite or postgresql: half)
	@tools/system-parts
	@FAULTS=full FAULTS_DATABASE=$(DATABASE) FUZZED_HEADERS=100000 \
	  $(BIN)/python -m pytest -n 2 $(SHARED) tests/faults tests/unit/test_fuzzed_headers.py </dev/null
	@$(BIN)/python -m pytest -n $(AT_ONCE) $(SHARED) -m long --ignore tests/faults </dev/null
	@FUZZ=20 $(BIN)/python -m pytest -n 2 $(SHARED) tests/bad_input </dev/null

.PHONY: lint
lint: $(DEV_READY) ## style, types, import rules, the list of what we are made of, known vulnerabilities
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types style

# Two processors: while one works out the types, the other does the rest.
.PHONY: types
types: ## of make lint the types alone
	$(BIN)/mypy

.PHONY: style
style: ## of make lint everything else
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tools.sbom --check
	$(BIN)/python tools/audit.py
	@$(BIN)/python -m pytest -qq --collect-only --no-header -p no:cacheprovider $(TESTS) </dev/null >/dev/null

.PHONY: sbom
sbom: $(DEV_READY) ## what Hlasatel is made of, with hashes and licences, as CycloneDX: build/sbom.json, for a release
	@$(BIN)/python -m tools.sbom build/sbom.json

.PHONY: format
format: $(DEV_READY) ## rewrites the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV_READY) ## measures rehearsing, drafting and sending, 20 minutes (WHAT=sending,… RUNS=3 SIZE=1000 MILLION=10000: less)
	@$(BIN)/python -m bench $(WHAT) $(if $(RUNS),--runs $(RUNS)) $(if $(SIZE),--size $(SIZE)) \
	  $(if $(MILLION),--million $(MILLION)) $(if $(CONNECTIONS),--connections $(CONNECTIONS))

.PHONY: bench-tables
bench-tables: $(DEV_READY) ## keeps the last measurements in bench/results and writes the tables of docs/benchmarks.md
	@$(BIN)/python -m bench.report

.PHONY: pictures
pictures: $(DEV_READY) ## takes the pictures of README and handbooks anew, with the machine's Chromium
	@$(BIN)/python -m tools.pictures

.PHONY: look
look: $(DEV_READY) ## every mail and page in numbers and pictures, in build/look: before a change of the look is done
	@$(BIN)/python -m tools.look

.PHONY: schema
schema: $(DEV_READY) ## writes config/schedules.schema.json anew, after a change of the plan's keys
	@$(BIN)/python -m tools.schema

.PHONY: lock
lock: ## compiles requirements/*.txt anew from pyproject.toml (UPGRADE=1: to the newest versions)
	tools/lock

.PHONY: clean
clean: ## removes the environment and all caches; data/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find worker tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(tools/find-python) && echo "Creating $(VENV) with $$python" && "$$python" -m venv --clear $(VENV)

# Own package last and without its dependencies: what is not in a lock is not installed.
$(RUN_READY): requirements/build.txt requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements/build.txt requirements/run.txt requirements/dev.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/build.txt -r requirements/dev.txt
	$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_READY)
