# `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Each page comes from a process of its own: without compiled modules every one of them would compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help analyses test torture lab check clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

analyses: $(READY)  ## take in the fictional returns and run every analysis of every county that has a report, zh and en
	@$(BIN)/commlib intake data/demo --quiet || test $$? -eq 1   # 1: they hold faults, as they should; 2: unreadable
	@$(BIN)/commlib run

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

torture: $(READY)  ## kill, break and edit a few hundred times, and print what came of it
	@$(BIN)/python -m pytest -m torture -s

lab: $(READY)  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks

check: $(READY)  ## lint, types and the fast tests
	@$(BIN)/ruff check .
	@$(BIN)/mypy commlib
	@$(BIN)/python -m pytest -m "not slow and not torture"

clean:  ## remove everything that was generated, but not the environment
	rm -rf outputs .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find commlib tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更高版本；可用 make PYTHON=python3.12 指定。 / Python 3.11 or newer is needed; name one with make PYTHON=python3.12"; exit 1; }
	@echo "建立环境 .venv（只需一次，几分钟）…… / Setting up .venv, once, a few minutes ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
