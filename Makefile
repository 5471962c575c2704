# Everything a newcomer or a CI job runs. Needs Python 3.11 or newer, git and make; the rest goes into .venv.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench chaos load screenshots clean

CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in $(CANDIDATES); do "$$python" -c '$(ENOUGH)' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
SCREENSHOTS ?= $(CURDIR)/screenshots
PURE := cadence/timing/*,cadence/model/*,cadence/sequence/*,cadence/planning/*,cadence/delivery/*,cadence/timeline/*,cadence/wording/*,cadence/diagnostics/*

say = @printf '\n== %s\n' "$(1)"

help:
	@echo "make demo    compile, explain and submit an example sequence, twice"
	@echo "make test    run every test, and check the coverage of the pure packages"
	@echo "make lint    formatting, ruff, mypy, import contracts"
	@echo "make docs    check that the generated pages are current and every link and command holds"
	@echo "make bench   start-up time, plans and creates per second, as ratios"
	@echo "make chaos   100 rounds of kill -9 on each backend, in about 30 minutes; ARGS='--backend sqlite --seed 2'"
	@echo "make load    100,000 activities and 200 webhooks a second while cadence serve is killed; ARGS='--backend all --seconds 20'"
	@echo "make screenshots  pictures of every page, light, dark and on a telephone, into screenshots/"
	@echo "make clean   remove what the others made"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; install one, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	$(call say,creating $(VENV) with $(PYTHON))
	@"$(PYTHON)" -m venv $(VENV) || { echo "error: $(PYTHON) cannot create a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(call say,installing cadence)
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(call say,installing cadence with its development tools)
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh sequences/demo/demo.sh

test: $(VENV)/.installed-dev
	$(call say,tests)
	@$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report= $(ARGS)
	$(call say,coverage of the pure packages: at least 95 % of lines and branches)
	@$(BIN)/python -m coverage report --include='$(PURE)' --fail-under=95

lint: $(VENV)/.installed-dev
	$(call say,ruff)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	$(call say,mypy)
	@$(BIN)/mypy
	$(call say,import contracts)
	@$(BIN)/lint-imports --no-cache

docs: $(VENV)/.installed-dev
	$(call say,generated pages and links and commands)
	@$(BIN)/python -m pytest tests/docs -q $(ARGS)

bench: $(VENV)/.installed-dev
	$(call say,benchmarks)
	@$(BIN)/python -m tests.benchmarks

chaos: $(VENV)/.installed-dev
	$(call say,kill -9)
	@$(BIN)/python -m tests.chaos $(ARGS)

load: $(VENV)/.installed-dev
	$(call say,cadence serve under load and kill -9)
	@$(BIN)/python -m tests.load $(ARGS)

screenshots: $(VENV)/.installed-dev
	$(call say,pictures of every page into $(SCREENSHOTS))
	@CADENCE_SCREENSHOTS="$(SCREENSHOTS)" CADENCE_NO_SKIPS=1 $(BIN)/python -m pytest tests/browser -q $(ARGS)

clean:
	rm -rf $(VENV) .demo .cadence build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
