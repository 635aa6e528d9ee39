"""Rows of tables as values: who gives them (loops, `df.iloc[0]`, `frame.collect()`), and what a row gives by name."""

from __future__ import annotations

import keyword

from polycell.core.types import (
    FLOAT64,
    FLOATS,
    INTEGERS,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import without_labels
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.known.members import MEMBERS
from polycell.languages.python.syntax.values import NOT_KNOWN, collection

_ATTRIBUTES = {
    "series": frozenset(name for name, _ in MEMBERS["pandas series"]),
    "named tuple": frozenset({"count", "index"}),
    "spark row": frozenset({"asDict", "count", "index"}),
    "result row": frozenset({"count", "index"}),
}

_BY_ATTRIBUTE = ("named tuple", "result row")


def attribute(row: Row, name: str) -> Type:
    """`row.name`; a method of the row hides a column."""
    return value(row, name) if name not in _ATTRIBUTES.get(row.kind, (name,)) else UNKNOWN


def names_column(name: str) -> bool:
    """Whether `row.name` may be a value: it is no method of a pandas series."""
    return name not in _ATTRIBUTES["series"]


def item(row: Row, key: object) -> Type:
    """`row[key]`."""
    return value(row, key) if isinstance(key, str) and row.kind not in _BY_ATTRIBUTE else UNKNOWN


def value(row: Row, name: str) -> Type:
    """What a row has in a column."""
    column = row.table.column(name)
    if column is None or column.type is None or column.maybe or column.nullable:
        return UNKNOWN
    if row.kind == "series" and (column.type.name in INTEGERS or column.type.name in FLOATS):
        return _number(row.table, column.type)
    return Scalar(column.type)


def _number(table: Table, type_: DataType) -> Type:
    """A number in a row that pandas has made one Series of: among numbers alone all become what holds them all."""
    types = [column.type for column in table.columns]
    if table.open or any(t is None for t in types):
        return UNKNOWN
    numbers = all(t.name in INTEGERS or t.name in FLOATS for t in types if t is not None)
    if not numbers or all(t == type_ for t in types):
        return Scalar(type_)
    return Scalar(FLOAT64) if any(t.name in FLOATS for t in types if t is not None) else UNKNOWN


@method("pandas", "items iteritems", "")
def columns(call: Call) -> Type:
    return Collection("sequence", collection("tuple", (Scalar(STRING), UNKNOWN)))


@method("pandas", "iterrows", "")
def series_rows(call: Call) -> Type:
    return Collection("sequence", collection("tuple", (UNKNOWN, Row(without_labels(call.table), "series"))))


@method("pandas", "itertuples", "index name", gives=Collection("sequence"))
def named_tuples(call: Call) -> Type:
    named = call.value("name", "Pandas") not in (None, NOT_KNOWN)
    index = call.value("index", True)
    return Collection("sequence", Row(_fields(without_labels(call.table), index), "named tuple") if named else None)


def _fields(table: Table, index: object) -> Table:
    """The columns by the names of a named tuple's fields: one that can be none is called `_3` by its place."""
    certain = isinstance(index, bool) and not table.open and not any(c.maybe for c in table.columns)
    taken = {"Index"} if index is True else set[str]()
    made = []
    for at, column in enumerate(table.columns, 1 if index is True else 0):
        name = column.name
        if name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_") and name not in taken:
            made.append(column)
        elif certain:
            made.append(column.named(f"_{at}", None))
    return replace(table, columns=tuple(made))


@method("pandas", "to_dict", "orient into **", gives=UNKNOWN)
def as_dict(call: Call) -> Type:
    orient, table = call.value("orient", "dict"), without_labels(call.table)
    if call["into"] is not None:
        return UNKNOWN
    if orient == "records":
        return _list(Row(table, "dict"))
    if orient == "index":
        return Collection("dict", Row(table, "dict"))
    if orient in ("split", "tight"):
        return Record((("index", _LIST), ("columns", _LIST), ("data", _LIST)), "dict", open=orient == "tight")
    if orient not in ("dict", "list", "series"):
        return UNKNOWN
    fields = ((column.name, _values(column, str(orient))) for column in table.columns)
    return Record(tuple(fields), "dict", open=table.open or any(column.maybe for column in table.columns))


@method("result-set", "dict", "")
def tuples_by_column(call: Call) -> Type:
    return Record(tuple((c.name, _values(c, "tuple")) for c in call.table.columns), "dict", open=call.table.open)


@method("result-set", "dicts", "")
def rows_of_result(call: Call) -> Type:
    return Collection("sequence", Row(call.table, "dict"))


_LIST = Collection("list")


def _values(column: Column, orient: str) -> Type:
    if orient == "series":
        return Series(column)
    known = column.type is not None and not column.nullable
    return Collection(orient, Scalar(column.type) if known and column.type is not None else None)


@method("polars", "iter_rows rows", "named **", gives=Collection("sequence"))
def tuples(call: Call) -> Type:
    return Collection("sequence", Row(call.table, "dict") if call.value("named", False) is True else None)


@method("polars", "row", "index by_predicate named", gives=UNKNOWN)
def one_tuple(call: Call) -> Type:
    return Row(call.table, "dict") if call.value("named", False) is True else UNKNOWN


@method("polars", "to_dict", "**")
def by_column(call: Call) -> Type:
    return UNKNOWN


@method("polars", "to_dicts", "", gives=Collection("list"))
def dicts(call: Call) -> Type:
    return _list(Row(call.table, "dict"))


@method("spark row", "asDict", "recursive")
@method("pandas row", "to_dict", "**")
def row_as_dict(call: Call) -> Type:
    row = call.receiver
    assert isinstance(row, Row)
    types = {c.name: made.type if isinstance(made := value(row, c.name), Scalar) else None for c in row.table.columns}
    return Row(replace(row.table, columns=tuple(replace(c, type=types[c.name]) for c in row.table.columns)), "dict")


@method("spark", "collect", "")
@method("spark", "take tail", "num")
def several(call: Call) -> Type:
    return _list(Row(call.table, "spark row"))


@method("spark", "first", "")
def first(call: Call) -> Type:
    return Row(call.table, "spark row")


@method("spark", "head", "n")
def head(call: Call) -> Type:
    return first(call) if call["n"] is None else several(call)


@method("spark", "toLocalIterator", "prefetchPartitions")
def iterator(call: Call) -> Type:
    return Collection("sequence", Row(call.table, "spark row"))


def _list(row: Row) -> Type:
    return Collection("list", row)
