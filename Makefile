# Every target sets up what it needs, in .venv; nothing outside the checkout is touched,
# but for Debian packages that `make test` installs when it runs as root, and says so.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
DEMO := civcas-demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lint setup clean format docs assets
.DEFAULT_GOAL := help

help:
	@echo "make demo    check the worked example and write its report to $(DEMO)/"
	@echo "make test    every test, with a browser and a database (installs Debian packages when root)"
	@echo "make lint    lint, format and types alone"
	@echo "make check   lint, format, types, architecture and the fast tests"

demo: $(VENV)/.core
	@$(BIN)/civcas demo $(DEMO)

test: $(VENV)/.dev
	@.ci/packages
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint
	@$(BIN)/python -m pytest -q -m "not slow and not browser and not postgresql and not spark" -n 2 --dist loadgroup

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

setup: $(VENV)/.dev

$(VENV)/.core: pyproject.toml | $(BIN)/python
	@echo "Installing civcas into $(VENV) (once)"
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing civcas and what its tests need into $(VENV) (once)"
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.core

$(BIN)/python:
	@.ci/venv $(VENV)

clean:
	@rm -rf $(VENV) $(DEMO) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What the map takes from npm; the result is committed, so that installing needs no node.
assets: $(VENV)/.core
	@cd assets && npm ci --ignore-scripts --no-audit --no-fund
	@$(BIN)/python assets/take.py

docs: $(VENV)/.dev
	@$(BIN)/python -m civcas.cli.reference > docs/reference.md
	@$(BIN)/civcas tables --markdown > docs/data-dictionary.md
	@$(BIN)/python -m civcas.telling.pictures > docs/pictures/eight-times.svg
