# make run     everything on this machine, on http://127.0.0.1:8000 (PORT=… for another port)
# make test    tests, and browser journeys when Chromium is there
# make test-spark  the same counting on a real Spark cluster, where Java is
# make check   style, floors, types, migrations, catalogues, printed tables, advisories of packages
# make lock    resolve the packages again into requirements/
SHELL := /bin/sh
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

# The first interpreter that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PORT ?= 8000
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
# Some tests wait rather than compute, so one more than the cores of a small machine.
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.PHONY: run setup test test-spark check lock demo bench clean
export PORT

run: $(READY)
	@THIDUA_WITH_PARENT=1 exec $(BIN)/thidua run

setup: $(READY)

# The project needs no building: a .pth file puts src on the path, and the command is a file of two lines.
$(READY): requirements/run.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the packages into $(VENV) (half a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements/run.txt
	@$(BIN)/python -c 'import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "thidua.pth").write_text(str(pathlib.Path("src").resolve()) + "\n")'
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m thidua.config.cli "$$@"\n' > $(BIN)/thidua
	@chmod +x $(BIN)/thidua
	@touch $(READY)

$(READY_DEV): $(READY) requirements/dev.txt
	@echo "Installing the packages for development …"
	@$(PIP) -r requirements/dev.txt
	@touch $(READY_DEV)

test: $(READY_DEV)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
	@if [ ! -d tests/journeys ]; then echo "JOURNEYS SKIPPED: there are none yet."; \
	elif [ -n "$(CHROMIUM)" ]; then set -x; CHROMIUM="$(CHROMIUM)" DJANGO_ALLOW_ASYNC_UNSAFE=1 \
		$(BIN)/python -m pytest -m journey tests/journeys; \
	else echo "JOURNEYS SKIPPED: no Chromium here; on Debian: apt-get install chromium"; fi

# The cases of counting on a real Spark cluster: a master and two workers on this machine. Needs Java 17.
test-spark: $(READY_DEV)
	@command -v java >/dev/null || { echo "Java is needed; on Debian: apt-get install openjdk-17-jre-headless"; exit 1; }
	@$(PIP) -r requirements/spark.txt
	$(BIN)/python -m pytest -m spark tests/spec

check: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/thidua makemigrations --check --dry-run
	THIDUA_HTTP=0 $(BIN)/thidua check --deploy --fail-level WARNING
	$(BIN)/thidua catalogue check
	$(BIN)/thidua tables --check
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python requirements/audit.py

# Needs uv; installing needs plain pip only.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --extra s3 --extra dev --extra journeys --extra bench \
		--constraint requirements/run.txt --output-file requirements/dev.txt
	$(LOCK) --extra spark --constraint requirements/dev.txt --output-file requirements/spark.txt

demo: $(READY)
	$(BIN)/thidua init
	$(BIN)/thidua demo

bench: $(READY_DEV)
	$(BIN)/python -m bench

# Everything that can be made again; the data in var stays.
clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
