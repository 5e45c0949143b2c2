# `make check` is all that a change has to pass; it makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := pipeline transforms schemas queries bench
STAMP := $(VENV)/.dev-installed

PRISM := $(BIN)/prism

.PHONY: check quick slow format docs prism clean

check: quick  ## environment, format, lint, strict types, doctests, tests

quick: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --doctest-modules $(CODE) tests -m "not slow"

slow: $(STAMP) $(PRISM)  ## the long proofs: kills at every step, the whole demo, a real install
	$(BIN)/pytest tests -m slow

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP)  ## write the generated pages anew
	$(BIN)/python -m schemas.dictionary docs
	$(BIN)/python -m transforms.extract.blocks.names > docs/block-columns.md

$(STAMP): setup.py
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info < (3, 14) else "Dateline needs Python 3.10 to 3.13; try: make check PYTHON=python3.12")'
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(STAMP)

prism: $(PRISM)  ## the runner of streams, of the installed Beam's version; needs Go

$(PRISM): $(STAMP)
	command -v go > /dev/null || { echo "make prism: Go is needed to build Prism; on Debian and Ubuntu: apt install golang-go"; exit 1; }
	GOBIN=$(CURDIR)/$(BIN) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$$($(BIN)/python -c 'import importlib.metadata as m; print(m.version("apache-beam"))')
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
