# The two commands a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --only-binary :all: --no-deps --require-hashes

.PHONY: help setup analytics dev demo run test check fix docs bench assets messages locks clean

help:
	@echo "make demo   set up, load the demonstration firm, open it"
	@echo "make test   run everything (SQLite, PostgreSQL, browser)"
	@echo "make run    serve your own house"
	@echo "make analytics  install what the estimators need (verdict, lifetime, plan)"
	@echo "make check  the quick checks: lint, types, contracts, domain at full coverage"
	@echo "make fix    mend what a tool can mend"
	@echo "make docs   build the documentation into site/"
	@echo "make bench  measure speed beside the named peers (NAME=hours for one)"

# --- environments: made once for each lock, so that nothing is asked and nothing is done twice
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Goodwill needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Goodwill into $(VENV) …"
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements-spark.lock $(VENV)/runtime.stamp
	@echo "Installing the developers' tools into $(VENV) …"
	@$(PIP) -r requirements-dev.lock
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements-spark.lock
	@touch $@

$(VENV)/analytics.stamp: requirements-analytics.lock $(VENV)/runtime.stamp
	@echo "Installing the estimators' libraries into $(VENV) …"
	@$(PIP) -r requirements-analytics.lock
	@touch $@

setup: $(VENV)/runtime.stamp
analytics: $(VENV)/analytics.stamp
dev: $(VENV)/dev.stamp

# --- using it
demo: setup
	@$(BIN)/goodwill demo

run: setup
	@$(BIN)/goodwill upgrade
	@$(BIN)/goodwill serve

# --- building it
test: dev
	@$(BIN)/python -m tests

check: dev
	@$(BIN)/python -m tests --quick

fix: dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo "site/index.html"

bench: dev
	@$(BIN)/python -m bench $(NAME)

# --- what is built once and committed
assets:
	@npm ci --silent --no-audit --no-fund
	@node assets/build.mjs

messages: dev
	@$(BIN)/python -m tests.house.catalogues --update

locks:
	@$(PYTHON) -m venv build/locks && build/locks/bin/pip --quiet install pip-tools
	@build/locks/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --pip-args '--only-binary :all:' -o requirements.lock pyproject.toml
	@build/locks/bin/pip-compile --quiet --extra analytics --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --pip-args '--only-binary :all:' -c requirements.lock -o requirements-analytics.lock pyproject.toml
	@build/locks/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --pip-args '--only-binary :all:' -o requirements-dev.lock requirements-dev.in
	@grep -E '^[a-z0-9._-]+==' requirements-dev.lock | sed 's/ .*//' > build/locks/dev.txt
	@build/locks/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -c build/locks/dev.txt -o requirements-spark.lock requirements-spark.in

clean:
	@rm -rf $(VENV) build dist site node_modules .mypy_cache .ruff_cache .import_linter_cache .hypothesis
