"""One server for a whole run of tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.tables.databases.postgres import Postgres, make, missing


def running() -> Iterator[Postgres]:
    """For a fixture: a server, ended behind it. Skips with what is missing."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    pytest.importorskip("sqlalchemy", reason="polycell[databases] is not installed")
    pytest.importorskip("psycopg", reason="polycell[databases] is not installed")
    made = make()
    try:
        yield made
    finally:
        with suppress(AssertionError):
            made.stop()
        shutil.rmtree(made.folder, ignore_errors=True)
