"""What PySpark calls with columns and rows: functions that users register, RDDs of rows."""

from __future__ import annotations

import pytest

from polycell.core.types import FLOAT64, INT32, INT64, STRING, Table
from tests.dsl import labels
from tests.languages.python.oracle import ours

FRAME = """
# %%
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import IntegerType
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([("x", 1)], "k string, n bigint")
up = F.udf(lambda s: s.upper())
named = spark.udf.register("named", lambda n: n, "double")
@F.udf(returnType=IntegerType())
def plus(n):
    return n + 1
@F.pandas_udf("long")
def twice(n):
    return n * 2
"""


@pytest.mark.parametrize(
    "code",
    [
        'df.select(up("<|>"))', 'df.select(up("<|>").alias("u"))', 'df.withColumn("p", plus("<|>"))',
        'df.select(twice("k", "<|>"))', 'df.select(named("<|>"))', 'df.rdd.map(lambda r: r["<|>"])',
        'df.rdd.map(lambda r: (r["<|>"], 1))', 'df.rdd.filter(lambda r: r.n > 1).keyBy(lambda r: r["<|>"])',
        'df.foreach(lambda r: print(r["<|>"]))', 'df.foreachPartition(lambda rows: [r["<|>"] for r in rows])',
        'df.rdd.collect()[0]["<|>"]', 'df.rdd.first()["<|>"]', 'df.first().asDict()["<|>"]',
        'df.groupBy("k").applyInPandas(lambda p: p["<|>"], "k string")',
    ],
)  # fmt: skip
def test_columns_are_offered(code: str) -> None:
    assert labels(f"{FRAME}# %%\n{code}") == ["k", "n"]


def test_members_of_rows_are_offered() -> None:
    assert labels(f"{FRAME}# %%\ndf.rdd.map(lambda r: r.<|>)")[:2] == ["k", "n"]


def test_other_functions_take_no_columns() -> None:
    assert labels(f'{FRAME}def plain(n):\n    return n\n# %%\ndf.select(plain("<|>"))') == []


def test_what_a_registered_function_gives_is_typed() -> None:
    made = ours(f"""{FRAME}
r = df.withColumn("u", up("k")).withColumn("p", plus(F.col("n"))).withColumn("t", twice("n"))
r = r.withColumn("d", named("n"))
""")["r"]
    assert isinstance(made, Table)
    assert not made.open
    assert [c.type for c in made.columns] == [STRING, INT64, STRING, INT32, INT64, FLOAT64]


def test_a_frame_made_of_an_rdd_is_open() -> None:
    made = ours(f'{FRAME}\nr = df.rdd.map(lambda r: (r.k, r.n)).toDF(["a", "b"])\n')["r"]
    assert isinstance(made, Table)
    assert made.open
    assert [c.name for c in made.columns] == ["a", "b"]
