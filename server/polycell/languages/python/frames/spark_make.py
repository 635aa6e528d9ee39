"""Spark's frames that code makes: of rows, of a schema, of another library's frame, of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from polycell.core.types import (
    BOOL,
    DATE,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Record,
    Scalar,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table, with_columns
from polycell.languages.python.frames.registry import Argument, Call, function, method
from polycell.languages.python.frames.schema_rules import rows_table, schema_argument
from polycell.languages.python.frames.spark_expressions import type_of
from polycell.languages.python.frames.spark_frame import sparkly
from polycell.languages.python.frames.spark_results import listed, mapped
from polycell.languages.python.syntax.values import items_of

ROW = "pyspark.sql.Row"
# What values of Python are in Spark, of any version and by any way.
_OF_PYTHON: Mapping[DataType, DataType] = {t: t for t in (INT64, FLOAT64, STRING, BOOL, DATE)}


@function(ROW, "**")
def row(call: Call) -> Type:
    """`Row(a=1, b="x")`."""
    fields = tuple((name, a.type) for name, a in (call.extra or {}).items())
    return Record(fields, ROW) if fields else UNKNOWN


@method("pyspark.sql.SparkSession", "createDataFrame", "data schema samplingRatio verifySchema")
def create(call: Call) -> Type:
    """A declared schema, columns by their names, rows of a class, or the columns of a frame."""
    data, schema = call["data"], call["schema"]
    declared = schema_argument(call.run, schema, "spark")
    if declared is not None:
        return sparkly(declared)
    given = data.type if data is not None else UNKNOWN
    if schema is None and (rows := rows_table(given, "spark")) is not None:
        return sparkly(rows)
    names = _names(call, schema)
    if isinstance(given, Table) and given.flavour in ("pandas", "arrow") and not given.labelled:
        return _of_frame(given, names, schema)
    made = rows_of(given)
    if names is not None and (made is None or len(made) <= len(names)):
        columns = made if made is not None and len(made) == len(names) else [Column("")] * len(names)
        named = zip(columns, names, strict=True)
        return sparkly(with_columns(Table(flavour="spark"), (c.named(n, call.place("schema", n)) for c, n in named)))
    if names is not None and made is not None:  # those that the list does not name keep their own
        first = [c.named(n, call.place("schema", n)) for c, n in zip(made, names, strict=False)]
        return sparkly(with_columns(Table(flavour="spark"), (*first, *made[len(names) :])))
    if schema is None and made is not None:
        return sparkly(with_columns(Table(flavour="spark"), made))
    one = type_of(call.run, schema.node) if schema is not None else None
    return sparkly(Table((Column("value", one),), flavour="spark")) if one is not None else unknown_table("spark")


def _names(call: Call, schema: Argument | None) -> list[str] | None:
    return call.texts("schema") if schema is not None and isinstance(schema.value, list) else None


def _of_frame(frame: Table, names: Sequence[str] | None, schema: Argument | None) -> Table:
    """The columns of pandas' frame or pyarrow's table. What is a number of few bits or a decimal depends on the way
    that it goes into Spark."""
    moment = {c.name for c in frame.columns if c.type is not None and c.type.name == "timestamp"}
    columns = [
        replace(c, type=TIMESTAMP if c.name in moment else _OF_PYTHON.get(c.type) if c.type else None, nullable=None)
        for c in frame.columns
    ]
    made = replace(frame, flavour="spark", index=(), labelled=(), columns=tuple(columns))
    if schema is None:
        return sparkly(made)
    if names is None or frame.open or len(names) != len(columns):
        return unknown_table("spark")
    renamed = (c.named(n, None) for c, n in zip(columns, names, strict=True))
    return sparkly(replace(made, columns=tuple(renamed)))


def rows_of(data: Type) -> list[Column] | None:
    """The columns that Spark infers from rows that the code writes: tuples, lists, dictionaries and `Row(…)`."""
    rows = items_of(data) if isinstance(data, Collection) else None
    cells = [_cells(row) for row in rows or ()]
    first = cells[0] if cells else None
    if first is None:
        return None
    names = [name for name, _ in first]
    if any(c is None or [n for n, _ in c] != names for c in cells):
        return None
    known = [c for c in cells if c is not None]
    return [Column(name, _common([c[i][1] for c in known])) for i, name in enumerate(names)]


def _cells(row: Type) -> list[tuple[str, Type]] | None:
    if isinstance(row, Collection) and row.kind in ("tuple", "list") and row.items:
        return [(f"_{i}", value) for i, value in enumerate(row.items, 1)]
    if isinstance(row, Record) and not row.open and row.fields and row.name in (ROW, "dict"):
        return [*row.fields] if row.name == ROW else sorted(row.fields, key=lambda f: f[0])
    return None


def _common(values: Sequence[Type]) -> DataType | None:
    """The one type of a column's values; nulls say nothing."""
    types = {spark_type(v) for v in values if not (isinstance(v, Scalar) and v.type == NULL)}
    return types.pop() if len(types) == 1 else None


def spark_type(value: Type) -> DataType | None:
    """What Spark makes of a value of Python."""
    if isinstance(value, Scalar):
        return _OF_PYTHON.get(value.type)
    if isinstance(value, Record) and not value.open and value.name == "dict":
        return mapped(STRING, _common([t for _, t in value.fields])) if value.fields else None
    if isinstance(value, Collection) and value.kind == "list" and value.items:
        return listed(_common(value.items))
    fields = _cells(value)
    types = [(n, spark_type(t)) for n, t in fields or ()]
    known = [(n, t) for n, t in types if t is not None]
    return DataType("struct", children=tuple(known)) if known and len(known) == len(types) else None


@method("pyspark.sql.SparkSession", "range", "start end step numPartitions")
def numbers(call: Call) -> Type:
    return sparkly(Table((Column("id", INT64),), flavour="spark"))
