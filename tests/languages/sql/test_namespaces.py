"""Catalogues and schemas that a notebook changes to, and what plain names mean then."""

from __future__ import annotations

import pytest

from polycell.languages.sql.namespaces import moved, qualified
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import scan
from tests import dsl

SCHEMES = {"databricks": "databricks", "snowflake": "snowflake", "tsql": "mssql", "mysql": "mysql", "trino": "trino"}
SCHEMES |= {"postgres": "postgresql", "oracle": "oracle"}


def found(dialect: str, *cells: str) -> list[str]:
    """The words that findings of the last cell are about."""
    text = "".join(f"\n# %%\n%%sql {SCHEMES[dialect]}://x\n{cell}" for cell in cells)
    case = dsl.load(text)
    last = len(case.notebook.cells) - 1
    return [f.span.of(case.notebook.cells[last].text) for i, f in dsl.findings(case) if i == last]


@pytest.mark.parametrize(
    ("dialect", "text", "used", "expected"),
    [
        ("databricks", "use catalog main", (), ("main", "default")),
        ("databricks", "use schema shop", ("main", "default"), ("main", "shop")),
        ("databricks", "USE shop", (), ("", "shop")),
        ("databricks", "use main.shop", (), ("main", "shop")),
        ("spark", "set catalog main", ("a", "b"), ("main", "")),
        ("snowflake", "use database d", (), ("d", "public")),
        ("snowflake", "use d", (), ("d", "public")),
        ("snowflake", "use schema d.s", (), ("d", "s")),
        ("snowflake", "use warehouse w", ("d", "s"), ()),
        ("tsql", "use [shop]", (), ("shop", "dbo")),
        ("mysql", "use shop", ("x",), ("shop",)),
        ("trino", "use hive.web", (), ("hive", "web")),
        ("postgres", "set search_path to shop, public", (), ("shop",)),
        ("postgres", "set session search_path = shop", (), ("shop",)),
        ("postgres", "set work_mem = '1GB'", ("x",), ()),
        ("oracle", "alter session set current_schema = shop", (), ("shop",)),
        ("databricks", "use catalog identifier(:c)", (), None),
        ("databricks", "use catalog {{ c }}", (), None),
        ("mysql", "use a.b", (), None),
        ("", "use shop", (), None),
    ],
)
def test_what_is_in_use(dialect: str, text: str, used: tuple[str, ...], expected: tuple[str, ...] | None) -> None:
    """The manuals of the databases say so."""
    assert moved(scan(text, DIALECTS[dialect]).statements[0], used) == expected


def test_names_in_full() -> None:
    assert qualified(["t"], ("main", "shop")) == ["main", "shop", "t"]
    assert qualified(["s", "t"], ("main", "shop")) == ["main", "s", "t"]
    assert qualified(["c", "s", "t"], ("main", "shop")) == ["c", "s", "t"]
    assert qualified(["t"], ("", "shop")) == ["shop", "t"]
    assert qualified(["t"], ("main", "")) is None


@pytest.mark.parametrize(
    ("dialect", "cells", "expected"),
    [
        ("databricks", ["use catalog main; use shop; create table t (a int)", "select b from t"], ["b"]),
        ("databricks", ["use catalog main; use shop; create table t (a int)", "select b from shop.t"], ["b"]),
        ("databricks", ["use catalog main; use shop; create table t (a int)", "select b from main.shop.t"], ["b"]),
        ("databricks", ["create table main.shop.t (a int)", "use main.shop; select b from t"], ["b"]),
        ("databricks", ["create table t (a int)", "use other", "select b from t"], []),
        ("databricks", ["use one; create table t (a int)", "use two; select b from t"], []),
        ("databricks", ["use one; create table t (a int); use two; create table t (b int)", "select b from t"], []),
        ("databricks", ["use one; create table t (a int); use two; create table t (b int); use one", "select b from t"],
         ["b"]),
        ("databricks", ["create temp view v as select 1 as a", "use other; select b from v"], ["b"]),
        ("databricks", ["use one; create table t (a int)", "alter table one.t add column b int", "select b, c from t"],
         ["c"]),
        ("databricks", ["use one; create table t (a int)", "drop table one.t", "select b from t"], []),
        ("databricks", ["use one; create table t (a int); alter table t rename to u", "select b from one.u"], ["b"]),
        ("snowflake", ["use warehouse w; create table t (a int)", "select b from t"], ["b"]),
        ("snowflake", ["use schema d.s; create table t (a int)", "select b from d.s.t"], ["b"]),
        ("tsql", ["use shop\ngo\ncreate table t (a int)\nGO\ninsert into t values (1)", "select b from dbo.t"], ["b"]),
        ("tsql", ["declare @n int = 5;\ncreate table t (a int)", "select b from t where a = @n"], ["b"]),
        ("tsql", ["create table t (a int)\nuse other\nselect b from t"], []),
        ("tsql", ["create table #t (a int)", "use other; select b from #t"], ["b"]),
        ("mysql", ["use shop; create table t (a int)", "select b from shop.t"], ["b"]),
        ("postgres", ["set search_path to shop; create table t (a int)", "select b from t"], ["b"]),
        ("postgres", ["create table t (a int); set search_path to shop", "select b from t"], []),
        ("postgres", ["begin; create table t (a int); commit", "select b from t"], ["b"]),
        ("postgres", ["create table t (a int)", "begin; alter table t add b int; rollback", "select b from t"], []),
    ],
)  # fmt: skip
def test_columns_are_judged_where_the_table_is_certain(dialect: str, cells: list[str], expected: list[str]) -> None:
    assert found(dialect, *cells) == expected


def test_through_python() -> None:
    dsl.check_findings(
        """
        # %%
        import pandas as pd
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = spark.createDataFrame(pd.DataFrame({"id": [1], "price": [1.0]}))
        df.createOrReplaceTempView("sales")
        df.write.saveAsTable("kept")
        spark.sql("USE CATALOG main")
        # %%
        spark.sql("select prize from sales")
                          ^^^^^ sql-unknown-column: Did you mean `price`?
        spark.sql("select prize from kept")
        # %%
        spark.catalog.setCurrentDatabase("shop")
        spark.sql("create table shop.t (a int)")
        spark.sql("select b from t")
                          ^ sql-unknown-column: There are: a
        """
    )


def test_columns_are_offered() -> None:
    above = "# %%\n%%sql databricks://x\nuse catalog main; use shop;\ncreate table t (a int)\n# %%\n%%sql\n"
    assert dsl.labels(f"{above}select <|> from shop.t")[:1] == ["a"]
    assert dsl.labels(f"{above}select x.<|> from main.shop.t x")[:1] == ["a"]
