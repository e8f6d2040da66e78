from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agent.running import Running, configuration, install, short_folder, started


@pytest.fixture(scope="module")
def agent() -> Iterator[Running]:
    """An agent that runs for all tests of a module, with a person for each role and two calls."""
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as running:
            yield running
