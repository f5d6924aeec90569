# make report   everything from nothing: creates .venv, installs, runs the main job, says where the report is
# make test     the whole check: style, types, import contracts, tests
# Another Python: make report PYTHON=python3.13
PYTHON ?= python3
VENV ?= .venv
RESULTS ?= results
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: report test lint crosscheck wild mutants fuzz bench clean help
.DELETE_ON_ERROR:

help:
	@grep -E '^# make' Makefile | cut -c3-
	@echo 'make crosscheck   the same numbers against the frameworks themselves'
	@echo 'make wild         verdicts on public formulas, where a collection of them is at hand'
	@echo 'make bench        timings, as ratios'
	@echo 'make mutants      40,000 wrong and rewritten derivations, and how each was judged'
	@echo 'make fuzz         texts of all kinds, each answered or refused in words within a second (hours)'

report: $(VENV)/.installed
	$(BIN)/grusym report --results $(RESULTS)

# Two workers, so one thread of linear algebra for each: more would wait for each other.
test: lint
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -q

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

crosscheck: $(VENV)/.installed-crosscheck
	$(BIN)/python -m pytest -q -m crosscheck

wild: $(VENV)/.installed
	$(BIN)/python -m tests.wild.counts
	$(BIN)/python -m tests.wild.claims
	$(BIN)/python -m tests.wild.cells

bench: $(VENV)/.installed-crosscheck
	$(BIN)/python -m pytest -q benchmarks -o python_files='bench_*.py' -o python_functions='bench_*' --benchmark-only

mutants: $(VENV)/.installed-dev
	$(BIN)/python -m tests.verify.study --mutants 20000 --rewrites 20000

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.verify.fuzz --inputs 1000000
	$(BIN)/python -m tests.unrolled.fuzz --inputs 1000000

clean:
	rm -rf $(VENV) $(RESULTS) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'grusym needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One stamp for each set of packages: pip runs again only when pyproject.toml has changed.
# g2p-en carries a trained GRU; only that file is read, so none of what the package asks for is installed.
$(VENV)/.installed: pyproject.toml hatch_build.py | $(VENV)/bin/python
	$(PIP) install --quiet --editable .
	$(PIP) install --quiet --no-deps g2p-en==2.1.0
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/.installed-crosscheck: $(VENV)/.installed-dev
	$(PIP) install --quiet --editable '.[dev,crosscheck]'
	@touch $@
