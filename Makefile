# make demo   a running installation and its terminal UI      (ARGS="--contacts 500 --lang sv" are passed on)
# make test   every check                                     make lint, make bench, make pictures: parts of the work
PYTHON ?= python3
BIN := .venv/bin
RUN_ENV := env -u PYTHONPATH
MEMORY = $(shell test "$$(df --output=avail -BM /dev/shm 2>&1 | tail -n 1 | tr -dc 0-9)" -ge 4000 && echo /dev/shm)

.PHONY: demo test lint bench pictures lock translations clean

demo: .venv/.run
	@$(BIN)/earwitness demo $(ARGS)

# A folder with a short name: the path of a Unix socket has 107 bytes at most. In memory where that has room, since the
# tests wait for a disk longer than they work. Programs that are run as other users have to get through it.
# One worker more than there are cores, since they wait for other processes, too. Files in the order of their names: left
# to itself, xdist puts those with few tests last, which are the longest.
test: lint
	@place=$$(mktemp -d -p "$(MEMORY)") && trap 'rm -rf "$$place"' EXIT && chmod 711 "$$place" && \
	export TMPDIR="$$place" && set -x && $(BIN)/pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder \
	--basetemp "$$place/t" $(ARGS)

lint: .venv/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/.test
	$(BIN)/python -m benchmarks $(ARGS)

pictures: .venv/.test
	$(BIN)/python -m benchmarks.pictures docs/pictures

translations: .venv/.test
	$(BIN)/python -m tests.translations update

# The locks carry hashes and no index address; renewing them is a commit of its own.
lock: .venv/.test
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra build -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra build --extra test -o requirements-test.lock pyproject.toml

.venv/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: requirements-test.lock .venv/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
