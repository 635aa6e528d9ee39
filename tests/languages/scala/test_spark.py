"""Spark with its real jars: the session, implicits, columns, and what crosses."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from polycell.core.types import Table
from tests.languages.scala.live import Live, start

pytestmark = pytest.mark.skipif(
    not os.environ.get("POLYCELL_FULL"), reason="150 jars and a JVM more; POLYCELL_FULL=1 runs it"
)

SHOP = """
host: polynote
# %% [scala]
//> using dep org.apache.spark:spark-sql_2.13:3.5.9
case class Sale(id: Long, city: String, price: Option[Double])
val raw = Seq(Sale(1, "Bern", Some(2.5))).toDF
val sales = raw.as[Sale]
# %% [scala]
val big = sales.filter(_.price.exists(_ > 1))
val perCity = sales.groupBy($"city").agg(sum($"price").as("total"))
val numbers = sc.parallelize(1 to 10)
"""


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    made = start()
    if not made.complete(f"{SHOP}# %% [scala]\nsales.gro<|>").items:
        reason = "; ".join(made.notes) or "Spark's jars are not to be had"
        made.close()
        pytest.skip(reason)
    yield made
    made.close()


def test_the_session_and_its_implicits(live: Live) -> None:
    assert live.findings(SHOP) == []
    assert live.findings(f"{SHOP}# %% [scala]\nval bad: Int = sales.first.city") == [
        (2, "sales.first.city", "type mismatch; found: String, required: Int")
    ]


def test_a_dataset_has_columns_for_sql(live: Live) -> None:
    big = live.given(SHOP)["big"]
    assert isinstance(big, Table)
    assert [column.name for column in big.columns] == ["id", "city", "price"]
    assert {"city", "price"} <= {i.label for i in live.complete(f"{SHOP}# %% [sql]\nselect <|> from big").items}


def test_frames_of_python_and_sql_in_scala(live: Live) -> None:
    frames = f"{SHOP}# %% [python]\ndf = spark.createDataFrame([(1, 'a')], ['num', 'word'])\n# %% [scala]\n"
    assert "groupBy" in [item.label for item in live.complete(f"{frames}df.gro<|>").items]
    assert [item.label for item in live.complete(f'{frames}df.select($"wo<|>")').items] == ["word"]
    assert "show" in [
        item.label for item in live.complete(f"{SHOP}# %% [sql]\nselect city from big\n# %% [scala]\nOut.sho<|>").items
    ]
