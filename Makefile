# Start with `make demo` and `make test`. Everything runs in .venv, which is installed from two lock files:
# requirements.lock for the bot, requirements-tools.lock for development.

# The first of these that is Python 3.11 or newer; to choose another one: `make install PYTHON=/path/to/python`.
PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13 python3.14; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$each && break; done)
BIN := .venv/bin

# uv if it is installed, otherwise venv and pip; both check the same hashes. Modules aren't compiled in advance, because
# only a fifth of them is ever imported. setuptools and pip are removed after installing; pip comes back with the tools.
ifneq ($(shell command -v uv 2>/dev/null),)
VENV = uv venv --quiet --clear --python $(PYTHON) .venv
INSTALL = uv pip install --quiet --python $(BIN)/python
SHRINK = uv pip uninstall --quiet --python $(BIN)/python setuptools
GROW = true
else
VENV = $(PYTHON) -m venv --clear .venv
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
SHRINK = $(BIN)/python -m pip uninstall --quiet --yes --root-user-action=ignore setuptools pip
GROW = $(BIN)/python -m ensurepip >/dev/null
endif

# Tests keep compiled files, also where the environment forbids it, as containers do: every worker would compile everything
# in every run.
test isolation: export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test isolation check bench docs wheel install tools lock clean

demo: install
	@$(BIN)/contentstats-bot demo

test: tools
	$(BIN)/python $(UNDER) -m pytest -n 4 --dist worksteal $(ARGS)

# 100,000 random attempts of one workspace to see another's data, every night; `make test` runs a sample of them.
isolation: tools
	GUESSES=100000 $(BIN)/python -m pytest -n 4 -q tests/bot/test_guesses.py

check: tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.naming

bench: tools
	$(BIN)/python -m bench $(ARGS)

# The generated parts of README.md, docs and .env.example, and the pictures. `make test` fails if they are out of date.
# Chromium takes the pictures in docs/pictures from the page.
docs: tools
	$(BIN)/python -m tests.readme.write
	$(BIN)/python -m tests.readme.pictures

# Builds the wheel and runs it in an empty environment.
wheel: tools
	.ci/wheel

install: .venv/installed
tools: .venv/tools

# Stamp files, so that a second `make` does nothing.
.venv/installed: requirements.lock pyproject.toml setup.py
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer wasn't found. Choose one: make install PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Installing requirements.lock into .venv; this happens once and takes a minute or less."
	@$(VENV)
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(SHRINK)
	@touch $@

.venv/tools: requirements-tools.lock .venv/installed
	@echo "Installing the tools in requirements-tools.lock; this happens once."
	@$(GROW)
	@$(INSTALL) --require-hashes -r requirements-tools.lock
	@touch $@

# Needs uv. The lock files have the hashes for all platforms, and the same versions of shared packages.
LOCK = uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate
lock:
	$(LOCK) --group build -o requirements.lock pyproject.toml
	$(LOCK) --group dev -c requirements.lock -o requirements-tools.lock

clean:
	rm -rf .venv .coverage.json .coverage.junit.xml .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build *.egg-info
