"""SQL expressions in strings (`relation.filter("…")`, `df.selectExpr("…")`, `F.expr("…")`): parts of queries."""

from __future__ import annotations

import asyncio

import pytest

from polycell.core import features
from polycell.core.references import references
from polycell.core.tokens import tokens
from tests import dsl

SPARK = """
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([(1, "a", 2.5)], ["id", "region", "price"])
# %%
"""
DUCKDB = """
import duckdb
t = duckdb.sql("select 1 as id, 'a' as region, 2.5 as price")
# %%
"""
POLARS = """
import polars as pl
df = pl.DataFrame({"id": [1], "region": ["a"], "price": [2.5]})
# %%
"""


def reported(prelude: str, code: str) -> list[str]:
    """`code: text` of each finding of SQL."""
    case = dsl.load(prelude + code)
    text = case.notebook.cells[-1].text
    return [f"{f.code}: {f.span.of(text)}" for _, f in dsl.findings(case) if f.code.startswith("sql-")]


@pytest.mark.parametrize(
    ("prelude", "code"),
    [
        (SPARK, 'df.filter("<|>")'),
        (SPARK, 'df.where("price > 1 and <|>")'),
        (SPARK, 'df.selectExpr("id", "upper(<|>) as r")'),
        (SPARK, 'df.withColumn("x", F.expr("<|>"))'),
        (SPARK, 'df.groupBy("region").agg(F.expr("sum(<|>)"))'),
        (DUCKDB, 't.filter("<|>")'),
        (DUCKDB, 't.project("id, <|>")'),
        (DUCKDB, 't.aggregate("region, sum(<|>)", "region")'),
        (DUCKDB, 't.aggregate("sum(price)", "<|>")'),
        (DUCKDB, 't.order("<|> desc")'),
        (DUCKDB, 't.max("<|>")'),
        (POLARS, 'df.filter(pl.sql_expr("<|> > 1"))'),
    ],
)
def test_columns_come_first_and_functions_behind(prelude: str, code: str) -> None:
    items = sorted(dsl.complete(prelude + code).items, key=lambda i: (i.rank, i.label))
    assert [i.label for i in items[:3]] == ["id", "price", "region"]
    assert {i.kind for i in items} <= {"column", "function", "keyword"}
    assert "coalesce" in [i.label for i in items]


def test_functions_are_those_of_the_dialect_with_their_signature() -> None:
    pytest.importorskip("duckdb")
    case = dsl.load(f'{DUCKDB}t.project("date_trunc(<|>")')
    found = asyncio.run(features.signature(case.snapshot, case.session.services, case.cell, case.offset))
    assert found is not None
    assert "date_trunc" in found.signatures[0].label
    assert "explode" in dsl.labels(f'{SPARK}df.selectExpr("<|>")')


@pytest.mark.parametrize(
    ("prelude", "code", "expected"),
    [
        (DUCKDB, 't.filter("pric > 1").project("price + 1 as more")', ["sql-unknown-column: pric"]),
        (DUCKDB, 't.project("id, upper(id)")', ["sql-type-error: upper(id)"]),
        (DUCKDB, 't.aggregate("region, sum(prise)", "region")', ["sql-unknown-column: prise"]),
        (DUCKDB, 't.aggregate("sum(price)", "regoin")', ["sql-unknown-column: regoin"]),
        (SPARK, 'df.selectExpr("pric * 2 as d")', ["sql-unknown-column: pric"]),
        (SPARK, 'df.withColumn("x", F.expr("abs(pric)"))', ["sql-unknown-column: pric"]),
        (SPARK, 'df.select(F.expr(f"abs({pric})"))', []),
    ],
)
def test_findings(prelude: str, code: str, expected: list[str]) -> None:
    pytest.importorskip("duckdb")
    assert reported(prelude, code) == expected


GOOD = [
    't.filter("price > 1 and region like \'a%\'")', 't.set_alias("s").filter("s.price > 1")',
    't.project("*, price * 2 as double")', 't.project("count(*) over () as n, row_number() over (order by id) as r")',
    't.aggregate("region, sum(price)", "region")', 't.aggregate("region, sum(price)")', 't.aggregate("count(*)")',
    't.order("region desc, 2")', 't.sum("price + 1")', 't.project("#1")', 't.project("columns(*)")',
    't.filter("id in (select 1)")', 't.project("price as p").filter("p > 1")', 't.distinct().order("id")',
]  # fmt: skip
BAD = [
    't.filter("nope > 1")', 't.project("id, nope")', 't.aggregate("region, sum(nope)", "region")',
    't.order("nope + 1")', 't.filter("t.price > 1")',
    't.project("price as p").filter("price > 1")', 't.aggregate("sum(price)", "nope + 1")', 't.sum("price + nope")',
]  # fmt: skip


@pytest.mark.parametrize("code", GOOD + BAD)
def test_duckdb_itself_agrees(code: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    names = {"t": duckdb.sql("select 1 as id, 'a' as region, 2.5 as price")}
    try:
        eval(code, names).fetchall()
        fails = False
    except duckdb.Error:
        fails = True
    assert fails == (code in BAD)
    assert bool(reported(DUCKDB, code)) <= fails


@pytest.mark.parametrize(
    "code",
    [
        'df.select("id").filter("price > 1")',  # Spark finds what the selection left out
        'df.alias("d").filter("d.price > 1")',
        'df.join(df, F.expr("a.id = b.id"))',
        'df.selectExpr("price + 1 as more", "more * 2 as most")',
        'df.selectExpr("id.a", "stack(1, id) as x", "transform(array(1), y -> y + 1)")',
        'df.select(F.expr("current_date"), F.expr("interval 1 day"))',
        'F.expr("nope + 1")',
        'spark.table("t").filter("nope > 1")',
        'df.groupBy("region").agg(F.sum("price").alias("s")).where("s > 1")',
    ],
)
def test_silence_in_spark(code: str) -> None:
    assert reported(SPARK, code) == []


def test_hover_definition_and_references() -> None:
    code = DUCKDB + 't.filter("pri<|>ce > 1").project("price + 1 as more")'
    case = dsl.load(code)
    text = case.notebook.cells[-1].text
    found = dsl.hover(code)
    assert found is not None
    assert (found.span.of(text), "decimal" in found.markdown) == ("price", True)
    (place,) = dsl.definition(code)
    assert (place.cell, place.span.of(case.notebook.cells[0].text)) == ("c0", "price")
    named = references(case.snapshot, case.session.services, case.cell, case.offset)
    assert [(o.cell, o.span.start) for o in named] == [
        ("c0", case.notebook.cells[0].text.index("price")),
        ("c1", text.index("price")),
        ("c1", text.rindex("price")),
    ]


def test_tokens_stand_inside_of_the_string() -> None:
    case = dsl.load(f"{DUCKDB}t.filter(\"price > 1 and upper(region) = 'A'\")")
    text = case.notebook.cells[1].text
    found = asyncio.run(tokens(case.snapshot, case.session.services, 1))
    inside = [(t.kind, t.span.of(text)) for t in found]
    assert ("property", "price") in inside
    assert ("function", "upper") in inside
    assert ("keyword", "and") in inside
    assert all(t.span.start > text.index('"') for t in found)


def test_what_is_no_expression_is_left_to_python() -> None:
    assert "coalesce" not in dsl.labels(f'{POLARS}df.filter(pl.col("<|>") > 1)')
    assert "coalesce" not in dsl.labels(f'{POLARS}df.select("<|>")')
    assert "coalesce" not in dsl.labels("import pandas as pd\ndf = pd.DataFrame({'a': [1]})\ndf.filter('<|>')")
    assert [f.code for _, f in dsl.findings(dsl.load('queue.filter("a > 1")\n'))] == ["undefined-name"]
    case = dsl.load(f'{SPARK}df.filter("price >')
    assert features.findings(case.snapshot, 1)  # a broken string is Python's
