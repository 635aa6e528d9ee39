"""Places where only some things may stand: nothing else is offered there."""

from __future__ import annotations

import pytest

from polycell.core import features
from polycell.core.types import Table
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


def columns_of(dialect: str, ddl: str, query: str) -> list[str]:
    items = dsl.complete(f"# %%\n{url(dialect)}\n{ddl}\n# %%\n{url(dialect)}\n{query}").items
    return [f"{i.label} {i.detail}" for i in items if i.kind in ("column", "table")]


ITEMS = "create table t (id bigint, items array(row(sku varchar, n bigint)))"
EVENTS = "create table events (id UInt64, tags Array(String)) engine = MergeTree order by id"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select transform(items, x -> x.<|>) from t", ["sku string", "n int64"]),
        ("select reduce(t.items, 0, (s, x) -> s + x.<|>, s -> s) from t", ["sku string", "n int64"]),
        ("select filter(what(items), x -> x.<|>) from t", []),
    ],
)
def test_parameters_of_lambdas(query: str, expected: list[str]) -> None:
    assert columns_of("trino", ITEMS, query) == expected


def test_clickhouse() -> None:
    found = columns_of("clickhouse", EVENTS, "select <|> from events final array join tags as tag")
    assert found == ["id uint64", "tags list<item: string>", "tag string", "events table, 2 columns"]
    assert "id uint64" in columns_of("clickhouse", EVENTS, "select * from events order by id limit 1 by <|>")
    assert columns_of("clickhouse", EVENTS, "select * from events order by id limit <|>") == []


@pytest.mark.parametrize(
    ("dialect", "ddl", "query", "expected"),
    [
        ("bigquery", DDL, "merge into orders t using customers s on t.id = s.id when not matched then "
         "insert (id) values (<|>)", ["id int64", "name string", "s table, 2 columns"]),
        ("bigquery", DDL, "merge into orders t using customers s on t.id = s.id when not matched by source and <|> "
         "then delete", ["id int64", "total int64", "customer_id int64", "t table, 3 columns"]),
        ("mysql", DDL, "insert into customers values (1) on duplicate key update <|>", ["id int32", "name string"]),
        ("bigquery", DDL, "insert customers (<|>) values (1)", ["id int64", "name string"]),
        ("spark", "create table t (id bigint, m map<string, int>)", "select <|> from t lateral view explode(m) as k, v",
         ["id int64", "m map<key: string, value: int32>", "k string", "v int32", "explode table, 2 columns",
          "t table, 2 columns"]),
        ("spark", DDL, "describe formatted <|>", ["customers table, 2 columns", "orders table, 3 columns"]),
        ("bigquery", "create table t (xs array<int64>)", "select (select sum(<|>) from unnest(xs)) from t",
         ["xs list<item: int64>", "t table, 1 column"]),
        ("sqlite", DDL, "select <|> from pragma_index_info('i')",
         ["seqno int64", "cid int64", "name string", "pragma_index_info table, 3 columns or more"]),
    ],
)  # fmt: skip
def test_columns_and_tables_offered(dialect: str, ddl: str, query: str, expected: list[str]) -> None:
    assert sorted(columns_of(dialect, ddl, query)) == sorted(expected)


def test_lists_of_copy() -> None:
    assert columns_of("redshift", DDL, "copy customers (<|>) from 's3://x'") == ["id int32", "name string"]
    assert columns_of("snowflake", DDL, "copy into customers (<|>) from @x") == ["ID int64", "NAME string"]


def test_a_table_function_is_no_table_in_its_own_arguments() -> None:
    assert columns_of("duckdb", DDL, "select * from read_csv(<|>)") == []


def test_names_beside_merged_ones_are_the_tables() -> None:
    """DuckDB: `select NAME from a join b using (id)` yields `name`."""
    query = "select NAME, TOTAL from customers join orders using (id)"
    case = dsl.load(f"# %%\n%%sql duckdb://\n{DDL}\n# %%\n%%sql duckdb:// r <<\n{query}")
    case.snapshot.analysis.settle()
    table = next(b.type for b in case.snapshot.analysis.exports(1).bindings if b.name == "r")
    assert isinstance(table, Table)
    assert ([c.name for c in table.columns], table.proves_absence) == (["name", "total"], True)


def test_an_element_by_its_offset_ends_no_clause() -> None:
    labels = dsl.labels("# %%\n%%bigquery\nselect split(a, '_')[OFFSET(1)] as x, count(b) as y f<|>")
    assert labels[:1] == ["from"]
