"""Columns where a statement lists or changes those of a table: told, led to where they are named, and renamed."""

from __future__ import annotations

import pytest

from tests import dsl
from tests.core.test_column_rename_oracle import renamed

MADE = "# %% [sql]\nCREATE TABLE t (id INT, name VARCHAR(10));\n# %% [sql]\n"
PLACES = {
    "listed by INSERT": "INSERT INTO t (id, name) VALUES (1, 'x');",
    "of an index": "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (id, name);",
    "altered": "ALTER TABLE t ALTER COLUMN name SET NOT NULL;",
    "dropped": "ALTER TABLE IF EXISTS t DROP COLUMN name;",
    "renamed": "ALTER TABLE t RENAME COLUMN name TO called;",
    "set": "UPDATE t SET name = 'y' WHERE id = 1;",
}


@pytest.mark.parametrize("statement", PLACES.values(), ids=PLACES)
def test_of_a_table_above(statement: str) -> None:
    marked = MADE + statement.replace("name", "na<|>me", 1)
    shown = dsl.hover(marked)
    assert shown is not None
    assert shown.markdown.startswith("**name** `string`")
    (place,) = dsl.definition(marked)
    assert (place.cell, place.span.start) == ("c0", len("CREATE TABLE t (id INT, "))
    cells, _ = renamed(MADE + statement, 0, len("CREATE TABLE t (id INT, n"), "title")
    assert cells[1] == statement.replace("name", "title")


@pytest.mark.parametrize("key", ["PRIMARY KEY (id, name)", "UNIQUE (name)", "FOREIGN KEY (name) REFERENCES u (id)"])
def test_of_the_table_that_is_made(key: str) -> None:
    statement = f"CREATE TABLE t (id INT, name VARCHAR(10), {key})"
    cells, old = renamed(f"# %% [sql]\n{statement}", 0, len("CREATE TABLE t (id INT, n"), "title")
    assert old == "name"
    assert cells == [statement.replace("name", "title")]


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE", "ALTER TABLE t ALTER", "CREATE INDEX i ON", "CREATE INDEX i ON t (", "ALTER TABLE u DROP a"],
)
def test_nothing_where_nothing_is_known(statement: str) -> None:
    assert dsl.hover(f"# %% [sql]\n{statement}<|>") is None
