"""Dialects that are read in a thread before anybody needs them."""

from __future__ import annotations

import sys

from polycell.core.notebook import Cell
from polycell.languages.sql import ahead as module
from polycell.languages.sql.ahead import ahead


def cells(*texts: str) -> list[Cell]:
    return [Cell(f"c{number}", "python", text) for number, text in enumerate(texts)]


def test_what_a_notebook_names_is_read_once() -> None:
    module._read.discard("bigquery")
    asked = cells("from google.cloud import bigquery", 'client.query("SELECT a FROM t")')
    read = ahead(asked)
    assert read is not None
    read()
    assert "sqlglot.dialects.bigquery" in sys.modules
    assert ahead(asked) is None


def test_nothing_is_read_for_a_notebook_without_queries() -> None:
    assert ahead(cells("import pandas as pd")) is None
    assert ahead(cells("import snowflake.snowpark")) is None
    assert ahead(cells('con.execute("SELECT 1")')) is None


def test_every_dialect_that_is_looked_for_has_a_row() -> None:
    from polycell.languages.sql.syntax.dialects import DIALECTS

    assert set(module._SPOKEN) <= set(DIALECTS)
