"""Places where only some things may stand: nothing else is offered there."""

from __future__ import annotations

import pytest

from polycell.core import features
from tests import dsl
from tests.languages.sql.test_writing import DDL, offered, url


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        ("snowflake", "select * exclude (<|>) from customers", ["ID", "NAME"]),
        ("bigquery", "select c.* except (<|>) from customers c, orders", ["id", "name"]),
        ("duckdb", "select * exclude (<|>) from customers", ["id", "name"]),
        ("snowflake", "select * rename (<|>) from customers", ["ID", "NAME"]),
        ("snowflake", "select * rename (id as <|>) from customers", []),
        ("bigquery", "select * replace (id + 1 as <|>) from customers", []),
        ("tsql", "declare @low int = 1, @high int;\nselect * from orders where id > @<|>", ["high", "low"]),
        ("tsql", "declare @low int = 1, @high int;\nselect * from orders where id > @h<|>", ["high", "low"]),
        ("bigquery", "select * from orders where id = @<|>", []),
    ],
)
def test_all_that_is_offered(dialect: str, query: str, expected: list[str]) -> None:
    assert [item.label for item in offered(dialect, query)] == expected


@pytest.mark.parametrize("call", ["cast(id as <|>)", "try_cast(id as <|>)", "id::<|>"])
def test_types_behind_as_of_a_cast(call: str) -> None:
    assert {item.kind for item in offered("snowflake", f"select {call} from customers")} == {"keyword"}
    assert "VARCHAR" in [item.label for item in offered("snowflake", f"select {call} from customers")]


def test_frames_of_python_are_no_tables_of_a_server() -> None:
    python = 'import pandas as pd\nframe = pd.DataFrame({"a": [1]})'
    cell = "# %%\n{}\n# %%\n%%sql {}\nselect * from <|>"
    assert "frame" in dsl.labels(cell.format(python, "duckdb://"))
    assert "frame" not in dsl.labels(cell.format(python, "postgresql://x"))
    spark = f"# %%\nfrom pyspark.sql import SparkSession\n{python}\nspark = SparkSession.builder.getOrCreate()\n"
    assert "frame" not in dsl.labels(f'{spark}# %%\nspark.sql("select * from <|>")')


def test_a_merge_that_is_being_written() -> None:
    query = "merge into orders t using customers s on t.id = s.\nwhen matched then update set t.total = s.id"
    case = dsl.load(f"# %%\n{url('snowflake')}\n{DDL}\n# %%\n{url('snowflake')}\n{query}")
    assert list(features.findings(case.snapshot, 1)) == []
