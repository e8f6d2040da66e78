from __future__ import annotations

import pytest

from tests.faults.house import Template, made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return made(tmp_path_factory.mktemp("template") / "house")
