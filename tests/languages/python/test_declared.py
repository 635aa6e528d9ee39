"""Schemas that code declares, against what pandera, patito, pandas, polars and pyarrow make of the same text."""

from __future__ import annotations

import asyncio
import textwrap
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from polycell.core import features
from polycell.core.types import Class, Evidence, Function, Schema, Table
from tests.dsl import check_findings, hover, labels, load


def table(code: str, name: str = "df") -> Table:
    case = load(textwrap.dedent(code))
    case.snapshot.analysis.settle()
    for index in reversed(range(len(case.notebook.cells))):
        for binding in case.snapshot.analysis.exports(index).bindings:
            if binding.name == name:
                type_ = binding.type
                if isinstance(type_, Class) and type_.schema is not None:
                    return type_.schema.table
                if isinstance(type_, Function):
                    type_ = type_.returns
                if isinstance(type_, Schema):
                    return type_.table
                assert isinstance(type_, Table), f"{name} is {type_}"
                return type_
    raise AssertionError(f"no {name}")


def shape(found: Table) -> tuple[list[tuple[str, str]], bool]:
    return [(c.name, str(c.type or "")) for c in found.columns], found.open


PANDERA = """
import pandera.pandas as pa
from pandera.typing import DataFrame, Series, Index
import pandas as pd
from typing import Optional

class Base(pa.DataFrameModel):
    id: int
    name: Series[str] = pa.Field(nullable=True)

class Sales(Base):
    price: Series[float] = pa.Field(ge=0, alias="unit price")
    note: Optional[Series[str]]
    key: Index[int]

class Strict(Base):
    class Config:
        strict = True
"""
SALES = [("id", "int64"), ("name", "string"), ("unit price", "double"), ("note", "string")]


@pytest.mark.parametrize(
    ("code", "columns", "open_"),
    [
        ("df: DataFrame[Sales] = load()", SALES, True),
        ("df: pa.typing.DataFrame[Sales] = load()", SALES, True),
        ('df: "DataFrame[Sales]" = load()', SALES, True),
        ("df: Optional[DataFrame[Sales]] = load()", SALES, True),
        ("df = DataFrame[Sales](load())", SALES, True),
        ("df = Sales.validate(load())", SALES, True),
        ("df = Sales(load())", SALES, True),
        ("df = Sales.to_schema().validate(load())", SALES, True),
        ("def df() -> DataFrame[Sales]:\n    return load()", SALES, True),
        ("@pa.check_types\ndef df(x: int) -> DataFrame[Sales]:\n    return load()", SALES, True),
        ("def get() -> DataFrame[Sales]: ...\ndf = get()", SALES, True),
        ("def f(x: DataFrame[Sales]) -> None:\n    pass\ndf = Strict.validate(load())", SALES[:2], False),
        ("df = Strict.validate(pd.DataFrame({'id': [1], 'name': ['x']}))", SALES[:2], False),
        ("df = Base.validate(pd.DataFrame({'id': [1], 'name': ['x'], 'more': [1.5]}))",
         [*SALES[:2], ("more", "double")], False),
        ("s = pa.DataFrameSchema({'a': pa.Column(int), 'b': pa.Column('float64', nullable=True)}, strict=True)\n"
         "df = s.validate(load())", [("a", "int64"), ("b", "double")], False),
        ("s = pa.DataFrameSchema({'a': pa.Column(str)}).add_columns({'c': pa.Column(bool)})\ndf = s(load())",
         [("a", "string"), ("c", "bool")], True),
        ("s = pa.DataFrameSchema({'a': pa.Column(str), 'c': pa.Column()}).remove_columns(['c'])\n"
         "df = s.validate(load())",
         [("a", "string")], True),
    ],
)  # fmt: skip
def test_pandera(code: str, columns: list[tuple[str, str]], open_: bool) -> None:
    assert shape(table(PANDERA + code)) == (columns, open_)


def test_pandera_itself_agrees() -> None:
    pandera = pytest.importorskip("pandera.pandas", reason="pandera is not installed")
    space: dict[str, Any] = {}
    exec(compile(PANDERA, "cell", "exec", dont_inherit=True), space)
    schema = space["Sales"].to_schema()
    found = table(PANDERA, "Sales")
    assert [c.name for c in found.columns] == list(schema.columns)
    assert [not c.maybe for c in found.columns] == [c.required for c in schema.columns.values()]
    assert [bool(c.nullable) for c in found.columns] == [c.nullable for c in schema.columns.values()]
    assert space["Strict"].to_schema().strict is True
    assert table(PANDERA, "Strict").open is False
    assert pandera.__name__ == "pandera.pandas"


def test_only_strict_schemas_prove_absence() -> None:
    check_findings("""
        import pandera.pandas as pa
        class S(pa.DataFrameModel):
            id: int
            class Config:
                strict = True
        class Loose(pa.DataFrameModel):
            id: int
        # %%
        df = S.validate(load())
                        ^^^^ undefined-name
        df["idd"]
           ^^^^^ unknown-column: Did you mean `id`
        d2 = Loose.validate(df0)
                            ^^^ undefined-name
        d2["idd"]
    """)


def test_parameters_have_their_columns() -> None:
    assert labels(PANDERA + 'def f(d: DataFrame[Sales]):\n    return d["<|>')[:3] == ["id", "name", "unit price"]


PATITO = """
import patito as pt
import polars as pl
from typing import Optional, Literal
from datetime import date

class Product(pt.Model):
    product_id: int = pt.Field(unique=True)
    weight: Optional[float]
    kind: Literal["a", "b"]
    small: int = pt.Field(dtype=pl.UInt8)
    day: date
"""


def test_patito() -> None:
    names = ["product_id", "weight", "kind", "small", "day"]
    for code in (
        "df: pt.DataFrame[Product] = load()", "df = Product.DataFrame(load())",
        "df = Product.validate(load())", "df = Product.examples({'day': []})",
    ):  # fmt: skip
        found = table(PATITO + code)
        assert [c.name for c in found.columns] == names, code
        assert found.flavour == "polars"
    assert [str(c.type) for c in found.columns if c.name != "kind"] == ["int64", "double", "uint8", "date32"]
    assert found.columns[1].nullable


def test_patito_itself_agrees() -> None:
    pytest.importorskip("patito", reason="patito is not installed")
    space: dict[str, Any] = {}
    exec(compile(PATITO, "cell", "exec", dont_inherit=True), space)
    found = table(PATITO, "Product")
    assert [c.name for c in found.columns] == list(space["Product"].columns)
    assert {c.name for c in found.columns if c.nullable} == set(space["Product"].nullable_columns)


ROWS = """
import pandas as pd, polars as pl
from dataclasses import dataclass
from typing import NamedTuple, TypedDict, Optional
from collections import namedtuple

@dataclass
class D:
    a: int
    b: str = "x"
    def f(self): ...

@dataclass
class E(D):
    c: float = 1.5

class N(NamedTuple):
    a: int
    b: str

class T(TypedDict):
    a: int
    b: str

P = namedtuple("P", "a b")
"""


@pytest.mark.parametrize(
    "code",
    [
        "pd.DataFrame([D(1), D(2, 'y')])", "pd.DataFrame([E(1, 'x', 2.0)])", "pd.DataFrame([N(1, 'x')])",
        "pd.DataFrame([P(1, 'x')])", "pd.DataFrame([T(a=1, b='x')])", "pl.DataFrame([D(1)])",
        "pl.DataFrame([N(1, 'x')])", "pd.DataFrame([{'a': 1, 'b': 'x'}])", "pd.DataFrame([D(i) for i in range(2)])",
    ],
)  # fmt: skip
def test_rows(code: str) -> None:
    """The columns are those that the library makes."""
    space: dict[str, Any] = {}
    exec(compile(ROWS + f"df = {code}", "cell", "exec", dont_inherit=True), space)
    found = table(ROWS + f"df = {code}")
    assert [c.name for c in found.columns] == list(space["df"].columns)


def test_rows_that_nobody_saw_leave_the_table_open() -> None:
    found = table(ROWS + "rows: list[T] = load()\ndf = pd.DataFrame(rows)")
    assert [c.name for c in found.columns] == ["a", "b"]
    assert found.open
    assert {c.evidence for c in found.columns} == {Evidence.DECLARED}


def test_pandas_does_not_take_pydantic_models_for_rows() -> None:
    code = "from pydantic import BaseModel\nclass M(BaseModel):\n    a: int\n"
    assert table(ROWS + code + "df = pl.DataFrame([M(a=1)])").columns[0].name == "a"
    assert table(ROWS + code + "df = pd.DataFrame([M(a=1)])").columns == ()


SPARK = """
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType, StructField, IntegerType, StringType, DecimalType, ArrayType
spark = SparkSession.builder.getOrCreate()
schema = StructType([StructField("a", IntegerType(), False), StructField("b", StringType())])
"""


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("spark.createDataFrame(rows, schema)", [("a", "int32"), ("b", "string")]),
        ("spark.createDataFrame(rows, schema=schema)", [("a", "int32"), ("b", "string")]),
        ("spark.createDataFrame([], 'a INT, b STRING COMMENT \"x\", c DECIMAL(10,2) NOT NULL, d ARRAY<INT>')",
         [("a", "int32"), ("b", "string"), ("c", "decimal128(10, 2)"), ("d", "list<item: int32>")]),
        ("spark.createDataFrame([], 'struct<a:int,b:string>')", [("a", "int32"), ("b", "string")]),
        ("spark.createDataFrame([], 'a: long, b: string')", [("a", "int64"), ("b", "string")]),
        ("spark.createDataFrame([], StructType().add('a', 'int').add('b', StringType(), True))",
         [("a", "int32"), ("b", "string")]),
        ("spark.read.schema(schema).csv('x.csv')", [("a", "int32"), ("b", "string")]),
        ("spark.read.option('header', True).schema('a INT').json('x.json')", [("a", "int32")]),
        ("spark.read.format('csv').schema(schema).option('a', 1).load('x.csv')", [("a", "int32"), ("b", "string")]),
        ("spark.read.csv('x.csv', schema=schema)", [("a", "int32"), ("b", "string")]),
    ],
)  # fmt: skip
def test_spark(code: str, columns: list[tuple[str, str]]) -> None:
    assert shape(table(SPARK + f"df = {code}")) == (columns, False)


POLARS = [
    'pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Datetime("ms", "UTC"), "c": pl.List(pl.String)})',
    'pl.DataFrame(rows, schema=[("a", pl.Float32), ("b", pl.Categorical)])',
    'pl.DataFrame(rows, schema=pl.Schema({"a": pl.Int8, "b": pl.Boolean}))',
    'pl.LazyFrame(rows, schema={"a": int, "b": str})',
    'pl.DataFrame({"a": [1], "b": [2]}, schema_overrides={"b": pl.Float64})',
]


@pytest.mark.parametrize("code", POLARS)
def test_polars_schemas(code: str) -> None:
    real = eval(code, {"pl": pl, "rows": []})
    arrow = pl.DataFrame(schema=real.lazy().collect_schema()).to_arrow().schema
    found = table(f"import polars as pl\nrows = load()\ndf = {code}")
    assert [c.name for c in found.columns] == arrow.names
    for column, field in zip(found.columns, arrow, strict=True):
        said, real_type = str(column.type), str(field.type).replace("large_", "").replace("_view", "")
        assert said == real_type.partition("<")[0] or said == real_type, column.name
    assert not found.open


def test_pyarrow_schema() -> None:
    code = 'pa.schema([("a", pa.int64()), pa.field("b", pa.list_(pa.string())), ("c", pa.timestamp("ms", tz="UTC"))])'
    real = eval(code, {"pa": pa})
    found = table(f"import pyarrow as pa\ndf = {code}")
    assert shape(found) == ([(f.name, str(f.type)) for f in real], False)
    assert labels(f"import pyarrow as pa\ns = {code}\nt = s.empty_table()\nt.column('<|>") == ["a", "b", "c"]


def test_pandas_dtype() -> None:
    real = pd.DataFrame({"a": [1], "b": [2]}, dtype="float64")
    found = table('import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": [2]}, dtype="float64")')
    assert [(c.name, str(c.type)) for c in found.columns] == [(n, "double") for n in real.columns]


def test_what_disagrees_is_said_where_the_frame_is_shown() -> None:
    code = PANDERA + 'df = Base.validate(pd.DataFrame({"id": ["1"], "name": ["x"]}))\n# %%\nd<|>f'
    found = hover(code)
    assert found is not None
    assert "declared" in found.markdown
    assert "`string` by the code" in found.markdown


def test_declared_classes_survive_any_code() -> None:
    for code in ("class A(pa.DataFrameModel): x: 'int", "class A(pa.DataFrameModel):\n    x: ((((int", "df: DataFrame[",
                 "class A(A): x: int", "df: DataFrame[A, B, *C] = 1", "s = pa.DataFrameSchema(**{})"):  # fmt: skip
        case = load("import pandera as pa\n" + code + "\ndf['<|>")
        assert asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset)) is not None


def test_a_schema_under_a_name() -> None:
    kept = 'kinds = {"a": pl.Int64}\nkinds["b"] = pl.Utf8\n'
    found = table(f"import polars as pl\n{kept}df = pl.DataFrame(load(), schema=kinds)")
    assert shape(found) == ([("a", "int64"), ("b", "string")], False)
    assert table(f"import polars as pl\n{kept}kinds.update(load())\ndf = pl.DataFrame([], schema=kinds)").open
