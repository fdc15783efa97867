# How everything is done here; `make help` lists it. PYTHON names the interpreter to start from.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
SEED ?= 0
SHELL := /bin/bash
.DEFAULT_GOAL := help

FRONTEND := frontend/package.json frontend/package-lock.json $(shell find frontend/src frontend/schema frontend/scripts -type f 2>/dev/null)
PACKAGING := pyproject.toml hatch_build.py jupyter-config/server-config/jupyter_progress.json
# Sources are used in place, so only what the build makes needs installing again.
INSTALLED := $(VENV)/installed.stamp
TESTS_READY := $(VENV)/tests.stamp
BENCH_READY := $(VENV)/bench.stamp

.PHONY: help demo lab test test-all test-slow faults lint format bench ui docs types clean

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "jupyter-progress needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/bin/python $(PACKAGING) $(FRONTEND)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lab,parquet]'
	@touch $@

$(TESTS_READY): $(INSTALLED) scripts/install-chromium scripts/install-hub-proxy tests/hub/package-lock.json
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lab,parquet,test]'
	scripts/install-chromium
	$(BIN)/python scripts/install-hub-proxy
	@touch $@

demo: $(INSTALLED)  ## Train on real data and watch it live in this terminal (KEEP=1 leaves the server up)
	@$(BIN)/jupyter-progress demo $(if $(KEEP),--keep)

lab: $(INSTALLED)  ## Open the quickstart in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/quickstart.ipynb

test: $(TESTS_READY)  ## Run the tests (ARGS="tests/core -k merge" runs a part)
	@BIN=$(BIN) scripts/test quick $(ARGS)

# What `make test` has just run in the same call is not run again.
test-all: $(TESTS_READY) $(if $(ARGS),,test test-slow)  ## Run the tests and all that is slow: every estimator, fault and front end
	@$(if $(ARGS),BIN=$(BIN) scripts/test all $(ARGS),true)

test-slow: $(TESTS_READY)  ## Run only what is slow
	@BIN=$(BIN) scripts/test slow $(ARGS)

faults: $(TESTS_READY)  ## Break everything that can break, by a seed (SEED=7; outcomes: docs/reliability.md)
	FAULTS_SEED=$(SEED) JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE=$${JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE:-2} \
		$(BIN)/python -m pytest -n 2 --dist loadfile tests/faults $(ARGS)

lint: $(TESTS_READY)  ## Check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python scripts/frontend typecheck

format: $(TESTS_READY)  ## Put the code into the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(BENCH_READY): $(TESTS_READY) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lab,parquet,test,bench]'
	@touch $@

bench: $(BENCH_READY)  ## Measure this project beside its peers (ARGS="fanout" a part; figures: docs/performance.md)
	$(BIN)/python -W ignore -m benchmarks $(ARGS)

ui: $(INSTALLED)  ## Build the front end again at every change
	$(BIN)/python scripts/frontend watch

types: $(INSTALLED)  ## Write the TypeScript types and golden streams from the Python ones
	$(BIN)/python frontend/scripts/wire_types.py
	$(BIN)/python -m tests.core.streams

docs: $(TESTS_READY)  ## Check the documents: links, names, signatures, settings
	$(BIN)/python -m pytest -q -p no:randomly tests/test_docs.py

clean:  ## Remove what was built and installed here
	rm -rf $(VENV) build dist frontend/dist frontend/node_modules tests/hub/node_modules
