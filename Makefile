# `make` explains itself; every target works from a fresh clone with Python >= 3.11 and make alone.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-from-lock

# An unrelated active environment must not leak into ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX UV_PROJECT_ENVIRONMENT PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
export PYTHONNOUSERSITE := 1

STUDY_SOURCES := $(shell find notebooks geodata workbench -type f -not -name '*.pyc' -not -path '*/.*' 2>/dev/null)

.PHONY: help env reports benchmarks coverage test test-slow lint lab verify lock clean

help: ## this list
	@echo "The spatial econometrics workbench. Two commands do everything:"
	@echo
	@echo "  make reports   build the environment, execute and render every study into reports/"
	@echo "  make test      build the environment, run the quick tests"
	@echo
	@echo "All targets:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Another Python:  make reports PYTHON=python3.12"

env: $(STAMP) ## the environment in .venv, from the hash-pinned locks

$(STAMP): locks/uv.txt locks/environment.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is %d.%d. Name another: make PYTHON=python3.12" % sys.version_info[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r locks/environment.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/environment.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

reports: reports/.made ## execute and render every study into reports/, with an index page

reports/.made: $(STAMP) $(STUDY_SOURCES)
	$(BIN)/workbench run --all
	@touch $@

test: $(STAMP) ## the quick tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "not slow" -n 2 --dist loadfile

test-slow: $(STAMP) ## the slow tests: simulations, full re-executions
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m slow -n 2

lint: $(STAMP) ## format, lint, types and the floors of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m workbench.cli notebooks check

benchmarks: $(STAMP) ## builders of weights beside their peers: time, memory, growth
	for script in contiguity neighbours card autocorrelation likelihood gmm panels specifications curves composites point_densities rendering; do $(BIN)/python benchmarks/$$script.py; done

coverage: $(STAMP) ## how often 95 % intervals cover a known truth: goes on where it stopped
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/intervals.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/interval_bootstrap.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/panel_intervals.py
	for design in cross-section panel; do for estimand in total indirect; do \
	  OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/curve_size.py --design $$design --estimand $$estimand --draws 59 --repeats 960; done; done

lab: $(STAMP) ## JupyterLab on the notebooks
	$(BIN)/workbench lab

verify: $(STAMP) ## re-execute every report whose data are here and compare number by number
	for study in reports/*/ledger.json; do $(BIN)/workbench verify --record "$$(dirname $$study)" || [ $$? -eq 3 ] || exit 1; done

lock: $(STAMP) ## resolve the dependencies anew into locks/
	$(BIN)/uv pip compile locks/uv.in --generate-hashes --universal --no-header --no-annotate --upgrade --quiet -o locks/uv.txt
	$(BIN)/uv pip compile pyproject.toml --extra lab --group dev --generate-hashes --universal \
	  --python-version 3.11 --fork-strategy fewest --no-header --no-annotate --upgrade --quiet -o locks/environment.txt

clean: ## remove the environment and every cache (reports stay)
	rm -rf $(VENV) reports/.made .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
