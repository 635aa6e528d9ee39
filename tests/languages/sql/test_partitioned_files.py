"""Folders such as `year=2024`: DuckDB makes columns of them unasked, in SQL and in its Python reader of CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.tables.data_files import partitioned
from tests.dsl import findings, load

PATH = "data/year=2024/x.csv"
HEADER = f"file {PATH}: a;1\n# %%\nimport duckdb\n"
QUERIES = [
    f"duckdb.sql(\"select year from '{PATH}'\")",
    f"duckdb.sql(\"select year from read_csv('{PATH}')\")",
    f't = duckdb.read_csv("{PATH}").df()\nt["year"]',
]


@pytest.mark.parametrize("query", QUERIES)
def test_partition_keys_are_columns(query: str, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    case = load(HEADER + query, tmp_path)
    assert findings(case) == []
    assert duckdb.sql(f"select year from '{tmp_path / PATH}'").columns == ["year"]


def test_paths_with_partitions() -> None:
    assert all(map(partitioned, (PATH, "year=2024/x.parquet", "/a/b=/c/x.csv", "a\\k=1\\x.csv")))
    assert not any(map(partitioned, ("x.csv", "a/b/x=1.csv", "a=1.csv", "")))
