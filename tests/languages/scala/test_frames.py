"""Frames that Scala code makes, without a compiler and without Spark: what the cells around know of them."""

from __future__ import annotations

import re

import pytest

from polycell.compose import default_services
from polycell.core.environment import NoSources
from polycell.core.session import Session
from polycell.core.types import Table, describe
from tests.dsl import complete, hover, parse

CELL = """host: polynote
# %% [scala]
import org.apache.spark.sql.functions.{col, lit}
case class Sale(id: Long, city: String, price: Option[Double])
val raw = Seq((1, "a", 2.5), (2, "b", 1.0)).toDF("id", "city", "price")
val sales = Seq(Sale(1, "a", None)).toDS
var again = raw
def clean(c: Column) = trim(c)
raw.createOrReplaceTempView("raw_view")
if (again.count > 1) again.createOrReplaceTempView("sometimes")
# %% [scala]
"""


def given(expression: str) -> dict[str, Table]:
    notebook, *_ = parse(f"{CELL}val x = {expression}")
    session = Session(default_services(), NoSources())
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    bindings = [b for at in range(len(notebook.cells)) for b in snapshot.analysis.exports(at).bindings]
    return {b.name: b.type for b in bindings if isinstance(b.type, Table)}


@pytest.mark.parametrize(
    ("expression", "columns"),
    [
        ("raw", "id int32, city string, price double"),
        ("sales", "id int64, city string, price double"),
        ('Seq("x" -> 1, "y" -> 2).toDF', "_1 string, _2 int32"),
        ('Seq(1L, 2L).toDF("n")', "n int64"),
        ('Seq((1, "a"), (2.5, "b")).toDF("m", "n")', "m None, n string"),
        ('spark.createDataFrame(Seq((1, "z"))).toDF("a", "b")', "a int32, b string"),
        ('xs.map(x => (x.a, x.b + 1)).toDF("a", "b").filter($"a" > 1)', "a None, b None"),
        ('sc.parallelize(1 to 3).map { n =>\n  (n, n * n)\n}.toDF("n", "square").drop("n")', "square None"),
        ('raw.map(row => row.getInt(0)).toDF("first")', "first None"),
        ('raw.toDF("a", "b", "c")', "a int32, b string, c double"),
        ('raw.select($"id", col("city").as("town"), ($"price" * 2) as "twice")', "id int32, town string, twice double"),
        ("raw.select('id, 'city as 'town)", "id int32, town string"),
        ('raw.groupBy($"city").agg(sum("price").as("total"), count("*") as "n")', "city string, total double, n int64"),
        ('raw.groupBy("city").count()', "city string, count int64"),
        (
            'raw.withColumn("x", lit("y")).withColumnRenamed("id", "key").drop("price")',
            "key int32, city string, x string",
        ),
        ('raw.filter(_.getInt(0) > 1).where($"price" =!= 3 && !$"city".isNull).distinct', None),
        ("raw.filter(row => row.getInt(0) > 1).cache", None),
        ("raw.filter { row =>\n  row.getInt(0) > 1\n}", None),
        ('raw\n  .orderBy($"id".desc) // the last first\n  .limit(3)', None),
        (
            'raw.join(raw.groupBy("city").count, Seq("city"), "left")',
            "city string, id int32, price double, count int64",
        ),
        (
            'spark.sql("""select city, count(*) as n\n  |from raw_view group by city""".stripMargin)',
            "city string, n int64",
        ),
        ("spark.range(5)", "id int64"),
        ("raw.as[Sale].filter(_.id > 1)", None),
    ],
)
def test_columns(expression: str, columns: str | None) -> None:
    table = given(expression)["x"]
    said = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    assert said == (columns or "id int32, city string, price double")
    assert (table.open, table.flavour) == (False, "spark")


@pytest.mark.parametrize(
    "expression",
    [
        'raw.select(clean($"city"))',
        "raw.select(raw.columns.map(col): _*)",
        "raw.select(name)",
        'spark.sql(s"select $x from raw_view")',
        'spark.read.csv("nowhere.csv")',
        "again",
        'raw.groupBy("city").pivot("id").count()',
        "raw.as[Sale].map(_.id)",
        "raw.toJSON",
        "if (true) raw else sales",
        'List(1, 2).map(x => raw.select("id")).head',
    ],
)
def test_what_is_not_certain_is_open(expression: str) -> None:
    table = given(expression).get("x")
    assert table is None or table.open


def test_views_are_tables_of_the_catalogue() -> None:
    tables = given("1")
    assert [column.name for column in tables["raw_view"].columns] == ["id", "city", "price"]
    assert tables["sometimes"].open
    for host in ("polynote", "databricks"):
        text = CELL.replace("polynote", host)
        found = [item.label for item in complete(f"{text}1\n# %% [sql]\nselect <|> from raw_view").items]
        assert found[:3] == ["id", "city", "price"]


@pytest.mark.parametrize(
    "line",
    [
        'raw.filter($"ci<|>")',
        'val few = raw.drop("id")\nfew.select("<|>")',
        'val few = raw.drop("id")\nval more = few.where(few("<|>"))',
        'spark.sql("select <|> from raw_view")',
        'spark.sql("""\n  |select <|> from raw_view""".stripMargin)',
        'val few = raw.drop("id")\nfew.createOrReplaceTempView("few")\nspark.sql("select <|> from few")',
    ],
)
def test_columns_are_offered(line: str) -> None:
    found = [item.label for item in complete(f"{CELL}{line}").items if item.kind == "column"]
    assert "city" in found
    assert ("id" in found) == ("few" not in line and "ci<" not in line)


def test_a_hover_says_what_the_frame_has() -> None:
    found = hover(f"{CELL}ra<|>w.show")
    assert found is not None
    assert describe(given("raw")["x"]) in found.markdown
    assert "| price | `double` |" in re.sub(" +", " ", found.markdown)


def test_what_a_column_is_made_of_shows_nothing_of_the_translation() -> None:
    (column,) = given('raw.select(upper($"city").as("loud"))')["x"].columns
    assert "polycell" not in column.source


def test_a_column_that_a_query_misspells() -> None:
    notebook, *_ = parse(f'{CELL}spark.sql("select town from raw_view")\nspark.sql("select town from sometimes")')
    session = Session(default_services(), NoSources())
    analysis = session.update(notebook).analysis
    analysis.settle()
    (found,) = analysis.findings(1)
    assert (found.code, found.span.of(notebook.cells[1].text)) == ("sql-unknown-column", "town")
