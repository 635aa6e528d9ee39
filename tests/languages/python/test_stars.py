"""`from pyspark.sql.functions import *` and its like: what they bring is known, and hides nothing of the notebook's."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from tests.dsl import labels
from tests.languages.python.oracle import ours

PRELUDE = """
from pyspark.sql import SparkSession
from pyspark.sql.types import *
from pyspark.sql.functions import *
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([], StructType([StructField("k", StringType()), StructField("n", IntegerType())]))
# %%
"""


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("r = df.select(col('k'), upper(col('k')).alias('u'))", "k string, u string"),
        ("r = df.groupBy('k').agg(sum('n').alias('s'), count('*').alias('c'))", "k string, s int64, c int64"),
        ("r = df.withColumn('m', lit(1)).select(max('n'))", "max(n) int32"),
        # names of the notebook's own come first
        ("def upper(c):\n    return col('n')\nr = df.select(upper(col('k')))", None),
        ("from mine import sum\nr = df.groupBy('k').agg(sum('n'))", None),
    ],
)
def test_names_of_spark(code: str, columns: str | None) -> None:
    table = ours(PRELUDE + code)["r"]
    assert isinstance(table, Table)
    assert (None if table.open else ", ".join(f"{c.name} {c.type}" for c in table.columns)) == columns


def test_without_the_import_the_names_are_pythons() -> None:
    code = PRELUDE.replace("from pyspark.sql.functions import *\n", "")
    assert str(ours(code + "r = sum([1, 2])\ns = len([3])")["s"]) == str(ours("s = len([3])")["s"])
    table = ours(code + "r = df.select(col('k'))")["r"]
    assert not isinstance(table, Table) or table.open


@pytest.mark.parametrize(
    "call", ["df.select(col('<|>'))", "df.groupBy('k').agg(sum('<|>'))", "df.filter(col('<|>') > 1)"]
)
def test_columns_are_offered(call: str) -> None:
    assert labels(PRELUDE + call) == ["k", "n"]
