"""Columns in Scala's Spark code, without a compiler; what can be done with a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core import features
from polycell.core.text import Span
from tests.dsl import complete, hover, load

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


def test_a_column_replaces_what_stands_in_its_string() -> None:
    (item,) = complete(f'{FRAME}# %% [scala]\ndf.select("ci<|>ty")').items
    assert (item.label, item.replace) == ("city", Span(len('df.select("'), len('df.select("city')))


def test_a_column_is_explained() -> None:
    found = hover(f'{FRAME}# %% [scala]\ndf.select("unit_<|>price")')
    assert found is not None
    assert "double" in found.markdown


def test_a_case_class_of_a_table(tmp_path: Path) -> None:
    case = load(f"{FRAME}# %% [scala]\nval a = 1\nval rows = df<|>.as[DfRow]", tmp_path)
    case.snapshot.analysis.settle()
    offered = features.actions(case.snapshot, case.session.services, case.cell, Span(case.offset, case.offset))
    (found,) = (action for action in offered if action.title == "Define a case class of the rows of `df`")
    (edit,) = found.edits
    assert edit.text == "case class DfRow(id: Option[Long], city: String, unit_price: Option[Double])\n"
    assert edit.span.start == len("val a = 1\n")
