"""The table of what crosses, a row a test: Scala's types as neutral ones, values of Python as Scala's."""

from __future__ import annotations

import pytest

from polycell.core.environment import Binding
from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    Class,
    Collection,
    Column,
    DataType,
    Function,
    Module,
    Opaque,
    Record,
    Scalar,
    Table,
    Type,
    describe,
)
from polycell.languages.scala.foreign import declaration
from polycell.languages.scala.scalatypes import field_type, rows_of, to_neutral

SALE = (("id", "Long"), ("city", "String"), ("price", "Option[Double]"), ("tags", "Seq[String]"))


def fields(name: str) -> tuple[tuple[str, str], ...] | None:
    return SALE if name == "Sale" else None


@pytest.mark.parametrize(
    ("scala", "neutral"),
    [
        ("Int", "int"),
        ("Byte", "int"),
        ("Short", "int"),
        ("Long", "int"),
        ("Float", "float"),
        ("Double", "float"),
        ("Boolean", "bool"),
        ("String", "str"),
        ("java.lang.String", "str"),
        ("Array[Int]", "array[int]"),
        ("List[String]", "List[String]"),
        ("scala.collection.immutable.Vector[Double]", "Vector[Double]"),
        ("Set[Long]", "Set[Long]"),
        ("Map[String,Int]", "Map[String, Int]"),
        ("(Int, String)", "(Int, String)"),
        ("Sale", "Sale"),
        ("Option[Long]", "Option[Long]"),
        ("org.apache.spark.rdd.RDD[Sale]", "org.apache.spark.rdd.RDD"),
        ("Int => Int", ""),
        ("A with B", ""),
        ("List[", "List"),
        ("org.example.Thing", "org.example.Thing"),
    ],
)
def test_scala_types(scala: str, neutral: str) -> None:
    assert describe(to_neutral(scala, fields)) == neutral


def test_a_dataset_has_the_columns_of_its_case_class() -> None:
    table = to_neutral("org.apache.spark.sql.Dataset[Sale]", fields)
    assert isinstance(table, Table)
    assert [(c.name, str(c.type), c.nullable) for c in table.columns] == [
        ("id", "int64", None),
        ("city", "string", None),
        ("price", "double", True),
        ("tags", "list<item: string>", None),
    ]
    assert (table.flavour, table.open) == ("spark", False)


def test_a_case_class_has_its_fields_as_calls() -> None:
    sale = to_neutral("Sale", fields)
    assert isinstance(sale, Record)
    assert [(name, describe(member)) for name, member in sale.fields][:2] == [
        ("id", "function () -> int"),
        ("city", "function () -> str"),
    ]
    city = dict(sale.fields)["city"]
    assert isinstance(city, Function)
    assert city.returns == Scalar(STRING)


@pytest.mark.parametrize(
    ("scala", "calls"),
    [
        ("List[Sale]", {"apply": "(n: int) -> Sale", "length": "() -> int", "head": "() -> Sale"}),
        ("Vector[Option[Int]]", {"apply": "(n: int) -> Option[Int]", "mkString": "(sep: str) -> str"}),
        ("Set[String]", {"contains": "(elem) -> bool", "size": "() -> int", "apply": None}),
        ("Iterator[Int]", {"next": "() -> int", "size": None}),
        ("Map[String,Double]", {"apply": "(key: str) -> float", "get": "(key: str) -> Option[float]", "keys": None}),
        ("Option[Sale]", {"get": "() -> Sale", "isDefined": "() -> bool"}),
        ("(Int, String)", {"_1": "() -> int", "_2": "() -> str", "_3": None}),
        ("scala.collection.immutable.Range", {"apply": "(n: int) -> int"}),
    ],
)
def test_members_of_collections_are_calls(scala: str, calls: dict[str, str | None]) -> None:
    """Python holds the JVM's object, which is neither a list nor a dictionary."""
    held = to_neutral(scala, fields)
    assert isinstance(held, Record)
    members = {name: member.signature for name, member in held.fields if isinstance(member, Function)}
    assert {name: members.get(name) for name in calls} == calls
    assert not {"append", "items", "keys", "pop"} & members.keys()


@pytest.mark.parametrize(
    ("written", "columns"),
    [
        ("Dataset[String]", [("value", "string")]),
        ("org.apache.spark.sql.Dataset[Long]", [("value", "int64")]),
        ("Dataset[(Int, String)]", [("_1", "int32"), ("_2", "string")]),
    ],
)
def test_datasets_without_a_case_class(written: str, columns: list[tuple[str, str]]) -> None:
    table = to_neutral(written, fields)
    assert isinstance(table, Table)
    assert [(c.name, str(c.type)) for c in table.columns] == columns


def test_a_frame_of_rows_has_unknown_columns() -> None:
    for written in ("org.apache.spark.sql.DataFrame", "Dataset[Row]", "Dataset[Other]"):
        table = to_neutral(written, fields)
        assert isinstance(table, Table)
        assert (table.columns, table.open) == ((), True)


def test_a_collection_of_case_classes_is_a_table() -> None:
    table = rows_of("Seq[Sale]", fields)
    assert table is not None
    assert [c.name for c in table.columns] == ["id", "city", "price", "tags"]
    assert rows_of("Seq[Int]", fields) is None


@pytest.mark.parametrize(
    ("value", "scala"),
    [
        (Scalar(INT64), "val x: Long = ???"),
        (Scalar(FLOAT64), "val x: Double = ???"),
        (Scalar(STRING), "val x: String = ???"),
        (Scalar(BOOL), "val x: Boolean = ???"),
        (Function("(a)"), "val x: _root_.polynote.runtime.python.PythonFunction = ???"),
        (Class("A"), "val x: _root_.polynote.runtime.python.PythonFunction = ???"),
        (Collection("list"), "val x: _root_.polynote.runtime.python.PythonObject = ???"),
        (Table(flavour="pandas"), "val x: _root_.polynote.runtime.python.PythonObject = ???"),
        (Table(flavour="spark"), "val x: _root_.org.apache.spark.sql.DataFrame = ???"),
        (Table(flavour="sql"), "val x: _root_.org.apache.spark.sql.DataFrame = ???"),
        (Opaque("datetime"), "val x: _root_.polynote.runtime.python.PythonObject = ???"),
        (Module("numpy"), ""),
    ],
)
def test_values_of_python(value: Type, scala: str) -> None:
    assert declaration(Binding("x", value), lambda name: None, spark=True) == scala


def test_an_instance_has_the_members_of_its_class() -> None:
    shop = Record(
        (("total", Scalar(FLOAT64)), ("price", Function("(item, tax=1) -> float")), ("_x", Scalar(INT64))), "Shop"
    )
    made = declaration(Binding("shop", shop), lambda name: None, spark=False)
    assert "def total: " in made
    assert "def price(item: Any = null, tax: Any = null): " in made
    assert "_x" not in made


def test_a_frame_of_pandas_has_its_columns() -> None:
    frame = Table((Column("city"), Column("unit price"), Column("type")), flavour="pandas")
    made = declaration(Binding("df", frame), lambda name: None, spark=True)
    assert made.startswith("class `Python DataFrame` extends _root_.polynote.runtime.python.PythonObject { def city: ")
    assert "def `type`: " in made
    assert "unit" not in made


def test_a_method_that_takes_any_arguments_has_no_parameters_of_its_own() -> None:
    made = declaration(Binding("x", Record((("f", Function("(*args, **kw)")),), "X")), lambda name: None, spark=False)
    assert "def f: _root_.polynote.runtime.python.PythonFunction" in made


def test_names_that_scala_must_quote() -> None:
    assert declaration(Binding("type", Scalar(INT64)), lambda name: None, spark=False) == "val `type`: Long = ???"


@pytest.mark.parametrize(
    ("column", "nullable", "scala"),
    [
        (DataType("int64"), False, "Long"),
        (DataType("int32"), True, "Option[Int]"),
        (DataType("timestamp", ("us",)), None, "java.sql.Timestamp"),
        (DataType("list", children=(("item", STRING),)), None, "Seq[String]"),
        (None, True, "Any"),
    ],
)
def test_fields_of_a_row(column: DataType | None, nullable: bool | None, scala: str) -> None:
    assert field_type(column, nullable) == scala
