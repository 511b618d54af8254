# Every target first does the set-up it needs, once, in $(VENV). `make` alone lists the targets.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
SETUP := pyproject.toml constraints.txt tools/make_venv.sh

.NOTPARALLEL:
.PHONY: help run test test-all check format reproduce figures bench clean system-packages

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s%s\n", $$1, $$2 }' Makefile

run: $(VENV)/.installed ## serve the editor and open it in the browser
	$(BIN)/circuitloom edit

test: $(VENV)/.installed-test system-packages check ## check, and run every test that is not slow
	$(BIN)/pytest -n $(WORKERS)

test-all: $(VENV)/.installed-test system-packages check ## the same with the slow tests and many more random examples
	$(BIN)/pytest -n $(WORKERS) -m "slow or not slow" --hypothesis-profile=thorough

check: $(VENV)/.installed-test ## lint, check the format and the types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.installed-test ## mend the format and what the linter can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reproduce: $(VENV)/.installed ## train what the gallery shows and hold it against its goals
	$(BIN)/python -m benchmarks.training

figures: $(VENV)/.installed ## write the figures of docs/figures; REFERENCE=folder makes sheets beside other pictures
	$(BIN)/python -m docs.sheets $(REFERENCE)

bench: $(VENV)/.installed ## run every file of benchmarks/
	@set -e; for file in benchmarks/[!_]*.py; do \
	  if [ ! -e "$$file" ]; then echo "benchmarks: expected files benchmarks/*.py, found none."; exit 1; fi; \
	  echo "== $$file"; $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)"; \
	done

clean: ## remove the environment and the caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results build *.egg-info

system-packages:
	@sh tools/system_packages.sh

$(VENV)/.installed: $(SETUP)
	@sh tools/make_venv.sh "$(PYTHON)" "$(VENV)" "."
	@touch $@

# Whoever has the test tools has all that `make run` needs.
$(VENV)/.installed-test: $(SETUP)
	@sh tools/make_venv.sh "$(PYTHON)" "$(VENV)" ".[test]"
	@touch $(VENV)/.installed $@
