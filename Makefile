# Two commands for a newcomer: `make demo` and `make test`. Everything goes through .venv, made from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench install lock clean

demo: install
	@$(BIN)/contentstats-bot demo

test: install
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m bench

install: .venv/installed

# uv where it is installed, else venv and pip: both from the same hashes. The stamp makes a second `make` free.
.venv/installed: requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python $(PYTHON) .venv && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv --clear .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

# Needs uv. The lock holds every platform's hashes and is what `make install` obeys.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf .venv .coverage* .pytest_cache .mypy_cache .ruff_cache build *.egg-info
