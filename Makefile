# Everything runs in a virtual environment of this folder; nothing outside it is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types contracts rules lock templates clean

demo: $(READY)
	@$(BIN)/gouji demo --out demo; status=$$?; \
	if [ $$status -ne 1 ]; then echo "expected the 2019 report's errors (exit 1), got exit $$status"; exit 1; fi

test: $(READY) lint types contracts rules
	$(BIN)/python -X warn_default_encoding -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

# No contradiction in the rules, no cell without one.
rules: $(READY)
	$(BIN)/gouji rules --self-check

# The committed masters and documents that are generated from the editions and rules.
templates: $(READY)
	$(BIN)/python -m tests.template.renew
	$(BIN)/gouji rules -o docs/规则手册.md

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-emit-index-url \
		--no-header --generate-hashes --output-file requirements.lock pyproject.toml

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

clean:
	rm -rf $(VENV) demo build dist
