# Two commands for a newcomer: `make demo` and `make test`. Everything goes through .venv, made from requirements.lock.

# The first of these that is Python 3.11 or newer; name another one with `make install PYTHON=/path/to/python`.
PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13 python3.14; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$each && break; done)
BIN := .venv/bin

.PHONY: demo test check bench docs install lock clean

demo: install
	@$(BIN)/contentstats-bot demo

test: install
	$(BIN)/python -m pytest -n 4 $(ARGS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.naming

bench: install
	$(BIN)/python -m bench $(ARGS)

# What of README.md and .env.example is derived from the code, and the pictures. `make test` fails where they have
# drifted. Those of docs/pictures are taken by Chromium from the page.
docs: install
	$(BIN)/python -m tests.readme.write
	$(BIN)/python -m tests.readme.pictures

install: .venv/installed

# uv where it is installed, else venv and pip: both by the same hashes. The stamp makes a second `make` free.
.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Name one: make install PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making .venv from requirements.lock; this happens once and takes a minute or two."
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python $(PYTHON) .venv && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv --clear .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@$(BIN)/python -m compileall -q bot adapters
	@touch $@

# Needs uv. The lock holds every platform's hashes and is what `make install` obeys.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build *.egg-info
