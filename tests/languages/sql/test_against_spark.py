"""Spark's SQL: names, order and types of what queries yield, as Spark itself said them (3.5 and 4.3).

`spark_queries.jsonl` has a query a line with the columns of its result; a type is null where the versions differ.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from polycell.core.types import Table, Type
from polycell.tables.type_names import parse_type
from tests.dsl import labels
from tests.languages.python.oracle import ours

QUERIES = [json.loads(line) for line in Path(__file__).with_name("spark_queries.jsonl").read_text("utf-8").splitlines()]
VIEWS = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.createDataFrame([], "a bigint, b string, c double, d date, p decimal(10,2), ts timestamp, f boolean, "
    "s struct<u: int, v: string>, l array<int>, m map<string, int>").createOrReplaceTempView("t")
spark.createDataFrame([], "a bigint, z string, n int, sh smallint").createOrReplaceTempView("r")
"""
GROUP = 20  # queries that are asked about in one notebook


@functools.cache
def answers(at: int) -> dict[str, Type]:
    part = QUERIES[at : at + GROUP]
    return ours(VIEWS + "\n".join(f"q{i} = spark.sql({query['sql']!r})" for i, query in enumerate(part)))


def wrong(said: object, columns: list[list[str | None]]) -> list[str]:
    """What is wrong of what we say. Of names that come twice nothing but their presence is compared."""
    if not isinstance(said, Table):
        return []
    names = [name for name, _ in columns]
    found = [f"not there: {c.name}" for c in said.columns if c.name not in names and not c.maybe]
    if not said.open and [c.name for c in said.columns] != names:
        found.append(f"said {[c.name for c in said.columns]}, real {names}")
    for name, real in columns:
        column = said.column(name or "")
        if column is not None and column.type is not None and names.count(name) == 1:
            known = parse_type(real, sql=True) if real is not None else None
            found += [f"{name}: said {column.type}, real {real}"] if column.type != known else []
    return found


@pytest.mark.parametrize("at", range(0, len(QUERIES), GROUP))
def test_nothing_said_of_a_query_is_wrong(at: int) -> None:
    part, said = QUERIES[at : at + GROUP], answers(at)
    found = [f"{q['sql']}: {p}" for i, q in enumerate(part) for p in wrong(said.get(f"q{i}"), q["columns"])]
    assert not found, "\n".join(found)


def test_most_queries_are_closed() -> None:
    said = [t for at in range(0, len(QUERIES), GROUP) for n, t in answers(at).items() if n.startswith("q")]
    closed = [t for t in said if isinstance(t, Table) and not t.open]
    assert len(closed) / len(QUERIES) > 0.8


def test_fields_of_structures_are_offered() -> None:
    """Behind an element of an array, and behind what LATERAL VIEW makes of one."""
    view = """
        # %%
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = spark.createDataFrame([], "s struct<u: int>, l array<struct<q: int, w: array<struct<z: string>>>>")
        df.createOrReplaceTempView("t")
    """
    for query, expected in (
        ("select s.<|> from t", ["u"]),
        ("select l[0].<|> from t", ["q", "w"]),
        ("select e.<|> from t lateral view explode(l) x as e", ["q", "w"]),
    ):
        assert labels(f'{view}    r = spark.sql("{query}")')[: len(expected)] == expected, query
