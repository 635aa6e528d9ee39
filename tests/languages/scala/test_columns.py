"""Columns in Scala's Spark code, without a compiler; what can be done with a table."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from polycell.core import features
from polycell.core.text import Span
from tests.dsl import complete, definition, hover, load

FRAME = """
host: polynote
# %% [python]
from pyspark.sql import SparkSession
df = spark.createDataFrame([(1, "a", 2.5)], schema="id long, city string, unit_price double")
other = spark.createDataFrame([(1,)], schema="key long")
"""


@pytest.mark.parametrize(
    "line",
    [
        'df.select("<|>")',
        'df.select("id", "ci<|>")',
        'df.select(col("<|>"))',
        'df.select($"<|>")',
        'df("<|>")',
        'df.filter($"id" > 1).groupBy("<|>").count()',
        'df.groupBy($"city").agg(sum("<|>"))',
        'df.select("<|>',
        'val big = df.orderBy(desc("<|>"))',
        'other.join(df.select("<|>"), "key")',
    ],
)
def test_columns_are_offered(line: str) -> None:
    assert "city" in [item.label for item in complete(f"{FRAME}# %% [scala]\n{line}").items if item.kind == "column"]


@pytest.mark.parametrize("line", ['println("<|>")', 'val s = "<|>"', 'df.show("<|>")', 'import a.b\nval x = s"<|>"'])
def test_no_columns_elsewhere(line: str) -> None:
    found = complete(f"{FRAME}# %% [scala]\n{line}").items
    assert [item.label for item in found if item.kind == "column"] == []


@pytest.mark.parametrize("line", ['df.selectExpr("pri<|>")', 'val s = "pri<|>', 'f("a", """pri<|>ce""")'])
def test_no_words_of_scala_within_strings(line: str) -> None:
    assert complete(f"{FRAME}# %% [scala]\n{line}").items == ()


@pytest.mark.parametrize("line", ['f("a", pri<|>)', 's"${pri<|>}"', '"a" + pri<|>'])
def test_words_of_scala_beside_strings(line: str) -> None:
    assert "private" in [item.label for item in complete(f"{FRAME}# %% [scala]\n{line}").items]


def test_a_column_replaces_what_stands_in_its_string() -> None:
    (item,) = complete(f'{FRAME}# %% [scala]\ndf.select("ci<|>ty")').items
    assert (item.label, item.replace) == ("city", Span(len('df.select("'), len('df.select("city')))


def test_a_column_is_explained() -> None:
    found = hover(f'{FRAME}# %% [scala]\ndf.select("unit_<|>price")')
    assert found is not None
    assert "double" in found.markdown


def test_a_column_leads_to_where_its_name_was_given() -> None:
    made = 'val big = df.withColumn("twice", $"id" * 2)\n'
    (here,) = definition(f'{FRAME}# %% [scala]\n{made}big.select("tw<|>ice")')
    assert (here.cell, here.span.start) == ("c1", made.index("twice"))
    (above,) = definition(f'{FRAME}# %% [scala]\ndf.select(col("ci<|>ty"))')
    assert above.cell == "c0"


FUNCTIONS = """
host: polynote
# %% [python]
class Model:
    def __init__(self, name, *, size=1): ...
def greet(who, loud=False): ...
# %% [scala]
"""


@pytest.mark.parametrize(
    ("call", "label", "parameter"),
    [
        ("greet(<|>)", "greet(who, loud=False)", 0),
        ('greet("a,b", f(1, 2) + <|>', "greet(who, loud=False)", 1),
        ("val m = Model(<|>)", "Model(name, *, size=1)", 0),
        ("def greet(x: Int) = x\ngreet(<|>)", None, 0),
        ("thing.greet(<|>)", None, 0),
        ("println(<|>)", None, 0),
    ],
)
def test_functions_of_python_have_their_own_parameters(call: str, label: str | None, parameter: int) -> None:
    case = load(f"{FUNCTIONS}{call}")
    found = asyncio.run(features.signature(case.snapshot, case.session.services, case.cell, case.offset))
    assert (found.signatures[0].label if found else None) == label
    if found is not None:
        assert found.parameter == parameter
        assert found.signatures[0].parameters[0].of(found.signatures[0].label) in ("who", "name")


def test_a_case_class_of_a_table(tmp_path: Path) -> None:
    case = load(f"{FRAME}# %% [scala]\nval a = 1\nval rows = df<|>.as[DfRow]", tmp_path)
    case.snapshot.analysis.settle()
    offered = features.actions(case.snapshot, case.session.services, case.cell, Span(case.offset, case.offset))
    (found,) = (action for action in offered if action.title == "Define a case class of the rows of `df`")
    (edit,) = found.edits
    assert edit.text == "case class DfRow(id: Option[Long], city: String, unit_price: Option[Double])\n"
    assert edit.span.start == len("val a = 1\n")


def test_a_collection_of_scala_has_its_members_in_python() -> None:
    scala = 'host: polynote\n# %% [scala]\ncase class P(name: String)\nval people: Seq[P] = Seq(P("a"))\n'
    found = complete(f"{scala}# %% [python]\npeople.<|>")
    assert {"apply", "size", "mkString"} <= {item.label for item in found.items}
    assert "append" not in {item.label for item in found.items}
