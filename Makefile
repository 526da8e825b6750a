# The front door. Every target sets up what it needs: Python 3.11 or newer with venv, and git, are enough;
# where chromium, chromedriver and npm, or Java, are missing, `test` says so and leaves out what needs them.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
USING := $(VENV)/.using

AXE := .cache/axe-core/package/axe.min.js
MERMAID := .cache/mermaid/package/dist/mermaid.min.js

.PHONY: help demo test check format lint types audit coverage wheel faults laws mutants bench servers docs clean

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 14

$(USING): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or run: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

EXTRA ?= dev
$(READY): $(USING)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRA)]'
	@touch $@

$(AXE):
	mkdir -p .cache/axe-core
	cd .cache/axe-core && npm pack --silent axe-core@4.14.1 && tar xf axe-core-*.tgz

$(MERMAID):
	mkdir -p .cache/mermaid
	cd .cache/mermaid && npm pack --silent mermaid@11.12.0 && tar xf mermaid-*.tgz package/dist/mermaid.min.js

demo: $(USING) ## Load a real chronicle of 306 rows into a SQLite file, and ask it questions
	@$(BIN)/python -m examples.northeast_syria.demo

WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) # many tests wait for disks, servers and browsers
COVERAGE ?= --cov=timeline --cov-branch --cov-report=term:skip-covered --cov-fail-under=95
test: $(READY) $(if $(shell command -v npm),$(AXE) $(MERMAID)) ## Run the tests, with coverage of lines and branches
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(COVERAGE) $(ONLY)

check: lint types ## Lint and type-check

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

audit: $(READY) ## Look for unsafe code, and for known holes in what we depend on (asks a service on the network)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src examples docs
	$(BIN)/pip-audit --strict --skip-editable

format: $(READY) ## Put the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: $(READY) ## Kill, pause, cut off and fill up servers twenty times each, and count what was lost; takes about an hour
	FAULTS=20 $(BIN)/python -m pytest --capture=no tests/log/test_faults.py tests/log/test_jetstream_faults.py tests/log/test_tampering.py

laws: $(READY) ## Try the laws on many more random histories
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --numprocesses=auto tests/index/test_laws.py

mutants: $(READY) ## Change the code in 250 small ways, and count which of the changes the tests notice
	$(BIN)/python tests/support/mutants.py

SIZES ?= 1000 10000 100000
bench: $(USING) ## Measure against a peer and a bare floor, and how cost grows; SIZES="1000 1000000" for other lengths
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'eventsourcing==9.5.6'
	cd tests && $(abspath $(BIN))/python -m bench $(SIZES)

servers: $(READY) ## Measure appends on PostgreSQL and JetStream against the same bytes stored there bare
	cd tests && $(abspath $(BIN))/python -m bench.servers

docs: $(READY) $(if $(shell command -v npm),$(MERMAID)) ## Build the documentation as a site, docs/_build/site; rewrite what is generated
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/packaged.py
	$(BIN)/python docs/moving.py
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --fresh-env --quiet docs docs/_build/site

wheel: $(READY) ## Build the wheel, and import it in an environment without development tools
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist
	$(PYTHON) -m venv --clear $(VENV)-wheel
	$(VENV)-wheel/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	cd / && $(abspath $(VENV))-wheel/bin/python -c "import timeline; print(timeline.Timeline().at())"

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(VENV)-wheel dist build mutants docs/_build docs/examples .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
