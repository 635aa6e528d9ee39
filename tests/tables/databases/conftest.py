from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tables.databases import postgres as server
from tests.tables.databases.serving import running


@pytest.fixture(scope="session")
def postgres() -> Iterator[server.Postgres]:
    yield from running()
