"""What is not run unless it is asked for: the table of budgets, and the real editors; and steady property tests."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from importlib import import_module

import pytest
from hypothesis import settings

from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from tests.shared import examples

# The same examples in every run, so that a failure is the change's and not chance's; POLYCELL_FUZZ=1 looks further.
settings.register_profile("steady", derandomize=True, deadline=None, database=None, max_examples=examples(100))
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("POLYCELL_FUZZ") else "steady")

# Tests that start the server as a process do so a hundred times: each is to find its byte code.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A loaded machine is no query without end.
duckdb_shadow.SECONDS = 60

# The environment that the tests run in is not the one of the notebooks that they look at.
for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
    os.environ.pop(name, None)


# How long the product waits for files, databases and other programs is measured for people at editors. A test waits for
# as long as its machine takes; what happens when patience ends is for tests that set their own.
PATIENCE = {
    "bridge.drawing": "SECONDS",
    "dependencies.web": "PATIENCE",
    "languages.python.engine.calls": "PATIENCE",
    "languages.python.engine.alone": "PATIENCE",
    "languages.python.layout": "PATIENCE",
    "languages.sql.duckdb.shadow": "SECONDS",
    "lsp.disk": "PATIENCE",
    "lsp.preview": "PATIENCE",
    "lsp.requests": "PATIENCE",
    "tables.databases.sqlite_file": "SECONDS",
    "tables.databases.worker": "SECONDS",
    "tables.files": "LONGEST",
    "tables.readers.duckdb_files": "SECONDS",
}


@pytest.fixture(scope="session", autouse=True)
def _all_the_time_it_takes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for module, name in PATIENCE.items():
            patched.setattr(import_module(f"polycell.{module}"), name, 300.0)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked = config.getoption("markexpr") or ""
    left_out = []
    if "bench" not in asked:
        left_out.append("bench")
    if "network" not in asked and not os.environ.get("POLYCELL_NETWORK"):
        left_out.append("network")
    if "editor" not in asked and not os.environ.get("POLYCELL_EDITORS"):
        left_out.append("editor")
    deselected = [item for item in items if any(item.get_closest_marker(mark) for mark in left_out)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]
    # Files are handed out whole and in this order: those of a minute first, so that none is left alone with one at the
    # end (the first is where mypy reads everything), then by the number of their tests.
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name != "test_style.py", "scala" not in item.path.parts, -tests[item.path]))
