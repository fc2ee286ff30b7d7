# Two commands are enough on a new machine: `make run` and `make test`. `make help` lists the rest.

VENV := .venv
PY := $(VENV)/bin/python
# Another interpreter: make PYTHON=/path/to/python3.12 run
PYTHON ?=
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.11 python3.12 python3.13 python3.14 python)
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
# The version that was measured. Newer ones satisfy pyproject.toml too.
TORCH := torch==2.13.0
PIP := $(PY) -m pip --disable-pip-version-check --quiet

# For Linux and macOS and every Python from 3.11; without addresses, which differ from one machine to the next.
LOCK = $(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --no-emit-package torch

.DEFAULT_GOAL := help
.PHONY: help run setup test check format index evaluate bench screenshot lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up, build the index if it is missing or stale, serve the page on 127.0.0.1:8000
	@$(PY) -m rag build
	@exec $(PY) -m rag serve

setup: $(VENV)/.core ## make .venv with what running needs

test: $(VENV)/.dev ## set up and run all tests: format, lint, types, pytest
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev ## format, lint and types only
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

format: $(VENV)/.dev ## rewrite the code in the house format
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

index: setup ## rebuild the index from corpus/
	@$(PY) -m rag build

evaluate: setup ## ask the known questions and those that nothing was fitted on, and print the metrics (FLAGS=--json: as JSON)
	@$(PY) -m rag build >/dev/null
	@$(PY) -m rag evaluate $(FLAGS) tests/judgements/career_dev.jsonl tests/judgements/sets/b tests/judgements/sets/spoken_seed.jsonl
	@echo "Answers were made and fitted on career_dev (the seed guide). Nothing was on b (eight other guides) and spoken_seed."

bench: $(VENV)/.dev ## measure speed, memory and load beside a naive server (FLAGS=--help says more)
	@$(PY) -m tests.benchmarks $(FLAGS)

screenshot: $(VENV)/.dev ## draw the page for the README
	@$(PY) -m tests.benchmarks.page --picture tests/browser/page.png

lock: $(VENV)/.dev ## lock the newest packages that pyproject.toml allows, and list their licences
	@$(PIP) install uv
	@$(LOCK) --upgrade --output-file requirements.txt
	@$(LOCK) --extra dev --constraint requirements.txt --upgrade --output-file requirements-dev.txt
	@$(PIP) install --no-deps --require-hashes --requirement requirements-dev.txt
	@$(PY) -m tests.licences

clean: ## remove .venv and the caches; guides and indexes stay
	@rm -rf $(VENV) *.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(PY):
	@for python in $(CANDIDATES); do \
	  if command -v $$python >/dev/null && $$python -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)"; exec $$python -m venv --clear $(VENV); fi; done; \
	echo "Verbatim needs Python 3.11 or newer with venv ($(firstword $(CANDIDATES)) is $$($(firstword $(CANDIDATES)) --version 2>&1)). Install it, or name it: make PYTHON=/path/to/python3.11 run" >&2; exit 1

# Torch first, on its own: the plain package brings gigabytes of CUDA on Linux. pip is asked what it would install;
# if that names CUDA, uv takes the CPU build instead.
$(VENV)/.torch: | $(PY)
	@echo "Installing PyTorch for the CPU"
	@$(PIP) install --dry-run --report $(VENV)/torch.json '$(TORCH)' >/dev/null || true
	@if [ -s $(VENV)/torch.json ] && ! grep -qE '"name": "(nvidia|cuda|triton)' $(VENV)/torch.json; \
	  then $(PIP) install '$(TORCH)'; \
	  else $(PIP) install uv && $(PY) -m uv pip install --quiet --python $(PY) --torch-backend=cpu '$(TORCH)'; fi \
	|| { echo "No CPU build of $(TORCH) can be had for $$($(PY) --version). Put its wheel where pip looks (PIP_FIND_LINKS), or use Python 3.11." >&2; exit 1; }
	@$(PY) -W ignore -c 'import sys, torch; sys.exit(torch.version.cuda and "PyTorch came with CUDA; remove $(VENV) and see Makefile")'
	@touch $@

# Only what the lock files name, and only as their hashes say. PyTorch brought some of it: that is put right here too.
$(VENV)/.core: pyproject.toml requirements.txt $(VENV)/.torch
	@echo "Installing Verbatim"
	@$(PIP) install --no-deps --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(call no_cuda)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.core
	@echo "Installing the test tools"
	@$(PIP) install --no-deps --require-hashes --requirement requirements-dev.txt
	@$(call no_cuda)
	@touch $@

define no_cuda
if $(PY) -m pip list --disable-pip-version-check --format=freeze | grep -iE '^(nvidia|cuda)-'; then echo "CUDA packages came along; remove $(VENV)" >&2; exit 1; fi
endef
