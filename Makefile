# Libertad. Two commands matter: `make run` and `make test`. Everything else serves them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
# Many tests wait for other processes: three workers keep two cores busy.
JOBS ?= 3
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/.stamps
NODE_BIN = $(shell tools/node-path)
NPM = PATH="$(NODE_BIN):$$PATH" npm
SLOWEST = --durations=20 --durations-min=5
# Which tests: those above two seconds of processor are dear (tests/cost.json).
WHICH ?= not nightly and not dear
REPORT = $(if $(LIBERTAD_TEST_REPORT),--junitxml=$(LIBERTAD_TEST_REPORT))
PYTEST = env -u DJANGO_SETTINGS_MODULE $(PY) -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup setup-test ready ready-test run test test-all test-field test-sqlite test-postgres cost check quick format demo-reset soak splink spark sbom audit screenshots lock assets package clean

help:
	@echo "make run    start Libertad with the demo operation (PORT=8000)"
	@echo "make test   install what the tests need and run the quick ones"
	@echo "also: test-all cost check quick format demo-reset soak splink spark sbom audit screenshots lock package clean"

## Setting up. Each step says what it does and leaves a stamp, so a second call takes well under a second.
$(STAMPS)/venv:
	@tools/python-ready $(PYTHON)
	@echo "Making a Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/uv: requirements/uv.txt | $(STAMPS)/venv
	@$(PIP) --require-hashes -r $<
	@touch $@

# uv reads no settings of pip's: where only those lead to an index, pip installs.
PIP = $(PY) -m pip install --quiet --disable-pip-version-check
INSTALL = install() { VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip install --quiet --require-hashes -r $$1 \
  || $(PIP) --require-hashes -r $$1; }; install

$(STAMPS)/run: requirements/run.txt $(STAMPS)/uv
	@echo "Installing the Python packages that a node needs"
	@$(INSTALL) $<
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	@echo "Installing the Python packages that the tests need"
	@$(INSTALL) $<
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/run
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Node.js comes from PyPI only where the machine has none, or one older than 20.19.
$(STAMPS)/node: requirements/node.txt | $(STAMPS)/uv
	@tools/node-path >/dev/null 2>&1 || { echo "Installing Node.js"; $(INSTALL) $<; }
	@tools/node-path >/dev/null
	@touch $@

ASSET_SOURCES := $(shell find assets -path assets/node_modules -prune -o -type f -print 2>/dev/null)

$(STAMPS)/npm: $(wildcard assets/package-lock.json) $(STAMPS)/node
	@echo "Installing what the pages' scripts and styles are built with"
	@cd assets && PATH="$(NODE_BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(STAMPS)/assets: $(ASSET_SOURCES) $(STAMPS)/npm
	@echo "Building the pages' scripts and styles"
	@cd assets && PATH="$(NODE_BIN):$$PATH" npm run --silent build
	@touch $@

assets: $(STAMPS)/assets

# The field app: its screens, codec, its tests' tools, and what answers the node's tests (docs/field-app.md).
FIELD_SOURCES := $(shell find field-app \( -path field-app/node_modules -o -path field-app/build \) -prune \
  -o -type f -print 2>/dev/null)

$(STAMPS)/field-npm: field-app/package-lock.json $(STAMPS)/node
	@echo "Installing what the field app is built with"
	@cd field-app && PATH="$(NODE_BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(STAMPS)/field: $(FIELD_SOURCES) $(STAMPS)/field-npm
	@cd field-app && PATH="$(NODE_BIN):$$PATH" npm run --silent build \
	  && PATH="$(NODE_BIN):$$PATH" npm run --silent build:fake
	@touch $@

# What phones load from the node: libertad/field/app (docs/field.md).
$(STAMPS)/field-app: $(FIELD_SOURCES) $(STAMPS)/field-npm
	@echo "Building the field app"
	@cd field-app && PATH="$(NODE_BIN):$$PATH" npm run --silent build:app
	@touch $@

# What checks and trains the matcher beside it; a node does without (docs/hits-scale.md).
splink: setup
	@$(INSTALL) requirements/splink.txt

spark: splink
	$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --require-hashes \
	  -r requirements/spark.txt

# Python's and Node.js's halves wait for each other nowhere: both cores are used.
READY = $(STAMPS)/run $(STAMPS)/package $(STAMPS)/assets $(STAMPS)/field-app

setup:
	@$(MAKE) --no-print-directory -j3 ready

setup-test:
	@$(MAKE) --no-print-directory -j3 ready-test

ready: $(READY)

ready-test: $(READY) $(STAMPS)/dev $(STAMPS)/field

run: setup
	$(VENV)/bin/libertad run --port $(PORT)

demo-reset: setup
	$(VENV)/bin/libertad demo --reset

## Testing. `make test` is what each change waits for: the field app's tests, then the quick ones on SQLite.
## `make test-all` is for the night and before a release: all there is, on SQLite and on PostgreSQL.
test: setup-test
	@$(PY) -m tools.parts field sqlite

test-all: setup-test
	@LIBERTAD_TEST_COST=$(CURDIR)/tests/cost.json WHICH= $(PY) -m tools.parts field sqlite postgres

# What tests/lint/test_cost.py asks of a new file of tests: its rows in tests/cost.json.
cost: setup-test
	LIBERTAD_TEST_DB=sqlite LIBERTAD_TEST_COST=$(CURDIR)/tests/cost.json $(PYTEST) -n $(JOBS) $(FILES)

# The field app's own tests; that the node reads what it writes, tests/field_app holds.
test-field: setup-test
	@cd field-app && PATH="$(NODE_BIN):$$PATH" npm run --silent test -- $(if $(LIBERTAD_TEST_REPORT),\
	  --reporter=junit --outputFile.junit=$(LIBERTAD_TEST_REPORT))

test-sqlite: setup-test
	LIBERTAD_TEST_DB=sqlite $(PYTEST) -n $(JOBS) $(SLOWEST) $(REPORT) $(if $(WHICH),-m "$(WHICH)") $(ARGS)

test-postgres: setup-test
	env -u LIBERTAD_TEST_COST LIBERTAD_TEST_DB=postgres $(PYTEST) -n $(JOBS) $(SLOWEST) $(REPORT) \
	  $(if $(WHICH),-m "$(WHICH)") $(ARGS)

# While working: one room's tests on SQLite, without those that drive a browser.
quick: setup-test
	@test -d "tests/$(ROOM)" && test -n "$(ROOM)" || { echo "make quick ROOM=care: name a folder of tests/"; exit 2; }
	LIBERTAD_TEST_DB=sqlite $(PYTEST) -n $(JOBS) -m "not look and not soak and not hypothesis" $(SLOWEST) $(ARGS) tests/$(ROOM)

check: setup-test
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m tests.lint.templates
	@cd field-app && PATH="$(NODE_BIN):$$PATH" npm run --silent check
	LIBERTAD_TEST_DB=sqlite $(PYTEST) -q -n $(JOBS) -p no:cacheprovider tests/docs tests/lint

format: setup-test
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

soak: setup-test
	LIBERTAD_SOAK=1 $(PYTEST) -m "soak or hypothesis" $(ARGS)
	LIBERTAD_SOAK=1 LIBERTAD_TEST_DB=postgres LIBERTAD_SOAK_DRILLS=$${LIBERTAD_SOAK_DRILLS_POSTGRES:-40} \
	  $(PYTEST) -m soak tests/soak/test_backup_drill.py tests/soak/test_keys_given_back.py

screenshots: setup-test
	$(PY) -m tests.support.chromium
	$(PY) tools/screenshots.py

## What is in it, and is any of it known to be unsafe.
sbom: setup-test
	@mkdir -p build
	$(VENV)/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible \
	  --of JSON -o build/sbom-python.cdx.json
	@for folder in assets field-app; do (cd $$folder && PATH="$(NODE_BIN):$$PATH" npm sbom --omit=dev \
	  --package-lock-only --sbom-format cyclonedx > ../build/sbom-$$folder.cdx.json) || exit 1; done

audit: setup-test
	PATH="$(NODE_BIN):$$PATH" $(PY) -m tools.audit

# A wheel with the built assets, twice to the same bytes, and every wheel that a node needs beside it.
package: setup
	$(PY) -m tools.package --to build/package --needs

lock:
	@for list in uv run splink spark dev node; do \
	  $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links \
	    --custom-compile-command 'make lock' requirements/$$list.in -o requirements/$$list.txt $(LOCK) || exit 1; done

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
