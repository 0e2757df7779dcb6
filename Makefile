# Everything a newcomer needs: make demo, make test. Needs Python 3.11 or newer with venv, and make.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
ARGS    ?=
# Processes that share the tests among them, file by file; each starts homeservers of its own. The order is that of
# tests/conftest.py: xdist's own puts files of few long tests last, and one process waits for the other.
WORKERS ?= 2
SHARED  := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
SLOW    := homeserver or postgres or browser or ldap or terminal or slow

.PHONY: demo test check proof bench catalogue pages format clean

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Parvis needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Parvis and its tools into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,postgres]'
	@touch $(READY)

demo: $(READY)
	@$(BIN)/python -m deploy.demo $(ARGS)

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PARVIS_QUICK=1 $(BIN)/python -m pytest -q -n $(WORKERS) -m "not ($(SLOW))" $(ARGS)

test: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest $(SHARED) $(ARGS)

proof: $(READY)
	@$(BIN)/python -m bench.proof $(ARGS)

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

catalogue: $(READY)
	@$(BIN)/python -m deploy.catalogue

pages: $(READY)
	@$(BIN)/python -m deploy.commands
	@$(BIN)/python -m deploy.visibility
	@$(BIN)/python -m tests.support.leaks_page

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
