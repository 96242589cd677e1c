# make run: everything a fresh machine needs, then the demo street on http://127.0.0.1:8000
# make test: all checks. See README.md.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export WANGGE_DATA ?= var
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup web system run test test-long lint bench clean
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.ready ## make the environment in .venv
$(VENV)/.ready: requirements.lock setup.cfg setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

WEB_SOURCES := $(shell find web/src web/*.json web/*.js web/.npmrc -type f 2>/dev/null)
web: web/static/.ready ## build the pages (needs Node 20; without it the API runs and the page says what is missing)
web/static/.ready: $(WEB_SOURCES)
	@if command -v npm >/dev/null; then \
	  cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build && touch static/.ready; \
	else echo "No Node.js (20 or newer) here: the pages are left out. Install it and run: make web"; fi

run: setup web ## set up and serve the demo street (PORT=8000)
	@WANGGE_DEMO=1 WANGGE_COOKIE_SECURE=0 wangge demo run --port $(PORT)

system: ## Debian packages the tests need
	@./tests/system-packages

lint: setup ## ruff, mypy
	ruff check .
	ruff format --check .
	mypy

test: setup web system lint ## everything CI runs
	cd web && npm test
	pytest -n 2 --dist worksteal -m "not long"

test-long: setup web system ## the nightly drills
	pytest -m long

bench: setup web system ## figures, as ratios in one run
	python -m benchmarks

clean: ## remove what was built (never var/, where the data are)
	rm -rf $(VENV) web/node_modules web/static build *.egg-info
