# Two commands matter: `make demo` and `make test`. Everything they need, they install into .venv/ and var/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo serve test check lint types contracts fresh tests docs translations lock clean test-engines bench-estimate bench-coverage bench-live bench-replicates bench-large mutants-estimate mutants-questionnaire mutants-collect bench-intake

help:
	@echo "make demo    set everything up and run the main job: three polls, from register to article"
	@echo "make serve   the site with the demo's content on http://127.0.0.1:8000"
	@echo "make test    set everything up and run every check"
	@echo "make test-engines    the scan in Spark (needs Java 17) and on tables of Polars; installs them into var/engines"
	@echo "make bench-estimate  how long estimates take, beside a bare scan, samplics, svy and R"
	@echo "make bench-large  the same with 20 million rows in a limited memory; Spark where there is Java"
	@echo "make bench-live  how long all figures of a wave take while answers come in"
	@echo "make bench-replicates  how long replicate weights take"
	@echo "make bench-coverage  how often 95 percent intervals hold the truth, in 10,000 samples; minutes"
	@echo "make bench-intake  how many boards can answer at once, and what each costs"
	@echo "make mutants-estimate  plant defects in the room estimate; each must turn a test red; minutes"
	@echo "make mutants-questionnaire  the same with expressions, XLSForm and what makes waves comparable"
	@echo "make mutants-collect  the same with answers and mails"
	@echo "make docs    write the generated pages under docs/ anew"
	@echo "make lock    resolve requirements/*.in into hash-pinned requirements/*.txt (needs uv)"
	@echo "make clean   remove .venv/ and var/"

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(VENV)/.runtime: requirements/runtime.txt tools/install.sh
	@PYTHON="$(PYTHON)" sh tools/install.sh $(VENV) runtime

$(VENV)/.dev: requirements/dev.txt tools/install.sh
	@PYTHON="$(PYTHON)" sh tools/install.sh $(VENV) dev

translations: setup
	@$(BIN)/python tools/translations.py compile

demo: setup translations
	@$(BIN)/peilstok demo run

serve: setup translations
	@$(BIN)/peilstok demo serve

test: setup-dev translations lint types contracts fresh tests

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy's Django plugin reads the settings; nothing is connected to
types: setup-dev
	DATABASE_URL=postgresql://nobody@/none PEILSTOK_SITE_URL=http://localhost \
	PEILSTOK_SECRET_KEY=for-checking-types-only-nothing-is-signed $(BIN)/mypy

contracts: setup-dev
	PYTHONPATH=src $(BIN)/lint-imports --no-cache

fresh: setup-dev translations
	$(BIN)/python tools/translations.py check
	$(BIN)/python tools/generated_docs.py --check

tests: setup-dev translations
	@$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest

# SAMPLES=1000 for fewer
bench-coverage: setup
	@PYTHONPATH=src $(BIN)/python -m benchmarks.bench_coverage --samples $(or $(SAMPLES),10000)

bench-live: setup
	@PYTHONPATH=src $(BIN)/python -m benchmarks.bench_live

bench-replicates: setup
	@PYTHONPATH=src $(BIN)/python -m benchmarks.bench_replicates

# planted in a copy of the package; WORDS="fpc scan" takes those with one of these in their name or file
mutants-estimate mutants-questionnaire mutants-collect: mutants-%: setup-dev
	@$(BIN)/python -m tests.mutants $* $(WORDS)

docs: setup-dev
	$(BIN)/python tools/generated_docs.py

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 2; }
	uv pip compile -q --generate-hashes --universal --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11 requirements/runtime.in -o requirements/runtime.txt
	uv pip compile -q --generate-hashes --universal --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	uv pip compile -q --generate-hashes --universal --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11 requirements/engines.in -o requirements/engines.txt
	uv pip compile -q --generate-hashes --universal --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11 requirements/spark.in -o requirements/spark.txt
	uv pip compile -q --generate-hashes --universal --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11 requirements/peers.in -o requirements/peers.txt

# Spark and Polars are large, and the rest of the tests do without
ENGINES := var/engines
$(ENGINES)/.done: requirements/dev.txt requirements/engines.txt requirements/spark.txt
	$(PYTHON) -m venv $(ENGINES)
	$(ENGINES)/bin/pip install --quiet --require-hashes --only-binary :all: --no-deps -r requirements/dev.txt
	$(ENGINES)/bin/pip install --quiet --require-hashes --only-binary :all: --no-deps -r requirements/engines.txt
	$(ENGINES)/bin/pip install --quiet --require-hashes --no-build-isolation --no-deps -r requirements/spark.txt
	@touch $@

test-engines: $(ENGINES)/.done
	$(ENGINES)/bin/python -m pytest tests/estimate/test_scan_engines.py

# the libraries that it is measured beside
PEERS := var/peers
$(PEERS)/.done: requirements/peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --require-hashes --only-binary :all: --no-deps -r requirements/peers.txt
	@touch $@

# BENCH_OPTIONS="--rows 1000 100000" for less
bench-estimate: setup-dev $(PEERS)/.done
	@PYTHONPATH=src $(BIN)/python -m benchmarks.bench_estimate $(BENCH_OPTIONS)

# 20 million rows, in a limited memory; Spark too, which needs Java
bench-large: setup-dev $(ENGINES)/.done
	@PYTHONPATH=src $(BIN)/python -m benchmarks.bench_large $(BENCH_OPTIONS)

bench-intake: setup-dev translations
	@PYTHONPATH=src $(BIN)/python -m benchmarks.intake $(BENCH_OPTIONS)

clean:
	-@test -x $(BIN)/peilstok && $(BIN)/peilstok db stop
	rm -rf $(VENV) var
