# Six verbs; the same ones in CI. Another environment: make check BIN=/path/to/venv/bin
BIN ?= .venv/bin
export PYTHONPATH := .:plugins

.PHONY: setup format check test man build

setup:
	python3 -m venv .venv
	.venv/bin/pip install -c constraints.txt -e '.[dev]'

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python man/build.py --check

test:
	$(BIN)/python -m pytest -n auto

man:
	$(BIN)/python man/build.py

build:
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .
